import { WireReader, WireWriter } from './wire.js';

/** The block and the place in it that wrote a value: `kvrwset.Version`. */
export interface KeyVersion {
  readonly blockNumber: number;
  readonly transactionIndex: number;
}

/** A key that a simulation read, and the version it found; null where the key was absent. */
export interface KeyRead {
  readonly key: string;
  readonly version: KeyVersion | null;
}

/** A key that a transaction writes; null deletes it. */
export interface KeyWrite {
  readonly key: string;
  readonly value: Uint8Array | null;
}

/**
 * A range that a simulation walked: what it saw must be what is there at commit, else a phantom is found.
 * Not exhausted, the range ends with `endKey` inclusive; exhausted, before it. An empty `endKey` is the end of the state.
 */
export interface RangeRead {
  readonly startKey: string;
  readonly endKey: string;
  readonly exhausted: boolean;
  readonly reads: readonly KeyRead[];
}

/** `kvrwset.KVRWSet`. */
export interface KeyReadWriteSet {
  readonly reads: readonly KeyRead[];
  readonly ranges: readonly RangeRead[];
  readonly writes: readonly KeyWrite[];
}

/** A private key's hash that was read. */
export interface HashedRead {
  readonly keyHash: Uint8Array;
  readonly version: KeyVersion | null;
}

/** A private key's hash that is written; null deletes it, a purge also removes what was kept of it. */
export interface HashedWrite {
  readonly keyHash: Uint8Array;
  readonly valueHash: Uint8Array | null;
  readonly purge: boolean;
}

/** `rwset.CollectionHashedReadWriteSet`. */
export interface CollectionReadWriteSet {
  readonly collection: string;
  readonly reads: readonly HashedRead[];
  readonly writes: readonly HashedWrite[];
  /** SHA-256 of the collection's serialised private `KVRWSet`; empty where nothing private is written. */
  readonly privateHash: Uint8Array;
}

/** `rwset.NsReadWriteSet`. */
export interface NamespaceReadWriteSet extends KeyReadWriteSet {
  readonly namespace: string;
  readonly collections: readonly CollectionReadWriteSet[];
}

const NOTHING = new Uint8Array(0);

/** A serialised `kvrwset.KVRWSet`; the caller sorts. */
export function encodeKeyReadWriteSet(set: KeyReadWriteSet): Buffer {
  return new WireWriter()
    .repeated(1, set.reads.map(encodeRead))
    .repeated(
      2,
      set.ranges.map((range) =>
        new WireWriter()
          .string(1, range.startKey)
          .string(2, range.endKey)
          .bool(3, range.exhausted)
          .message(4, new WireWriter().repeated(1, range.reads.map(encodeRead)).finish())
          .finish(),
      ),
    )
    .repeated(
      3,
      set.writes.map(({ key, value }) =>
        new WireWriter()
          .string(1, key)
          .bool(2, value === null)
          .bytes(3, value ?? NOTHING)
          .finish(),
      ),
    )
    .finish();
}

/** A serialised `rwset.TxReadWriteSet` of key-value data. */
export function encodeReadWriteSet(namespaces: readonly NamespaceReadWriteSet[]): Buffer {
  return new WireWriter()
    .repeated(
      2,
      namespaces.map((set) =>
        new WireWriter()
          .string(1, set.namespace)
          .bytes(2, encodeKeyReadWriteSet(set))
          .repeated(3, set.collections.map(encodeCollection))
          .finish(),
      ),
    )
    .finish();
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseReadWriteSet(bytes: Uint8Array): NamespaceReadWriteSet[] {
  const namespaces: NamespaceReadWriteSet[] = [];
  const reader = new WireReader(bytes, 'TxReadWriteSet');
  while (reader.next()) if (reader.field === 2) namespaces.push(parseNamespace(reader.bytes()));
  return namespaces;
}

/** @throws NetworkError `MESSAGE_MALFORMED` */
export function parseKeyReadWriteSet(bytes: Uint8Array): KeyReadWriteSet {
  const reads: KeyRead[] = [];
  const ranges: RangeRead[] = [];
  const writes: KeyWrite[] = [];
  const reader = new WireReader(bytes, 'KVRWSet');
  while (reader.next()) {
    if (reader.field === 1) reads.push(parseRead(reader.bytes()));
    else if (reader.field === 2) ranges.push(parseRange(reader.bytes()));
    else if (reader.field === 3) writes.push(parseWrite(reader.bytes()));
  }
  return { reads, ranges, writes };
}

function encodeVersion({ blockNumber, transactionIndex }: KeyVersion): Buffer {
  return new WireWriter().uint(1, blockNumber).uint(2, transactionIndex).finish();
}

function encodeRead({ key, version }: KeyRead): Buffer {
  const writer = new WireWriter().string(1, key);
  return (version === null ? writer : writer.message(2, encodeVersion(version))).finish();
}

function encodeCollection(set: CollectionReadWriteSet): Buffer {
  const hashed = new WireWriter()
    .repeated(
      1,
      set.reads.map(({ keyHash, version }) => {
        const writer = new WireWriter().bytes(1, keyHash);
        return (version === null ? writer : writer.message(2, encodeVersion(version))).finish();
      }),
    )
    .repeated(
      2,
      set.writes.map(({ keyHash, valueHash, purge }) =>
        new WireWriter()
          .bytes(1, keyHash)
          .bool(2, valueHash === null)
          .bytes(3, valueHash ?? NOTHING)
          .bool(4, purge)
          .finish(),
      ),
    )
    .finish();
  return new WireWriter().string(1, set.collection).bytes(2, hashed).bytes(3, set.privateHash).finish();
}

function parseNamespace(bytes: Uint8Array): NamespaceReadWriteSet {
  let namespace = '';
  let keys: Uint8Array = NOTHING;
  const collections: CollectionReadWriteSet[] = [];
  const reader = new WireReader(bytes, 'NsReadWriteSet');
  while (reader.next()) {
    if (reader.field === 1) namespace = reader.string();
    else if (reader.field === 2) keys = reader.bytes();
    else if (reader.field === 3) collections.push(parseCollection(reader.bytes()));
  }
  return { namespace, ...parseKeyReadWriteSet(keys), collections };
}

function parseVersion(bytes: Uint8Array): KeyVersion {
  let blockNumber = 0;
  let transactionIndex = 0;
  const reader = new WireReader(bytes, 'Version');
  while (reader.next()) {
    if (reader.field === 1) blockNumber = reader.uint();
    else if (reader.field === 2) transactionIndex = reader.uint();
  }
  return { blockNumber, transactionIndex };
}

function parseRead(bytes: Uint8Array): KeyRead {
  let key = '';
  let version: KeyVersion | null = null;
  const reader = new WireReader(bytes, 'KVRead');
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) version = parseVersion(reader.bytes());
  }
  return { key, version };
}

function parseWrite(bytes: Uint8Array): KeyWrite {
  let key = '';
  let deleted = false;
  let value: Uint8Array = NOTHING;
  const reader = new WireReader(bytes, 'KVWrite');
  while (reader.next()) {
    if (reader.field === 1) key = reader.string();
    else if (reader.field === 2) deleted = reader.bool();
    else if (reader.field === 3) value = reader.bytes();
  }
  return { key, value: deleted || value.length === 0 ? null : value };
}

function parseRange(bytes: Uint8Array): RangeRead {
  let startKey = '';
  let endKey = '';
  let exhausted = false;
  const reads: KeyRead[] = [];
  const reader = new WireReader(bytes, 'RangeQueryInfo');
  while (reader.next()) {
    if (reader.field === 1) startKey = reader.string();
    else if (reader.field === 2) endKey = reader.string();
    else if (reader.field === 3) exhausted = reader.bool();
    else if (reader.field === 4) {
      const inner = new WireReader(reader.bytes(), 'QueryReads');
      while (inner.next()) if (inner.field === 1) reads.push(parseRead(inner.bytes()));
    }
  }
  return { startKey, endKey, exhausted, reads };
}

function parseCollection(bytes: Uint8Array): CollectionReadWriteSet {
  let collection = '';
  let hashed: Uint8Array = NOTHING;
  let privateHash: Uint8Array = NOTHING;
  const outer = new WireReader(bytes, 'CollectionHashedReadWriteSet');
  while (outer.next()) {
    if (outer.field === 1) collection = outer.string();
    else if (outer.field === 2) hashed = outer.bytes();
    else if (outer.field === 3) privateHash = outer.bytes();
  }
  const reads: HashedRead[] = [];
  const writes: HashedWrite[] = [];
  const inner = new WireReader(hashed, 'HashedRWSet');
  while (inner.next()) {
    if (inner.field === 1) reads.push(parseHashedRead(inner.bytes()));
    else if (inner.field === 2) writes.push(parseHashedWrite(inner.bytes()));
  }
  return { collection, reads, writes, privateHash };
}

function parseHashedRead(bytes: Uint8Array): HashedRead {
  let keyHash: Uint8Array = NOTHING;
  let version: KeyVersion | null = null;
  const reader = new WireReader(bytes, 'KVReadHash');
  while (reader.next()) {
    if (reader.field === 1) keyHash = reader.bytes();
    else if (reader.field === 2) version = parseVersion(reader.bytes());
  }
  return { keyHash, version };
}

function parseHashedWrite(bytes: Uint8Array): HashedWrite {
  let keyHash: Uint8Array = NOTHING;
  let deleted = false;
  let valueHash: Uint8Array = NOTHING;
  let purge = false;
  const reader = new WireReader(bytes, 'KVWriteHash');
  while (reader.next()) {
    if (reader.field === 1) keyHash = reader.bytes();
    else if (reader.field === 2) deleted = reader.bool();
    else if (reader.field === 3) valueHash = reader.bytes();
    else if (reader.field === 4) purge = reader.bool();
  }
  return { keyHash, valueHash: deleted || valueHash.length === 0 ? null : valueHash, purge };
}
