import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './canonical-json.js';

/** SHA-256 named as what it is, so that a stored digest says how to check it: `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

/** How a digest is spelled. */
export const DIGEST_PATTERN = '^sha256:[0-9a-f]{64}$';

/**
 * The digest of a JSON value, over its canonical text: member order and spacing do not change it.
 * @throws SchemaError as `canonicalJson` does.
 */
export function digestOf(value: unknown): Digest {
  return digestOfBytes(utf8ToBytes(canonicalJson(value)));
}

/** The digest of bytes as they are: a photograph, a PDF, a file of measurement. */
export function digestOfBytes(bytes: Uint8Array): Digest {
  return `sha256:${bytesToHex(sha256(bytes))}`;
}
