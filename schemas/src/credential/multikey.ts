import { base58 } from '@scure/base';
import { SchemaError } from '../schema-error.js';

// Multicodec names written as unsigned varints: ed25519-pub 0xed, ed25519-priv 0x1300.
// Source: Controlled Identifiers 1.0, 2.2.2 Multikey, table of multikey headers.
const ED25519_PUBLIC_HEADER = [0xed, 0x01] as const;
const ED25519_SECRET_HEADER = [0x80, 0x26] as const;
const KEY_BYTES = 32;

// 'z' is the multibase prefix of base58btc. 34 bytes never need more than 47 digits: decoding is quadratic, so the
// length is bounded first.
const MULTIBASE_BASE58BTC = 'z';
const MAX_MULTIKEY_LENGTH = 64;

/**
 * Writes an Ed25519 public key as a Multikey, `z6Mk…`.
 * @param publicKey - RFC 8032 encoding, 32 bytes.
 * @throws RangeError when it is not 32 bytes long.
 */
export function encodePublicKeyMultibase(publicKey: Uint8Array): string {
  return encodeMultikey(ED25519_PUBLIC_HEADER, publicKey);
}

/**
 * Reads the 32 bytes of an Ed25519 public key from its Multikey.
 * @throws SchemaError `KEY_INVALID` when it is not a Multikey of an Ed25519 public key, or is a point of small order:
 * under such a key one signature fits every message, so it would vouch for nothing.
 */
export function decodePublicKeyMultibase(publicKeyMultibase: string): Uint8Array {
  const publicKey = decodeMultikey(ED25519_PUBLIC_HEADER, publicKeyMultibase, 'public');
  if (isSmallOrder(publicKey)) {
    throw new SchemaError({ code: 'KEY_INVALID', message: 'the public key is a point of small order' });
  }
  return publicKey;
}

/**
 * Writes an Ed25519 secret key (the RFC 8032 seed, 32 bytes) as a Multikey, `z3u2…`.
 * @throws RangeError when it is not 32 bytes long.
 */
export function encodeSecretKeyMultibase(secretKey: Uint8Array): string {
  return encodeMultikey(ED25519_SECRET_HEADER, secretKey);
}

/**
 * Reads the 32 bytes of an Ed25519 secret key from its Multikey.
 * @throws SchemaError `KEY_INVALID` when it is not a Multikey of an Ed25519 secret key.
 */
export function decodeSecretKeyMultibase(secretKeyMultibase: string): Uint8Array {
  return decodeMultikey(ED25519_SECRET_HEADER, secretKeyMultibase, 'secret');
}

/** The name of a key that carries the key itself: `did:key:z6Mk…#z6Mk…`, as a proof's `verificationMethod`. */
export function verificationMethodOf(publicKeyMultibase: string): string {
  return `did:key:${publicKeyMultibase}#${publicKeyMultibase}`;
}

function encodeMultikey(header: readonly [number, number], key: Uint8Array): string {
  if (key.length !== KEY_BYTES) throw new RangeError(`expected a key of ${KEY_BYTES} bytes, got ${key.length}`);
  return MULTIBASE_BASE58BTC + base58.encode(Uint8Array.from([...header, ...key]));
}

function decodeMultikey(header: readonly [number, number], multikey: string, kind: 'public' | 'secret'): Uint8Array {
  // The value is never quoted: it may be a secret key.
  const invalid = (what: string, cause?: unknown) =>
    new SchemaError({ code: 'KEY_INVALID', message: `the ${kind} key is not an Ed25519 Multikey: ${what}`, cause });
  if (typeof multikey !== 'string' || !multikey.startsWith(MULTIBASE_BASE58BTC))
    throw invalid('expected base58btc, z…');
  if (multikey.length > MAX_MULTIKEY_LENGTH) throw invalid(`expected at most ${MAX_MULTIKEY_LENGTH} characters`);
  let bytes: Uint8Array;
  try {
    bytes = base58.decode(multikey.slice(1));
  } catch (cause) {
    throw invalid('a character outside base58btc', cause);
  }
  if (bytes.length !== header.length + KEY_BYTES || bytes[0] !== header[0] || bytes[1] !== header[1]) {
    throw invalid(
      `expected the header 0x${header.map((byte) => byte.toString(16).padStart(2, '0')).join('')} and 32 bytes`,
    );
  }
  return bytes.slice(header.length);
}

// The y coordinates (little-endian hex, sign bit clear) whose points have order 1, 2, 4 or 8: 1, p - 1, 0, the two of
// order 8, and p and p + 1, which spell 0 and 1 again. Source: RFC 8032 curve; Chalkias et al., "Taming the Many EdDSAs",
// 2020, table 1.
const SMALL_ORDER_Y = new Set([
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0000000000000000000000000000000000000000000000000000000000000000',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

function isSmallOrder(publicKey: Uint8Array): boolean {
  const y = Array.from(publicKey, (byte, index) => (index === KEY_BYTES - 1 ? byte & 0x7f : byte));
  return SMALL_ORDER_Y.has(y.map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
