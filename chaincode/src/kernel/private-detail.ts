import { digestOfBytes, parseCanonicalJson, SchemaError, type PrivateDetail } from '@battery-passport/schemas';
import type { ChaincodeStub } from 'fabric-shim';
import { COLLECTIONS } from '../collections.js';
import { Refusal } from './refusal.js';

/** Transient field that carries confidential detail. */
export const PRIVATE_TRANSIENT_FIELD = 'private';
/** Largest confidential detail, bytes. */
export const MAX_PRIVATE_DETAIL_BYTES = 65_536;

/**
 * Reads the confidential detail that travels with a transaction, to be stored under its own digest. It is canonical JSON with
 * a random `salt` (hexadecimal, 16 bytes or more), without which the digest of a short text could be guessed.
 * @throws Refusal `PRIVATE_DETAIL_MISMATCH`, `PRIVATE_DETAIL_UNSALTED`, `NOT_CANONICAL`.
 */
export function takePrivateDetail(
  stub: Pick<ChaincodeStub, 'getTransient'>,
  detail: PrivateDetail | undefined,
): (PrivateDetail & { readonly bytes: Uint8Array }) | undefined {
  const bytes = stub.getTransient().get(PRIVATE_TRANSIENT_FIELD);
  if (detail === undefined && bytes === undefined) return undefined;
  if (detail === undefined || bytes === undefined) {
    throw new Refusal('PRIVATE_DETAIL_MISMATCH', 'the command and the transient field must both be there, or neither');
  }
  if (!COLLECTIONS.some(({ name }) => name === detail.collection)) {
    throw new Refusal('PRIVATE_DETAIL_MISMATCH', `there is no collection ${detail.collection}`);
  }
  if (digestOfBytes(bytes) !== detail.digest) {
    throw new Refusal(
      'PRIVATE_DETAIL_MISMATCH',
      'the transient field does not have the digest that the command states',
    );
  }
  assertSalted(bytes);
  return { ...detail, bytes };
}

function assertSalted(bytes: Uint8Array): void {
  let value: unknown;
  try {
    value = parseCanonicalJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes), {
      maxBytes: MAX_PRIVATE_DETAIL_BYTES,
      maxDepth: 16,
    });
  } catch (error) {
    if (error instanceof SchemaError || error instanceof TypeError) {
      throw new Refusal('NOT_CANONICAL', `the confidential detail is not canonical JSON: ${error.message}`);
    }
    throw error;
  }
  const salt = (value as { salt?: unknown } | null)?.salt;
  if (typeof salt !== 'string' || !/^[0-9a-f]{32,}$/.test(salt)) {
    throw new Refusal(
      'PRIVATE_DETAIL_UNSALTED',
      'the confidential detail needs "salt", 16 bytes or more in hexadecimal',
    );
  }
}
