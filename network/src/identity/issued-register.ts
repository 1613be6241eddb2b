import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { NetworkError } from '../network-error.js';
import { writeFileDurably } from './durable-file.js';

const REGISTER_FORMAT = 'battery-passport/issued/1';

/** Files of what an authority has issued, relative to its directory: `identities/User1.json`. */
export type IssuedFiles = ReadonlySet<string>;

/**
 * Reads the list of what an authority has issued, by which a wallet file that was lost is told from one that never was.
 * @throws NetworkError `IDENTITY_DAMAGED` where the list is missing or altered.
 */
export async function readIssuedRegister(path: string): Promise<IssuedFiles> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new NetworkError('IDENTITY_DAMAGED', `${path} cannot be read; restore it from a backup`, { cause: error });
  }
  const files = parse(text);
  if (files === null) {
    throw new NetworkError('IDENTITY_DAMAGED', `${path} is not a "${REGISTER_FORMAT}" file; restore it from a backup`);
  }
  return files;
}

/** Replaces the list. A wallet file is written before it is listed: a crash between leaves it to be listed later. */
export async function writeIssuedRegister(path: string, files: IssuedFiles): Promise<void> {
  await writeFileDurably(path, format(files));
}

function format(files: IssuedFiles): string {
  const sorted = [...files].sort();
  const sha256 = createHash('sha256')
    .update(JSON.stringify([REGISTER_FORMAT, sorted]))
    .digest('hex');
  return `${JSON.stringify({ format: REGISTER_FORMAT, files: sorted, sha256 }, null, 2)}\n`;
}

function parse(text: string): IssuedFiles | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { files } = (value ?? {}) as { readonly files?: unknown };
  if (!Array.isArray(files) || !files.every((file): file is string => typeof file === 'string')) return null;
  const issued = new Set(files);
  // The whole text is compared, so that no byte of the file can change unnoticed.
  return format(issued) === text ? issued : null;
}
