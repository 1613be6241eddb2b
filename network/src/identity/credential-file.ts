import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { NetworkError } from '../network-error.js';
import type { KeyedCertificate } from './certificate.js';
import { writeFileDurably } from './durable-file.js';

/** Names the layout of a credential file; a file of another layout is refused, never guessed at. */
export const CREDENTIAL_FORMAT = 'battery-passport/credential/1';

/** A certificate with its private key and what it was asked for with, as one file holds them. */
export interface Credential extends KeyedCertificate {
  readonly mspId: string;
  readonly id: string;
  /** A node role for an enrolment, `authority` for a root, `tls` for a TLS certificate. */
  readonly kind: string;
  /** Certificate attributes of an enrolment; the hosts of a TLS certificate under `hosts`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Writes a credential with the digest that {@link readCredential} checks. */
export async function writeCredential(path: string, credential: Credential): Promise<void> {
  const { mspId, id, kind, attributes, certificatePem, privateKeyPem } = credential;
  const content = { format: CREDENTIAL_FORMAT, mspId, id, kind, attributes, certificatePem, privateKeyPem };
  await writeFileDurably(path, `${JSON.stringify({ ...content, sha256: digest(credential) }, null, 2)}\n`, 0o600);
}

/**
 * Reads a credential and checks that it is whole: its digest, and that the key is the certificate's.
 * @returns null where no file stands at `path`.
 * @throws NetworkError `IDENTITY_DAMAGED` naming the file.
 */
export async function readCredential(path: string): Promise<Credential | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw damaged(path, 'cannot be read', error);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the text it failed on, which may be a private key.
    throw damaged(path, 'is not JSON', error instanceof Error ? new SyntaxError('not JSON') : undefined);
  }
  const credential = parseCredential(value);
  if (credential === null) throw damaged(path, `is not a "${CREDENTIAL_FORMAT}" file with its digest`);
  if (!keyBelongs(credential)) throw damaged(path, 'has a private key that is not its certificate’s');
  return credential;
}

function parseCredential(value: unknown): Credential | null {
  if (typeof value !== 'object' || value === null) return null;
  const { format, mspId, id, kind, attributes, certificatePem, privateKeyPem, sha256 } = value as Record<
    string,
    unknown
  >;
  if (format !== CREDENTIAL_FORMAT) return null;
  if (typeof mspId !== 'string' || typeof id !== 'string' || typeof kind !== 'string') return null;
  if (typeof certificatePem !== 'string' || typeof privateKeyPem !== 'string') return null;
  if (!isStringRecord(attributes)) return null;
  const credential = { mspId, id, kind, attributes, certificatePem, privateKeyPem };
  return digest(credential) === sha256 ? credential : null;
}

function isStringRecord(value: unknown): value is Record<string, string> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.values(value).every((entry) => typeof entry === 'string')
  );
}

function digest({ mspId, id, kind, attributes, certificatePem, privateKeyPem }: Credential): string {
  const fields = [CREDENTIAL_FORMAT, mspId, id, kind, sortedEntries(attributes), certificatePem, privateKeyPem];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}

/** Attributes in the order of their names, by code unit. */
export function sortedEntries(attributes: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(attributes).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}

/** Signs and verifies, since a PKCS#8 file states its public key beside the private one and may contradict itself. */
function keyBelongs({ certificatePem, privateKeyPem }: KeyedCertificate): boolean {
  try {
    const probe = Buffer.from(CREDENTIAL_FORMAT);
    const signature = sign('sha256', probe, createPrivateKey(privateKeyPem));
    return verify('sha256', probe, new X509Certificate(certificatePem).publicKey, signature);
  } catch {
    return false;
  }
}

function damaged(path: string, what: string, cause?: unknown): NetworkError {
  return new NetworkError('IDENTITY_DAMAGED', `${path} ${what}; restore it from a backup`, { cause });
}
