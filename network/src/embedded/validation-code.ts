/** Fabric's `TxValidationCode`, as far as this ledger gives it; a block holds one byte of it per transaction. */
export const VALIDATION_CODE = {
  VALID: 0,
  INVALID_ENDORSER_TRANSACTION: 5,
  BAD_PROPOSAL_TXID: 8,
  DUPLICATE_TXID: 9,
  ENDORSEMENT_POLICY_FAILURE: 10,
  MVCC_READ_CONFLICT: 11,
  PHANTOM_READ_CONFLICT: 12,
  BAD_RESPONSE_PAYLOAD: 21,
  BAD_RWSET: 22,
  ILLEGAL_WRITESET: 23,
  INVALID_CHAINCODE: 25,
} as const;

/** One of {@link VALIDATION_CODE}. */
export type ValidationCode = (typeof VALIDATION_CODE)[keyof typeof VALIDATION_CODE];
