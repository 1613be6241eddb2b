import { WireReader, WireWriter } from './wire.js';

/** `protos.SignedProposal`. */
export interface SignedProposal {
  readonly proposal: Uint8Array;
  readonly signature: Uint8Array;
}

/** `protos.Proposal`; both parts are serialised messages. */
export interface Proposal {
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/** What a `protos.ChaincodeProposalPayload` asks for. */
export interface Invocation {
  readonly chaincode: string;
  /** The function's full name, then its arguments. */
  readonly args: Uint8Array[];
  readonly transient: ReadonlyMap<string, Uint8Array>;
  /** The serialised `protos.ChaincodeInput`. */
  readonly input: Uint8Array;
  /** The serialised payload without its transient map: what is hashed and what a block holds. */
  readonly publicPayload: Uint8Array;
}

const NOTHING = new Uint8Array(0);

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseSignedProposal(bytes: Uint8Array): SignedProposal {
  let proposal: Uint8Array = NOTHING;
  let signature: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'SignedProposal');
  while (reader.next()) {
    if (reader.field === 1) proposal = reader.bytes();
    else if (reader.field === 2) signature = reader.bytes();
  }
  return { proposal, signature };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseProposal(bytes: Uint8Array): Proposal {
  let header: Uint8Array = NOTHING;
  let payload: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Proposal');
  while (reader.next()) {
    if (reader.field === 1) header = reader.bytes();
    else if (reader.field === 2) payload = reader.bytes();
  }
  return { header, payload };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseInvocation(bytes: Uint8Array): Invocation {
  let specification: Uint8Array = NOTHING;
  const transient = new Map<string, Uint8Array>();
  const reader = new WireReader(bytes, 'ChaincodeProposalPayload');
  while (reader.next()) {
    if (reader.field === 1) specification = reader.bytes();
    else if (reader.field === 2) {
      const [key, value] = parseMapEntry(reader.bytes());
      transient.set(key, value);
    }
  }
  return {
    ...parseInvocationSpecification(specification),
    transient,
    publicPayload: new WireWriter().bytes(1, specification).finish(),
  };
}

/** The name in a serialised `protos.ChaincodeHeaderExtension`. @throws NetworkError `MESSAGE_MALFORMED` */
export function parseChaincodeName(extension: Uint8Array): string {
  const reader = new WireReader(extension, 'ChaincodeHeaderExtension');
  while (reader.next()) if (reader.field === 2) return parseChaincodeId(reader.bytes());
  return '';
}

function parseChaincodeId(bytes: Uint8Array): string {
  let name = '';
  const reader = new WireReader(bytes, 'ChaincodeID');
  while (reader.next()) if (reader.field === 2) name = reader.string();
  return name;
}

function parseMapEntry(bytes: Uint8Array): [string, Uint8Array] {
  let key = '';
  let value: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'TransientMapEntry');
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) value = reader.bytes();
  }
  return [key, value];
}

function parseInvocationSpecification(bytes: Uint8Array): Pick<Invocation, 'chaincode' | 'args' | 'input'> {
  let specification: Uint8Array = NOTHING;
  const outer = new WireReader(bytes, 'ChaincodeInvocationSpec');
  while (outer.next()) if (outer.field === 1) specification = outer.bytes();
  let chaincode = '';
  let input: Uint8Array = NOTHING;
  const inner = new WireReader(specification, 'ChaincodeSpec');
  while (inner.next()) {
    if (inner.field === 2) chaincode = parseChaincodeId(inner.bytes());
    else if (inner.field === 3) input = inner.bytes();
  }
  const args: Uint8Array[] = [];
  const reader = new WireReader(input, 'ChaincodeInput');
  while (reader.next()) if (reader.field === 1) args.push(reader.bytes());
  return { chaincode, args, input };
}
