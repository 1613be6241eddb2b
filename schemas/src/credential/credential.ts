import { canonicalJson } from '../canonical-json.js';
import { SchemaError } from '../schema-error.js';
import {
  ASSERTION_METHOD,
  EDDSA_JCS_2022,
  assertDateTime,
  decodeProofValue,
  encodeProofValue,
  parseProof,
  proofHashData,
} from './data-integrity-proof.js';
import type { DataIntegrityProof, ProofOptions } from './data-integrity-proof.js';
import { isEd25519Signature, publicKeyMultibaseOf, signEd25519 } from './ed25519.js';
import { verificationMethodOf } from './multikey.js';

/** The context that makes a JSON object a verifiable credential of the data model 2.0; always the first. */
export const CREDENTIALS_V2_CONTEXT = 'https://www.w3.org/ns/credentials/v2';

/** A verifiable credential before it is signed. Its subject's shape is the business of the credential's own schema. */
export interface UnsignedCredential {
  readonly '@context': readonly [typeof CREDENTIALS_V2_CONTEXT, ...unknown[]];
  readonly id?: string;
  /** Holds `VerifiableCredential`. */
  readonly type: readonly string[];
  /** Who states it: a URL (a DID is one), or an object with one as its `id`. */
  readonly issuer: string | { readonly id: string };
  readonly validFrom?: string;
  readonly validUntil?: string;
  readonly credentialSubject: object;
}

/** A credential with its one proof. */
export type SignedCredential<C extends UnsignedCredential = UnsignedCredential> = C & {
  readonly proof: DataIntegrityProof;
};

/** What the signer brings. */
export interface SigningOptions {
  /** The signer's Ed25519 key as a Multikey, `z3u2…`. */
  readonly secretKeyMultibase: string;
  /** When it is signed, RFC 3339 with a time zone: given, never read from a clock, so that the same input gives the same bytes. */
  readonly created: string;
  /** How others find the public key; the key itself (`did:key:…`) when it is left out. */
  readonly verificationMethod?: string;
}

/**
 * Signs a credential with Ed25519: the same credential, key and date always give the same bytes.
 * @throws SchemaError `CREDENTIAL_INVALID` when it is not a credential, or already has a proof; `KEY_INVALID`;
 * `PROOF_MALFORMED` when `created` is not a moment; `NOT_SERIALIZABLE` or `BAD_STRING` when it is not JSON.
 * Source: W3C VC Data Model 2.0; Data Integrity EdDSA Cryptosuites 1.0, 3.3.1.
 */
export function signCredential<C extends UnsignedCredential>(
  credential: C,
  options: SigningOptions,
): SignedCredential<C> {
  assertCredential(credential);
  if ('proof' in credential) throw invalid('expected no proof before signing');
  assertDateTime(options.created);
  const proofOptions: ProofOptions = {
    type: 'DataIntegrityProof',
    cryptosuite: EDDSA_JCS_2022,
    created: options.created,
    verificationMethod:
      options.verificationMethod ?? verificationMethodOf(publicKeyMultibaseOf(options.secretKeyMultibase)),
    proofPurpose: ASSERTION_METHOD,
    '@context': credential['@context'],
  };
  const signature = signEd25519(proofHashData(credential, proofOptions), options.secretKeyMultibase);
  return { ...credential, proof: { ...proofOptions, proofValue: encodeProofValue(signature) } };
}

/**
 * Checks that a credential is whole and was signed by this key; whether the key was the issuer's to use, and whether the
 * dates suit, is for the caller, who gets the proof to look at.
 * @param publicKeyMultibase - The key that the caller trusts, `z6Mk…`: never one found inside the credential alone.
 * @throws SchemaError `CREDENTIAL_INVALID`, `PROOF_MISSING`, `PROOF_TYPE`, `PROOF_MALFORMED`, `KEY_INVALID`,
 * `PROOF_KEY_MISMATCH` when the proof names another key than this one, or `PROOF_INVALID` when the signature does not fit.
 * Source: Data Integrity EdDSA Cryptosuites 1.0, 3.3.2. Checked against `vectors/credential.json`.
 */
export function verifyCredential(credential: unknown, publicKeyMultibase: string): DataIntegrityProof {
  assertCredential(credential);
  const { proof: unparsed, ...document } = credential as UnsignedCredential & { proof?: unknown };
  const proof = parseProof(unparsed);
  const { proofValue, ...options } = proof;
  assertSameContext(document['@context'], options['@context']);
  const signature = decodeProofValue(proofValue);
  if (
    proof.verificationMethod.startsWith('did:key:') &&
    proof.verificationMethod !== verificationMethodOf(publicKeyMultibase)
  ) {
    throw new SchemaError({ code: 'PROOF_KEY_MISMATCH', message: 'the proof names another key than the one expected' });
  }
  // The document is hashed under the context that was signed, which the check above found to be the document's own.
  if (!isEd25519Signature(signature, proofHashData(document, options), publicKeyMultibase)) {
    throw new SchemaError({ code: 'PROOF_INVALID', message: 'the signature does not fit the credential and the key' });
  }
  return proof;
}

/**
 * A proof that names a context must name the document's. The suite allows it to be a leading part, the rest having been
 * added afterwards; nothing that was added after signing is accepted here.
 */
function assertSameContext(document: unknown, proof: unknown): void {
  if (proof === undefined) return;
  if (canonicalJson(document) !== canonicalJson(proof)) {
    throw new SchemaError({
      code: 'PROOF_INVALID',
      message: 'the credential is under another @context than was signed',
    });
  }
}

function assertCredential(credential: unknown): asserts credential is UnsignedCredential {
  if (typeof credential !== 'object' || credential === null || Array.isArray(credential)) {
    throw invalid('expected an object');
  }
  const members = credential as Record<string, unknown>;
  const context = members['@context'];
  if (!Array.isArray(context) || context[0] !== CREDENTIALS_V2_CONTEXT) {
    throw invalid(`@context expected a list that begins with ${CREDENTIALS_V2_CONTEXT}`);
  }
  const type = members['type'];
  const types: unknown[] = Array.isArray(type) ? type : [type];
  if (!types.includes('VerifiableCredential')) throw invalid('type expected to hold VerifiableCredential');
  const issuer = members['issuer'];
  const issuerId: unknown = typeof issuer === 'object' && issuer !== null ? (issuer as { id?: unknown }).id : issuer;
  if (typeof issuerId !== 'string' || issuerId === '') throw invalid('issuer expected a URL or an object with an id');
  const subject = members['credentialSubject'];
  if (typeof subject !== 'object' || subject === null) throw invalid('credentialSubject expected an object');
}

function invalid(what: string): SchemaError {
  return new SchemaError({ code: 'CREDENTIAL_INVALID', message: `not a verifiable credential: ${what}` });
}
