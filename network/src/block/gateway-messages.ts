import { encodeEnvelope, type Envelope } from './envelope.js';
import { encodeContractResponse, type ContractResponse } from './transaction.js';
import { WireReader, WireWriter } from './wire.js';

/** `gateway.EvaluateRequest` and `gateway.EndorseRequest`, which differ in the name of their last field only. */
export interface ProposalRequest {
  readonly transactionId: string;
  readonly channelId: string;
  /** Serialised `protos.SignedProposal`. */
  readonly signedProposal: Uint8Array;
  /** MSP ids; empty leaves the choice to the gateway. */
  readonly organisations: readonly string[];
}

/** `gateway.SubmitRequest`. */
export interface SubmitRequest {
  readonly transactionId: string;
  readonly channelId: string;
  /** Serialised `common.Envelope`. */
  readonly envelope: Uint8Array;
}

/** `gateway.CommitStatusRequest`. */
export interface CommitStatusRequest {
  readonly transactionId: string;
  readonly channelId: string;
  /** Serialised `msp.SerializedIdentity`. */
  readonly identity: Uint8Array;
}

/** A request inside a signed one: `gateway.SignedCommitStatusRequest`, `gateway.SignedChaincodeEventsRequest`. */
export interface SignedRequest {
  readonly request: Uint8Array;
  readonly signature: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseProposalRequest(bytes: Uint8Array): ProposalRequest {
  let transactionId = '';
  let channelId = '';
  let signedProposal: Uint8Array = NOTHING;
  const organisations: string[] = [];
  const reader = new WireReader(bytes, 'EndorseRequest');
  while (reader.next()) {
    if (reader.field === 1) transactionId = reader.string();
    else if (reader.field === 2) channelId = reader.string();
    else if (reader.field === 3) signedProposal = reader.bytes();
    else if (reader.field === 4) organisations.push(reader.string());
  }
  return { transactionId, channelId, signedProposal, organisations };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseSubmitRequest(bytes: Uint8Array): SubmitRequest {
  let transactionId = '';
  let channelId = '';
  let envelope: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'SubmitRequest');
  while (reader.next()) {
    if (reader.field === 1) transactionId = reader.string();
    else if (reader.field === 2) channelId = reader.string();
    else if (reader.field === 3) envelope = reader.bytes();
  }
  return { transactionId, channelId, envelope };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseCommitStatusRequest(bytes: Uint8Array): CommitStatusRequest {
  let transactionId = '';
  let channelId = '';
  let identity: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'CommitStatusRequest');
  while (reader.next()) {
    if (reader.field === 1) transactionId = reader.string();
    else if (reader.field === 2) channelId = reader.string();
    else if (reader.field === 3) identity = reader.bytes();
  }
  return { transactionId, channelId, identity };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseSignedRequest(bytes: Uint8Array): SignedRequest {
  let request: Uint8Array = NOTHING;
  let signature: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'SignedRequest');
  while (reader.next()) {
    if (reader.field === 1) request = reader.bytes();
    else if (reader.field === 2) signature = reader.bytes();
  }
  return { request, signature };
}

export function encodeEvaluateResponse(response: ContractResponse): Buffer {
  return new WireWriter().message(1, encodeContractResponse(response)).finish();
}

export function encodeEndorseResponse(prepared: Envelope): Buffer {
  return new WireWriter().message(1, encodeEnvelope(prepared)).finish();
}

export function encodeCommitStatusResponse(validationCode: number, blockNumber: number): Buffer {
  return new WireWriter().uint(1, validationCode).uint(2, blockNumber).finish();
}
