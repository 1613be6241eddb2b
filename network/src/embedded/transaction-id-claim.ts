import { VALIDATION_CODE } from './validation-code.js';

/** What a transaction's id means for it, given what the index says of that id so far. */
export interface TransactionIdClaim<Code extends number> {
  /** The transaction's code, now a duplicate's where the id is taken. */
  readonly code: Code | typeof VALIDATION_CODE.DUPLICATE_TXID;
  /** Whether the index names this transaction under its id from now on. */
  readonly indexed: boolean;
}

/**
 * The first transaction of an id keeps it, and later ones are duplicates. A transaction that only claims an id, which is
 * not the hash of its nonce and creator, takes it from nobody: its rightful owner may still come.
 * @param earlier - Validation code of the transaction that the index has under the id, if any.
 */
export function claimTransactionId<Code extends number>(
  code: Code,
  earlier: number | undefined,
): TransactionIdClaim<Code> {
  if (code === VALIDATION_CODE.BAD_PROPOSAL_TXID) return { code, indexed: earlier === undefined };
  if (earlier === undefined || earlier === VALIDATION_CODE.BAD_PROPOSAL_TXID) return { code, indexed: true };
  return { code: VALIDATION_CODE.DUPLICATE_TXID, indexed: false };
}
