/** gRPC status codes that the service answers with (https://grpc.io/docs/guides/status-codes/). */
export const GRPC_STATUS = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
} as const;

/** One node's own words about a failure: becomes a `gateway.ErrorDetail` in `grpc-status-details-bin`. */
export interface PeerErrorDetail {
  readonly address: string;
  readonly mspId: string;
  readonly message: string;
}

/** A failure in the protocol's own terms: a transport turns it into its status, message and details. */
export class PeerStatusError extends Error {
  override readonly name = 'PeerStatusError';
  /** One of {@link GRPC_STATUS}. */
  readonly status: number;
  readonly details: readonly PeerErrorDetail[];

  constructor(status: number, message: string, details: readonly PeerErrorDetail[] = []) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/**
 * One organisation's gateway peer, as the Fabric Gateway protocol describes it, apart from any transport.
 * Every request and response is a serialised message of `@hyperledger/fabric-protos`, so that a transport passes bytes
 * through without parsing them. Unary methods reject with {@link PeerStatusError}; so do the iterables, on `next`.
 * Ending an iterable (`return`) or aborting its signal releases what it holds.
 */
export interface PeerService {
  /** The organisation that this peer belongs to. */
  readonly mspId: string;
  /** `gateway.EvaluateRequest` to `gateway.EvaluateResponse`. */
  evaluate(request: Uint8Array): Promise<Uint8Array>;
  /** `gateway.EndorseRequest` to `gateway.EndorseResponse`. */
  endorse(request: Uint8Array): Promise<Uint8Array>;
  /** `gateway.SubmitRequest` to `gateway.SubmitResponse`; answers when the transaction is queued for a block. */
  submit(request: Uint8Array): Promise<Uint8Array>;
  /** `gateway.SignedCommitStatusRequest` to `gateway.CommitStatusResponse`; answers once the transaction is durable. */
  commitStatus(request: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /** `gateway.SignedChaincodeEventsRequest` to `gateway.ChaincodeEventsResponse`s. */
  chaincodeEvents(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** `common.Envelope` of a `orderer.SeekInfo` to `protos.DeliverResponse`s with whole blocks. */
  deliver(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** As {@link deliver}, with filtered blocks. */
  deliverFiltered(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array>;
  /** As {@link deliver}, with the private data that this peer's organisation may hold. */
  deliverWithPrivateData(request: Uint8Array, signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
