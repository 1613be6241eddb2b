import { generateEd25519KeyPair, publicKeyMultibaseOf } from '@battery-passport/schemas';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { GatewayError } from '../gateway-error.js';

/** The key with which this node's estimator signs attestations. */
export interface EstimatorKey {
  readonly keyId: string;
  readonly publicKeyMultibase: string;
  readonly secretKeyMultibase: string;
}

const FILE_NAME = 'signing-key.json';
const FIRST_KEY_ID = 'key-1';

/**
 * Opens the estimator's signing key, or makes one where there is none.
 * @throws GatewayError `INTERNAL` when the file is damaged; it is never replaced silently, since the ledger knows the key.
 */
export async function openEstimatorKey(directory: string): Promise<EstimatorKey> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, FILE_NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    const key = { keyId: FIRST_KEY_ID, ...generateEd25519KeyPair() };
    await writeFile(path, `${JSON.stringify(key)}\n`, { mode: 0o600, flag: 'wx', flush: true });
    return key;
  }
  try {
    const key = JSON.parse(text) as EstimatorKey;
    if (publicKeyMultibaseOf(key.secretKeyMultibase) === key.publicKeyMultibase) return key;
  } catch (cause) {
    throw new GatewayError({ code: 'INTERNAL', message: `${path} is damaged`, cause });
  }
  throw new GatewayError({ code: 'INTERNAL', message: `${path} is damaged: its two keys do not belong together` });
}
