/**
 * Every reason for which a contract refuses a transaction, with what the caller can do.
 * The code stands at the start of the message, since only the message leaves a chaincode.
 */
export const REFUSALS = {
  NOT_JSON: 'Send the command as JSON.',
  NOT_CANONICAL: 'Send the command as canonical JSON (RFC 8785).',
  INPUT_TOO_LARGE: 'Split the command; a batch takes up to a thousand.',
  INPUT_TOO_DEEP: 'Flatten the command.',
  BAD_STRING: 'Send text in Unicode NFC without NUL or lone surrogates.',
  SCHEMA_VIOLATION: "Send exactly the fields of the command's schema.",
  CALLER_UNKNOWN: 'Enrol with a certificate that carries the attributes party and roles.',
  WRONG_ORGANISATION: 'Send it from the organisation to which the party is bound.',
  ROLE_MISSING: 'Send it as a party that has the role, in the register and in its certificate.',
  PARTY_SUSPENDED: 'Ask the regulator to reinstate the party.',
  RECORD_NOT_FOUND: 'Check the identifier.',
  RECORD_EXISTS: 'Choose another identifier, or take it that the earlier submission arrived.',
  RECORD_SUPERSEDED: 'Use the record that corrects this one.',
  RECORD_TYPE_UNKNOWN: 'Name a record type of the catalogue.',
  FIELD_NOT_INDEXED: 'List by a field that the record type is indexed by.',
  ILLEGAL_TRANSITION: 'Look at the state of the record: this step does not follow it.',
  TIME_IMPLAUSIBLE: "Check the clock: a date lies after the transaction's own time, or before what it must follow.",
  NOT_HOLDER: 'Only the party that holds the thing may do this.',
  NOT_AUTHOR: 'Only the party that wrote the record, or the regulator, may do this.',
  PRIVATE_DETAIL_MISMATCH: 'Send the transient field whose digest the command carries, to a collection that exists.',
  PRIVATE_DETAIL_UNSALTED: 'Put a random salt of at least 16 bytes into the confidential detail.',
  BATCH_NESTED: 'A batch can hold neither a batch nor a query.',
  PARTY_KEY_EXISTS: 'Choose another key identifier.',
  PARTY_KEY_NOT_FOUND: 'Name a key of the party.',
  PERIOD_INVALID: 'End the period after its beginning.',
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** A refused transaction: nothing is written. Its message starts with its code. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}
