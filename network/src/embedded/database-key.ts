/**
 * Keys of the ledger's database. The first byte names the family:
 *
 *     m name                                what the ledger is: its format, its tip
 *     h block                               block header
 *     k block                               block metadata
 *     e block index                         one envelope of a block
 *     t transaction id                      where a transaction is
 *     s key                                 world state
 *     x collection 00 SHA-256(key)          hashed private state
 *     p collection 00 key                   private state
 *     y length(key) key block index         one change of a key
 *
 * Numbers are big-endian (block 8 bytes, index and length 4), so that LevelDB's byte order is their order; texts are
 * UTF-8, whose byte order is the order in which Fabric walks a range.
 */
export const KEY_FAMILY = {
  META: 0x6d,
  HEADER: 0x68,
  METADATA: 0x6b,
  ENVELOPE: 0x65,
  TRANSACTION: 0x74,
  STATE: 0x73,
  HASHED_STATE: 0x78,
  PRIVATE_STATE: 0x70,
  HISTORY: 0x79,
} as const;

/** One of {@link KEY_FAMILY}. */
export type KeyFamily = (typeof KEY_FAMILY)[keyof typeof KEY_FAMILY];

export function metaKey(name: string): Buffer {
  return Buffer.concat([Buffer.of(KEY_FAMILY.META), Buffer.from(name)]);
}

/** A key of family header or metadata. */
export function blockKey(family: KeyFamily, blockNumber: number): Buffer {
  const key = Buffer.allocUnsafe(9);
  key[0] = family;
  key.writeBigUInt64BE(BigInt(blockNumber), 1);
  return key;
}

export function envelopeKey(blockNumber: number, index: number): Buffer {
  const key = Buffer.allocUnsafe(13);
  key[0] = KEY_FAMILY.ENVELOPE;
  key.writeBigUInt64BE(BigInt(blockNumber), 1);
  key.writeUInt32BE(index, 9);
  return key;
}

export function transactionKey(transactionId: string): Buffer {
  return prefixed(KEY_FAMILY.TRANSACTION, transactionId);
}

export function stateKey(key: string): Buffer {
  return prefixed(KEY_FAMILY.STATE, key);
}

export function hashedStateKey(collection: string, keyHash: Uint8Array): Buffer {
  return Buffer.concat([prefixed(KEY_FAMILY.HASHED_STATE, collection), Buffer.of(0), keyHash]);
}

export function privateStateKey(collection: string, key: string): Buffer {
  return Buffer.concat([prefixed(KEY_FAMILY.PRIVATE_STATE, collection), Buffer.of(0), Buffer.from(key)]);
}

/** The start of every history key of one ledger key. */
export function historyPrefix(key: string): Buffer {
  const text = Buffer.from(key);
  const prefix = Buffer.allocUnsafe(5 + text.length);
  prefix[0] = KEY_FAMILY.HISTORY;
  prefix.writeUInt32BE(text.length, 1);
  prefix.set(text, 5);
  return prefix;
}

export function historyKey(key: string, blockNumber: number, index: number): Buffer {
  const place = Buffer.allocUnsafe(12);
  place.writeBigUInt64BE(BigInt(blockNumber), 0);
  place.writeUInt32BE(index, 8);
  return Buffer.concat([historyPrefix(key), place]);
}

/** The place that the last twelve bytes of a history or envelope key name. */
export function placeInKey(key: Buffer): { blockNumber: number; transactionIndex: number } {
  const offset = key.length - 12;
  return { blockNumber: Number(key.readBigUInt64BE(offset)), transactionIndex: key.readUInt32BE(offset + 8) };
}

/** The first key after every key that starts with `prefix`. */
export function afterPrefix(prefix: Uint8Array): Buffer {
  const end = Buffer.from(prefix);
  for (let index = end.length - 1; index >= 0; index -= 1) {
    const byte = end[index] ?? 0;
    if (byte < 0xff) {
      end[index] = byte + 1;
      return end.subarray(0, index + 1);
    }
  }
  return Buffer.of(0xff, 0xff);
}

function prefixed(family: KeyFamily, text: string): Buffer {
  const key = Buffer.allocUnsafe(1 + Buffer.byteLength(text));
  key[0] = family;
  key.write(text, 1);
  return key;
}
