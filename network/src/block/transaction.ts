import { WireReader, WireWriter } from './wire.js';

/** `protos.Endorsement`: `endorser` is a serialised identity, the signature covers response payload then endorser. */
export interface Endorsement {
  readonly endorser: Uint8Array;
  readonly signature: Uint8Array;
}

/** `protos.Response`: what a contract answered. */
export interface ContractResponse {
  readonly status: number;
  readonly message: string;
  readonly payload: Uint8Array;
}

/** `protos.ChaincodeEvent`. */
export interface ContractEvent {
  readonly chaincode: string;
  readonly transactionId: string;
  readonly name: string;
  readonly payload: Uint8Array;
}

/** `protos.ChaincodeAction`: everything that endorsers agree on. */
export interface ContractAction {
  /** Serialised `rwset.TxReadWriteSet`. */
  readonly results: Uint8Array;
  readonly event: ContractEvent | null;
  readonly response: ContractResponse;
  readonly chaincode: string;
  readonly chaincodeVersion: string;
}

/** `protos.ProposalResponsePayload`. */
export interface ProposalResponsePayload {
  /** SHA-256 over channel header, signature header and the public proposal payload. */
  readonly proposalHash: Uint8Array;
  /** Serialised `protos.ChaincodeAction`. */
  readonly extension: Uint8Array;
}

/** The one action of a `protos.Transaction`: what was asked, what was computed, who endorsed it. */
export interface TransactionAction {
  /** The serialised signature header of the proposal, again. */
  readonly header: Uint8Array;
  /** Serialised `protos.ChaincodeProposalPayload` without transient data. */
  readonly proposalPayload: Uint8Array;
  /** Serialised `protos.ProposalResponsePayload`. */
  readonly responsePayload: Uint8Array;
  readonly endorsements: readonly Endorsement[];
}

const NOTHING = new Uint8Array(0);

export function encodeEndorsement({ endorser, signature }: Endorsement): Buffer {
  return new WireWriter().bytes(1, endorser).bytes(2, signature).finish();
}

export function encodeContractResponse({ status, message, payload }: ContractResponse): Buffer {
  return new WireWriter().uint(1, status).string(2, message).bytes(3, payload).finish();
}

export function encodeContractEvent(event: ContractEvent): Buffer {
  return new WireWriter()
    .string(1, event.chaincode)
    .string(2, event.transactionId)
    .string(3, event.name)
    .bytes(4, event.payload)
    .finish();
}

export function encodeContractAction(action: ContractAction): Buffer {
  return new WireWriter()
    .bytes(1, action.results)
    .bytes(2, action.event === null ? NOTHING : encodeContractEvent(action.event))
    .message(3, encodeContractResponse(action.response))
    .message(4, new WireWriter().string(2, action.chaincode).string(3, action.chaincodeVersion).finish())
    .finish();
}

export function encodeProposalResponsePayload({ proposalHash, extension }: ProposalResponsePayload): Buffer {
  return new WireWriter().bytes(1, proposalHash).bytes(2, extension).finish();
}

/** A serialised `protos.Transaction` of one action. */
export function encodeTransaction(action: TransactionAction): Buffer {
  const endorsed = new WireWriter()
    .bytes(1, action.responsePayload)
    .repeated(2, action.endorsements.map(encodeEndorsement))
    .finish();
  const payload = new WireWriter().bytes(1, action.proposalPayload).message(2, endorsed).finish();
  const wrapped = new WireWriter().bytes(1, action.header).bytes(2, payload).finish();
  return new WireWriter().message(1, wrapped).finish();
}

/** Every action of a serialised `protos.Transaction`; a valid one has exactly one. @throws NetworkError `MESSAGE_MALFORMED` */
export function parseTransaction(bytes: Uint8Array): TransactionAction[] {
  const actions: TransactionAction[] = [];
  const reader = new WireReader(bytes, 'Transaction');
  while (reader.next()) if (reader.field === 1) actions.push(parseTransactionAction(reader.bytes()));
  return actions;
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseProposalResponsePayload(bytes: Uint8Array): ProposalResponsePayload {
  let proposalHash: Uint8Array = NOTHING;
  let extension: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'ProposalResponsePayload');
  while (reader.next()) {
    if (reader.field === 1) proposalHash = reader.bytes();
    else if (reader.field === 2) extension = reader.bytes();
  }
  return { proposalHash, extension };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseContractAction(bytes: Uint8Array): ContractAction {
  let results: Uint8Array = NOTHING;
  let event: ContractEvent | null = null;
  let response: ContractResponse = { status: 0, message: '', payload: NOTHING };
  let chaincode = '';
  let chaincodeVersion = '';
  const reader = new WireReader(bytes, 'ChaincodeAction');
  while (reader.next()) {
    if (reader.field === 1) results = reader.bytes();
    else if (reader.field === 2) event = parseContractEvent(reader.bytes());
    else if (reader.field === 3) response = parseContractResponse(reader.bytes());
    else if (reader.field === 4) {
      const id = new WireReader(reader.bytes(), 'ChaincodeID');
      while (id.next()) {
        if (id.field === 2) chaincode = id.string();
        else if (id.field === 3) chaincodeVersion = id.string();
      }
    }
  }
  return { results, event, response, chaincode, chaincodeVersion };
}

function parseTransactionAction(bytes: Uint8Array): TransactionAction {
  let header: Uint8Array = NOTHING;
  let payload: Uint8Array = NOTHING;
  const outer = new WireReader(bytes, 'TransactionAction');
  while (outer.next()) {
    if (outer.field === 1) header = outer.bytes();
    else if (outer.field === 2) payload = outer.bytes();
  }
  let proposalPayload: Uint8Array = NOTHING;
  let endorsed: Uint8Array = NOTHING;
  const middle = new WireReader(payload, 'ChaincodeActionPayload');
  while (middle.next()) {
    if (middle.field === 1) proposalPayload = middle.bytes();
    else if (middle.field === 2) endorsed = middle.bytes();
  }
  let responsePayload: Uint8Array = NOTHING;
  const endorsements: Endorsement[] = [];
  const inner = new WireReader(endorsed, 'ChaincodeEndorsedAction');
  while (inner.next()) {
    if (inner.field === 1) responsePayload = inner.bytes();
    else if (inner.field === 2) endorsements.push(parseEndorsement(inner.bytes()));
  }
  return { header, proposalPayload, responsePayload, endorsements };
}

function parseEndorsement(bytes: Uint8Array): Endorsement {
  let endorser: Uint8Array = NOTHING;
  let signature: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Endorsement');
  while (reader.next()) {
    if (reader.field === 1) endorser = reader.bytes();
    else if (reader.field === 2) signature = reader.bytes();
  }
  return { endorser, signature };
}

function parseContractResponse(bytes: Uint8Array): ContractResponse {
  let status = 0;
  let message = '';
  let payload: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Response');
  while (reader.next()) {
    if (reader.field === 1) status = reader.uint();
    else if (reader.field === 2) message = reader.string();
    else if (reader.field === 3) payload = reader.bytes();
  }
  return { status, message, payload };
}

function parseContractEvent(bytes: Uint8Array): ContractEvent {
  let chaincode = '';
  let transactionId = '';
  let name = '';
  let payload: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'ChaincodeEvent');
  while (reader.next()) {
    if (reader.field === 1) chaincode = reader.string();
    else if (reader.field === 2) transactionId = reader.string();
    else if (reader.field === 3) name = reader.string();
    else if (reader.field === 4) payload = reader.bytes();
  }
  return { chaincode, transactionId, name, payload };
}
