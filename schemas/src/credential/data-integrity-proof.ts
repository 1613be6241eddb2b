import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base58 } from '@scure/base';
import { canonicalJson } from '../canonical-json.js';
import { SchemaError } from '../schema-error.js';

/** The only suite signed or accepted here: Ed25519 over SHA-256 of canonical JSON. */
export const EDDSA_JCS_2022 = 'eddsa-jcs-2022';

/** The one kind of statement a credential's proof makes: the signer asserts it. */
export const ASSERTION_METHOD = 'assertionMethod';

/** What a proof says of itself: everything in it but the signature, all of which the signature covers. */
export interface ProofOptions {
  readonly '@context'?: readonly unknown[] | string;
  readonly id?: string;
  readonly type: 'DataIntegrityProof';
  readonly cryptosuite: typeof EDDSA_JCS_2022;
  /** When it was made, as the signer says: RFC 3339 with a time zone. */
  readonly created: string;
  /** Which key made it: for a key that stands for itself, `verificationMethodOf(publicKeyMultibase)`. */
  readonly verificationMethod: string;
  readonly proofPurpose: typeof ASSERTION_METHOD;
}

/** A proof as it stands in a signed credential. */
export interface DataIntegrityProof extends ProofOptions {
  /** The Ed25519 signature, 64 bytes in multibase base58btc. */
  readonly proofValue: string;
}

const ED25519_SIGNATURE_BYTES = 64;
const MULTIBASE_BASE58BTC = 'z';
// 64 bytes never need more than 88 digits of base 58; decoding is quadratic, so the length is bounded first.
const MAX_PROOF_VALUE_LENGTH = 1 + 88;
const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const PROOF_MEMBERS = new Set([
  '@context',
  'id',
  'type',
  'cryptosuite',
  'created',
  'verificationMethod',
  'proofPurpose',
  'proofValue',
]);

/**
 * The 64 bytes that are signed: SHA-256 of the proof's options, then SHA-256 of the document, each as canonical JSON.
 * Source: W3C Data Integrity EdDSA Cryptosuites 1.0, 3.3.3 to 3.3.5. Checked against `vectors/credential.json`.
 */
export function proofHashData(document: object, options: ProofOptions): Uint8Array {
  return concatBytes(sha256(utf8ToBytes(canonicalJson(options))), sha256(utf8ToBytes(canonicalJson(document))));
}

/**
 * Reads the proof of a signed document.
 * @throws SchemaError `PROOF_MISSING` when there is none; `PROOF_TYPE` when there are several, or it is of another
 * suite or purpose; `PROOF_MALFORMED` when a member is missing, unknown or ill-formed.
 */
export function parseProof(proof: unknown): DataIntegrityProof {
  if (proof === undefined) throw new SchemaError({ code: 'PROOF_MISSING', message: 'the credential has no proof' });
  if (Array.isArray(proof)) {
    // With several proofs "it verifies" would need a word for which of them did.
    throw new SchemaError({ code: 'PROOF_TYPE', message: `expected one proof, got a set of ${proof.length}` });
  }
  if (typeof proof !== 'object' || proof === null) throw malformed('proof', 'an object');
  const members = proof as Record<string, unknown>;
  if (members['type'] !== 'DataIntegrityProof' || members['cryptosuite'] !== EDDSA_JCS_2022) {
    throw new SchemaError({ code: 'PROOF_TYPE', message: `expected a DataIntegrityProof of ${EDDSA_JCS_2022}` });
  }
  if (members['proofPurpose'] !== ASSERTION_METHOD) {
    throw new SchemaError({ code: 'PROOF_TYPE', message: `expected the purpose ${ASSERTION_METHOD}` });
  }
  // A member that is not understood could restrict what the proof means: `expires`, `domain`, `challenge`, `previousProof`.
  const unknown = Object.keys(members).find((name) => !PROOF_MEMBERS.has(name));
  if (unknown !== undefined) throw malformed('proof', `no member "${unknown.slice(0, 40)}"`);
  if (members['id'] !== undefined && typeof members['id'] !== 'string') throw malformed('proof.id', 'text');
  assertDateTime(members['created']);
  if (typeof members['verificationMethod'] !== 'string' || members['verificationMethod'] === '') {
    throw malformed('proof.verificationMethod', 'the name of a key');
  }
  if (typeof members['proofValue'] !== 'string') throw malformed('proof.proofValue', 'text');
  return proof as DataIntegrityProof;
}

/**
 * Refuses what is not a moment: RFC 3339 with a time zone, of a day that exists.
 * @throws SchemaError `PROOF_MALFORMED`
 */
export function assertDateTime(created: unknown): asserts created is string {
  if (typeof created !== 'string' || !RFC3339.test(created) || !isMoment(created)) {
    throw malformed('proof.created', 'a date and time with a time zone (RFC 3339)');
  }
}

/** Writes a signature of 64 bytes as a proof carries it. */
export function encodeProofValue(signature: Uint8Array): string {
  return MULTIBASE_BASE58BTC + base58.encode(signature);
}

/**
 * Reads the 64 bytes of a proof's signature.
 * @throws SchemaError `PROOF_MALFORMED`
 */
export function decodeProofValue(proofValue: string): Uint8Array {
  if (proofValue.startsWith(MULTIBASE_BASE58BTC) && proofValue.length <= MAX_PROOF_VALUE_LENGTH) {
    try {
      const signature = base58.decode(proofValue.slice(1));
      if (signature.length === ED25519_SIGNATURE_BYTES) return signature;
    } catch {
      // Said below: the value is ill-formed, whichever character shows it.
    }
  }
  throw malformed('proof.proofValue', `${ED25519_SIGNATURE_BYTES} bytes in base58btc, z…`);
}

// Date.parse takes 31 February for 3 March: the day is compared as it was written.
function isMoment(text: string): boolean {
  if (Number.isNaN(Date.parse(text))) return false;
  const date = text.slice(0, 10);
  return new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) === date;
}

function malformed(path: string, expected: string): SchemaError {
  return new SchemaError({ code: 'PROOF_MALFORMED', message: `${path} expected ${expected}` });
}
