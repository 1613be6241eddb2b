import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SchemaError } from '../schema-error.js';
import {
  decodePublicKeyMultibase,
  decodeSecretKeyMultibase,
  encodePublicKeyMultibase,
  encodeSecretKeyMultibase,
} from './multikey.js';

/** A signing key and its public half, both as Multikeys. */
export interface Ed25519KeyPair {
  readonly publicKeyMultibase: string;
  readonly secretKeyMultibase: string;
}

// RFC 8410: the DER around a raw Ed25519 key never varies.
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a new key pair from the operating system's randomness: for issuers, never for a contract. */
export function generateEd25519KeyPair(): Ed25519KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    publicKeyMultibase: encodePublicKeyMultibase(rawPublicKey(publicKey)),
    secretKeyMultibase: encodeSecretKeyMultibase(
      privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(PKCS8_PREFIX.length),
    ),
  };
}

/**
 * The public half of a secret key.
 * @throws SchemaError `KEY_INVALID`
 */
export function publicKeyMultibaseOf(secretKeyMultibase: string): string {
  return encodePublicKeyMultibase(rawPublicKey(createPublicKey(privateKeyOf(secretKeyMultibase))));
}

/**
 * Signs bytes with Ed25519 (RFC 8032, pure): the same key and bytes always give the same 64 bytes.
 * @throws SchemaError `KEY_INVALID`
 */
export function signEd25519(message: Uint8Array, secretKeyMultibase: string): Uint8Array {
  return new Uint8Array(sign(null, message, privateKeyOf(secretKeyMultibase)));
}

/**
 * Whether a signature of 64 bytes is this key's over these bytes.
 * @throws SchemaError `KEY_INVALID`
 */
export function isEd25519Signature(signature: Uint8Array, message: Uint8Array, publicKeyMultibase: string): boolean {
  const der = Buffer.concat([SPKI_PREFIX, decodePublicKeyMultibase(publicKeyMultibase)]);
  let key: KeyObject;
  try {
    key = createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new SchemaError({ code: 'KEY_INVALID', message: 'the public key is not usable', cause });
  }
  return verify(null, message, key, signature);
}

function privateKeyOf(secretKeyMultibase: string): KeyObject {
  const der = Buffer.concat([PKCS8_PREFIX, decodeSecretKeyMultibase(secretKeyMultibase)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

function rawPublicKey(publicKey: KeyObject): Uint8Array {
  return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length));
}
