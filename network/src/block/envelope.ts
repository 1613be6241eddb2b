import { WireReader, WireWriter } from './wire.js';

/** `common.Envelope`: what a client signs and an orderer orders. */
export interface Envelope {
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

/** `common.Header` with its two parts still serialised: hashes and signatures cover those bytes. */
export interface Header {
  readonly channelHeader: Uint8Array;
  readonly signatureHeader: Uint8Array;
}

/** `common.Payload`. */
export interface Payload {
  readonly header: Header;
  readonly data: Uint8Array;
}

/** `google.protobuf.Timestamp`. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanos: number;
}

/** `common.ChannelHeader`. */
export interface ChannelHeader {
  /** `common.HeaderType`: 1 a configuration, 3 an endorsed transaction, 5 a request for blocks. */
  readonly type: number;
  /** Set by the client and checked by nobody. */
  readonly timestamp: Timestamp | null;
  readonly channelId: string;
  readonly transactionId: string;
  readonly epoch: number;
  readonly extension: Uint8Array;
}

/** `common.SignatureHeader`; `creator` is a serialised `msp.SerializedIdentity`. */
export interface SignatureHeader {
  readonly creator: Uint8Array;
  readonly nonce: Uint8Array;
}

/** `common.HeaderType` values that this ledger knows. */
export const HEADER_TYPE = { CONFIG: 1, ENDORSER_TRANSACTION: 3, DELIVER_SEEK_INFO: 5 } as const;

const NOTHING = new Uint8Array(0);

export function encodeEnvelope({ payload, signature }: Envelope): Buffer {
  return new WireWriter().bytes(1, payload).bytes(2, signature).finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseEnvelope(bytes: Uint8Array): Envelope {
  let payload: Uint8Array = NOTHING;
  let signature: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Envelope');
  while (reader.next()) {
    if (reader.field === 1) payload = reader.bytes();
    else if (reader.field === 2) signature = reader.bytes();
  }
  return { payload, signature };
}

export function encodeHeader({ channelHeader, signatureHeader }: Header): Buffer {
  return new WireWriter().bytes(1, channelHeader).bytes(2, signatureHeader).finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseHeader(bytes: Uint8Array): Header {
  let channelHeader: Uint8Array = NOTHING;
  let signatureHeader: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Header');
  while (reader.next()) {
    if (reader.field === 1) channelHeader = reader.bytes();
    else if (reader.field === 2) signatureHeader = reader.bytes();
  }
  return { channelHeader, signatureHeader };
}

export function encodePayload({ header, data }: Payload): Buffer {
  return new WireWriter().message(1, encodeHeader(header)).bytes(2, data).finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parsePayload(bytes: Uint8Array): Payload {
  let header: Uint8Array = NOTHING;
  let data: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Payload');
  while (reader.next()) {
    if (reader.field === 1) header = reader.bytes();
    else if (reader.field === 2) data = reader.bytes();
  }
  return { header: parseHeader(header), data };
}

export function encodeChannelHeader(header: ChannelHeader): Buffer {
  const writer = new WireWriter().uint(1, header.type);
  if (header.timestamp !== null) {
    const { seconds, nanos } = header.timestamp;
    writer.message(3, new WireWriter().uint(1, seconds).uint(2, nanos).finish());
  }
  return writer
    .string(4, header.channelId)
    .string(5, header.transactionId)
    .uint(6, header.epoch)
    .bytes(7, header.extension)
    .finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseChannelHeader(bytes: Uint8Array): ChannelHeader {
  let type = 0;
  let timestamp: Timestamp | null = null;
  let channelId = '';
  let transactionId = '';
  let epoch = 0;
  let extension: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'ChannelHeader');
  while (reader.next()) {
    if (reader.field === 1) type = reader.uint();
    else if (reader.field === 3) timestamp = parseTimestamp(reader.bytes());
    else if (reader.field === 4) channelId = reader.string();
    else if (reader.field === 5) transactionId = reader.string();
    else if (reader.field === 6) epoch = reader.uint();
    else if (reader.field === 7) extension = reader.bytes();
  }
  return { type, timestamp, channelId, transactionId, epoch, extension };
}

export function encodeSignatureHeader({ creator, nonce }: SignatureHeader): Buffer {
  return new WireWriter().bytes(1, creator).bytes(2, nonce).finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseSignatureHeader(bytes: Uint8Array): SignatureHeader {
  let creator: Uint8Array = NOTHING;
  let nonce: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'SignatureHeader');
  while (reader.next()) {
    if (reader.field === 1) creator = reader.bytes();
    else if (reader.field === 2) nonce = reader.bytes();
  }
  return { creator, nonce };
}

/** `msp.SerializedIdentity`: what Fabric calls a creator or an endorser. */
export interface SerializedIdentity {
  readonly mspId: string;
  /** PEM, as bytes. */
  readonly idBytes: Uint8Array;
}

export function encodeSerializedIdentity(mspId: string, certificatePem: string): Buffer {
  return new WireWriter().string(1, mspId).string(2, certificatePem).finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseSerializedIdentity(bytes: Uint8Array): SerializedIdentity {
  let mspId = '';
  let idBytes: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'SerializedIdentity');
  while (reader.next()) {
    if (reader.field === 1) mspId = reader.string();
    else if (reader.field === 2) idBytes = reader.bytes();
  }
  return { mspId, idBytes };
}

/** RFC 3339 in UTC with as many fraction digits as the timestamp has; '' where none was given. */
export function timestampText(timestamp: Timestamp | null): string {
  if (timestamp === null) return '';
  const date = new Date(timestamp.seconds * 1000);
  if (Number.isNaN(date.getTime())) return '';
  const fraction = String(timestamp.nanos).padStart(9, '0').replace(/0+$/, '');
  return `${date.toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

function parseTimestamp(bytes: Uint8Array): Timestamp {
  let seconds = 0;
  let nanos = 0;
  const reader = new WireReader(bytes, 'Timestamp');
  while (reader.next()) {
    if (reader.field === 1) seconds = reader.uint();
    else if (reader.field === 2) nanos = reader.uint();
  }
  return { seconds, nanos };
}
