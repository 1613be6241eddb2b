/**
 * What went wrong, as a closed union that callers may switch on; the README says what to do about each.
 */
export type NetworkErrorCode =
  | 'LEDGER_IN_USE'
  | 'LEDGER_DAMAGED'
  | 'LEDGER_FORMAT_UNSUPPORTED'
  | 'LEDGER_MISMATCH'
  | 'LEDGER_CLOSED'
  | 'LEDGER_FAILED'
  | 'CONTRACTS_UNLOADABLE'
  | 'MESSAGE_MALFORMED'
  | 'BLOCK_MALFORMED'
  | 'CONTRACT_REFUSED'
  | 'EVALUATE_FAILED'
  | 'ENDORSE_FAILED'
  | 'SUBMIT_REFUSED'
  | 'COMMIT_FAILED'
  | 'OUTCOME_UNKNOWN'
  | 'EVENTS_FAILED'
  | 'IDENTITY_MALFORMED'
  | 'IDENTITY_UNKNOWN'
  | 'IDENTITY_EXPIRED'
  | 'IDENTITY_CONFLICT'
  | 'IDENTITY_DAMAGED'
  | 'PORT_UNAVAILABLE'
  | 'EXPORT_REFUSED';

/** What is known beside the code: which transaction, block or contract rule the error is about. */
export interface NetworkErrorDetail {
  readonly cause?: unknown;
  /** The contract's own code, where a contract refused (`LOT_OVERDRAWN`). */
  readonly contractCode?: string;
  /** Hex SHA-256 transaction id, where a transaction had been made. */
  readonly transactionId?: string;
  /** Fabric's `TxValidationCode`, where a committed block flagged the transaction. */
  readonly validationCode?: number;
  /** The block that the error is about. */
  readonly blockNumber?: bigint;
}

/** The one error class of this layer; the message names the thing, what was expected and what came. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly code: NetworkErrorCode;
  readonly contractCode: string | undefined;
  readonly transactionId: string | undefined;
  readonly validationCode: number | undefined;
  readonly blockNumber: bigint | undefined;

  constructor(code: NetworkErrorCode, message: string, detail: NetworkErrorDetail = {}) {
    super(message, detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.contractCode = detail.contractCode;
    this.transactionId = detail.transactionId;
    this.validationCode = detail.validationCode;
    this.blockNumber = detail.blockNumber;
  }
}
