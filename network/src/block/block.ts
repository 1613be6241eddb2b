import { createHash } from 'node:crypto';

import { WireReader, WireWriter } from './wire.js';

/** `common.BlockHeader`. */
export interface BlockHeader {
  readonly number: number;
  /** Hash of the header before; empty in block 0. */
  readonly previousHash: Uint8Array;
  /** SHA-256 over the block's envelopes, one after the other. */
  readonly dataHash: Uint8Array;
}

/** A `common.Block` with its envelopes still serialised. */
export interface Block {
  readonly header: BlockHeader;
  readonly envelopes: readonly Uint8Array[];
  /** Indexed by {@link BLOCK_METADATA}. */
  readonly metadata: readonly Uint8Array[];
}

/** `common.BlockMetadataIndex`. */
export const BLOCK_METADATA = {
  SIGNATURES: 0,
  LAST_CONFIG: 1,
  TRANSACTIONS_FILTER: 2,
  ORDERER: 3,
  COMMIT_HASH: 4,
} as const;

const NOTHING = new Uint8Array(0);

/** Fabric's header hash: SHA-256 over the DER `SEQUENCE { INTEGER number, OCTET STRING previous, OCTET STRING data }`. */
export function blockHeaderHash(header: BlockHeader): Buffer {
  return createHash('sha256').update(blockHeaderBytes(header)).digest();
}

/** The DER encoding that {@link blockHeaderHash} hashes and that an orderer's signature covers. */
export function blockHeaderBytes({ number, previousHash, dataHash }: BlockHeader): Buffer {
  const content = Buffer.concat([derInteger(number), derOctets(previousHash), derOctets(dataHash)]);
  return Buffer.concat([Buffer.from([0x30]), derLength(content.length), content]);
}

/** SHA-256 over the envelopes in order. */
export function blockDataHash(envelopes: readonly Uint8Array[]): Buffer {
  const hash = createHash('sha256');
  for (const envelope of envelopes) hash.update(envelope);
  return hash.digest();
}

export function encodeBlockHeader({ number, previousHash, dataHash }: BlockHeader): Buffer {
  return new WireWriter().uint(1, number).bytes(2, previousHash).bytes(3, dataHash).finish();
}

export function encodeBlock({ header, envelopes, metadata }: Block): Buffer {
  return new WireWriter()
    .message(1, encodeBlockHeader(header))
    .message(2, new WireWriter().repeated(1, envelopes).finish())
    .message(3, encodeBlockMetadata(metadata))
    .finish();
}

/** A serialised `common.BlockMetadata`. */
export function encodeBlockMetadata(metadata: readonly Uint8Array[]): Buffer {
  return new WireWriter().repeated(1, metadata).finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseBlockMetadata(bytes: Uint8Array): Uint8Array[] {
  return parseRepeated(bytes, 'BlockMetadata');
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseBlockHeader(bytes: Uint8Array): BlockHeader {
  let number = 0;
  let previousHash: Uint8Array = NOTHING;
  let dataHash: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'BlockHeader');
  while (reader.next()) {
    if (reader.field === 1) number = reader.uint();
    else if (reader.field === 2) previousHash = reader.bytes();
    else if (reader.field === 3) dataHash = reader.bytes();
  }
  return { number, previousHash, dataHash };
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseBlock(bytes: Uint8Array): Block {
  let header: Uint8Array = NOTHING;
  let data: Uint8Array = NOTHING;
  let metadata: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'Block');
  while (reader.next()) {
    if (reader.field === 1) header = reader.bytes();
    else if (reader.field === 2) data = reader.bytes();
    else if (reader.field === 3) metadata = reader.bytes();
  }
  return {
    header: parseBlockHeader(header),
    envelopes: parseRepeated(data, 'BlockData'),
    metadata: parseBlockMetadata(metadata),
  };
}

/** The `value` of a serialised `common.Metadata`. @throws NetworkError `MESSAGE_MALFORMED` */
export function parseMetadataValue(bytes: Uint8Array): Uint8Array {
  const reader = new WireReader(bytes, 'Metadata');
  while (reader.next()) if (reader.field === 1) return reader.bytes();
  return NOTHING;
}

function parseRepeated(bytes: Uint8Array, message: string): Uint8Array[] {
  const elements: Uint8Array[] = [];
  const reader = new WireReader(bytes, message);
  while (reader.next()) if (reader.field === 1) elements.push(reader.bytes());
  return elements;
}

function derLength(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes = bigEndian(length);
  return Buffer.concat([Buffer.from([0x80 | bytes.length]), bytes]);
}

function derInteger(value: number): Buffer {
  const bytes = bigEndian(value);
  // A leading 1 bit would make the number negative.
  const positive = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02]), derLength(positive.length), positive]);
}

function derOctets(value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([0x04]), derLength(value.length), value]);
}

function bigEndian(value: number): Buffer {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
}
