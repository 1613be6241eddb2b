/**
 * Every reason for which this layer refuses something.
 *
 * - `NOT_JSON`, `NOT_CANONICAL`, `INPUT_TOO_LARGE`, `INPUT_TOO_DEEP`, `BAD_STRING`: text that came from outside.
 * - `NOT_SERIALIZABLE`: a value in this program that JSON cannot carry faithfully.
 * - `SCHEMA_VIOLATION`: JSON that does not have the shape of the record it claims to be.
 * - `KEY_INVALID`: a multibase key that is not an Ed25519 Multikey.
 * - `CREDENTIAL_INVALID`: not a verifiable credential of the data model 2.0.
 * - `PROOF_MISSING`, `PROOF_TYPE`, `PROOF_MALFORMED`, `PROOF_KEY_MISMATCH`, `PROOF_INVALID`: a credential's proof is
 *   absent, of another kind, ill-formed, made for another key, or not a signature of these bytes.
 */
export type SchemaErrorCode =
  | 'NOT_JSON'
  | 'NOT_CANONICAL'
  | 'INPUT_TOO_LARGE'
  | 'INPUT_TOO_DEEP'
  | 'BAD_STRING'
  | 'NOT_SERIALIZABLE'
  | 'SCHEMA_VIOLATION'
  | 'GS1_INVALID'
  | 'KEY_INVALID'
  | 'CREDENTIAL_INVALID'
  | 'PROOF_MISSING'
  | 'PROOF_TYPE'
  | 'PROOF_MALFORMED'
  | 'PROOF_KEY_MISMATCH'
  | 'PROOF_INVALID';

/** The one error of this layer: decide on `code`, show `message`, follow `cause`. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
  readonly code: SchemaErrorCode;

  constructor({ code, message, cause }: { code: SchemaErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
