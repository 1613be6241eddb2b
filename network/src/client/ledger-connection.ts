import type { ChaincodeEvent } from '@hyperledger/fabric-gateway';
import type { common } from '@hyperledger/fabric-protos';

/** A key pair and the certificate that an organisation's authority issued for it. */
export interface Identity {
  readonly mspId: string;
  readonly certificatePem: string;
  /** ECDSA P-256, PKCS#8. */
  readonly privateKeyPem: string;
}

/** What `submit` answers: the transaction is in a block, valid, and on disk. */
export interface SubmitResult {
  readonly transactionId: string;
  readonly blockNumber: bigint;
  /** The contract's answer, as the endorsers computed it. */
  readonly result: Uint8Array;
}

/** Options of a submit. */
export interface SubmitOptions {
  /** Sent to the contract, never written to a block. */
  readonly transient?: Record<string, Uint8Array>;
  /** MSP ids that must endorse; without it the peer chooses by the policy. */
  readonly endorsingOrganizations?: string[];
}

/** Where an event stream starts and how it is ended. Without `startBlock` it starts with the next block. */
export interface EventStreamOptions {
  readonly startBlock?: bigint;
  readonly signal?: AbortSignal;
}

/**
 * One identity's session with a ledger through the stock Fabric Gateway client; the same whether the ledger is embedded
 * or remote.
 */
export interface LedgerConnection {
  readonly identity: Identity;
  /**
   * Endorses, orders and waits until the transaction is durable and valid.
   * @param transaction - Full Fabric name, `PackContract:registerPack`.
   * @throws NetworkError `CONTRACT_REFUSED` (with `contractCode`), `ENDORSE_FAILED` (both safe to send again),
   * `SUBMIT_REFUSED`, `COMMIT_FAILED` (final; `validationCode` says why; a conflict may be sent again as a new
   * transaction), `OUTCOME_UNKNOWN` (look the `transactionId` up before sending again).
   */
  submit(transaction: string, args: string[], options?: SubmitOptions): Promise<SubmitResult>;
  /** @throws NetworkError `CONTRACT_REFUSED` or `EVALUATE_FAILED`. */
  evaluate(
    transaction: string,
    args: string[],
    options?: { readonly transient?: Record<string, Uint8Array> },
  ): Promise<Uint8Array>;
  /** Whole blocks, from `startBlock` on and then as they are committed. @throws NetworkError `EVENTS_FAILED`. */
  blockEvents(options?: EventStreamOptions): AsyncIterable<common.Block>;
  /** Contract events of valid transactions. @throws NetworkError `EVENTS_FAILED`. */
  chaincodeEvents(options?: EventStreamOptions): AsyncIterable<ChaincodeEvent>;
  /** Ends the session's event streams; the ledger stays open. */
  close(): void;
}
