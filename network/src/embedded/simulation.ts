import { createHash } from 'node:crypto';

import {
  encodeKeyReadWriteSet,
  encodeReadWriteSet,
  type CollectionReadWriteSet,
  type HashedRead,
  type HashedWrite,
  type KeyVersion,
  type KeyWrite,
  type RangeRead,
} from '../block/read-write-set.js';
import { WireReader } from '../block/wire.js';
import { parseEnvelope, parsePayload, parseChannelHeader, type Timestamp } from '../block/envelope.js';
import { parseContractAction, parseProposalResponsePayload, parseTransaction } from '../block/transaction.js';
import { parseReadWriteSet } from '../block/read-write-set.js';
import type { PrivateCollection } from './channel-config.js';
import { afterPrefix, KEY_FAMILY, privateStateKey, stateKey } from './database-key.js';
import { parseVersionedValue, type KeyRange, type LedgerStore, type StoreSnapshot } from './ledger-store.js';

/** Fabric's page of a range walk, which is also how far ahead of the contract the read set runs. */
const PAGE_SIZE = 100;

/** Fabric's `ledger.state.totalQueryLimit`: a walk ends silently after so many results. */
const TOTAL_QUERY_LIMIT = 100_000;

const NOTHING = Buffer.alloc(0);

/** A refusal of the ledger itself inside a contract; the code at the start of the message is what a client gets. */
class SimulationError extends Error {
  override readonly name = 'SimulationError';
}

/** A key and value as a contract's iterator yields them. */
interface QueryResult {
  readonly key: string;
  readonly value: Buffer;
}

/** One change of a key as a contract's history iterator yields it. */
interface KeyModification {
  readonly txId: string;
  readonly value: Buffer;
  readonly isDelete: boolean;
  readonly timestamp: Timestamp;
}

/** The iterator that fabric-shim hands to a contract. */
interface ShimIterator<T> {
  next(): Promise<{ value: T; done: false } | { done: true }>;
  close(): Promise<void>;
}

interface ShimQueryResponse {
  readonly iterator: ShimIterator<QueryResult>;
  readonly metadata?: { readonly bookmark: string; readonly fetchedRecordsCount: number };
}

/** The private writes of one transaction, which travel beside the block. */
export interface PrivateWrites {
  readonly collection: string;
  readonly writes: readonly { readonly key: string; readonly value: Uint8Array | null; readonly purge: boolean }[];
}

/** What a simulation found out. */
export interface SimulationResult {
  /** Serialised `rwset.TxReadWriteSet`. */
  readonly readWriteSet: Buffer;
  readonly privateWrites: readonly PrivateWrites[];
  /** Collections whose values were read: only their members can have computed this. */
  readonly readCollections: ReadonlySet<string>;
  readonly writtenCollections: ReadonlySet<string>;
}

/** What a simulation needs to know. */
export interface SimulationOptions {
  readonly store: LedgerStore;
  readonly snapshot: StoreSnapshot;
  readonly chaincode: string;
  readonly collections: ReadonlyMap<string, PrivateCollection>;
  /** MSP id of who asks: `memberOnlyRead` and `memberOnlyWrite` are about it. */
  readonly creatorMspId: string;
  /** Whether a peer that holds this collection's values is at hand. */
  readonly holdsCollection: (collection: PrivateCollection) => boolean;
}

interface RangeRecord {
  readonly startKey: string;
  endKey: string;
  exhausted: boolean;
  readonly reads: { key: string; version: KeyVersion }[];
}

interface CollectionRecord {
  readonly reads: Map<string, HashedRead>;
  readonly writes: Map<string, { value: Uint8Array | null; purge: boolean }>;
}

/**
 * The ledger's half of fabric-shim's chaincode handler, for one transaction: answers the stub's calls from one
 * snapshot and records what was read and written. Nothing is stored. As in Fabric, a transaction does not see its
 * own writes, the last write of a key counts, and an empty value deletes.
 */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #reads = new Map<string, KeyVersion | null>();
  readonly #writes = new Map<string, Buffer | null>();
  readonly #ranges: RangeRecord[] = [];
  readonly #collections = new Map<string, CollectionRecord>();
  readonly #readCollections = new Set<string>();
  readonly #openIterators = new Set<AsyncGenerator>();
  #paginated = false;
  #privateRange = false;
  #finished = false;

  constructor(options: SimulationOptions) {
    this.#options = options;
  }

  /** Ends the simulation: a contract that goes on calling is refused. The caller still owns the snapshot. */
  async finish(): Promise<SimulationResult> {
    this.#finished = true;
    for (const iterator of this.#openIterators) await iterator.return(undefined);
    const collections: CollectionReadWriteSet[] = [];
    const privateWrites: PrivateWrites[] = [];
    for (const [collection, record] of sortedByKey(this.#collections)) {
      const writes = sortedByKey(record.writes).map(([key, write]) => ({ key, ...write }));
      if (writes.length > 0) privateWrites.push({ collection, writes });
      collections.push({
        collection,
        reads: [...record.reads.values()].sort((a, b) => Buffer.compare(a.keyHash, b.keyHash)),
        writes: writes.map(hashedWrite).sort((a, b) => Buffer.compare(a.keyHash, b.keyHash)),
        privateHash: writes.length === 0 ? NOTHING : sha256(encodePrivateWrites(writes)),
      });
    }
    return {
      readWriteSet: encodeReadWriteSet([
        {
          namespace: this.#options.chaincode,
          reads: sortedByKey(this.#reads).map(([key, version]) => ({ key, version })),
          ranges: this.#ranges satisfies RangeRead[],
          writes: sortedByKey(this.#writes).map(([key, value]): KeyWrite => ({ key, value })),
          collections,
        },
      ]),
      privateWrites,
      readCollections: this.#readCollections,
      writtenCollections: new Set(privateWrites.map(({ collection }) => collection)),
    };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- fabric-shim awaits a promise, and gets a refusal as one
  async handleGetState(collection: string, key: string): Promise<Buffer> {
    this.#assertRunning();
    if (collection !== '') return this.#readPrivate(collection, key);
    const stored = this.#options.store.state(key, this.#options.snapshot);
    if (!this.#reads.has(key)) this.#reads.set(key, stored?.version ?? null);
    return stored?.value ?? NOTHING;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handlePutState(collection: string, key: string, value: Uint8Array): Promise<Buffer> {
    this.#write(collection, key, value.length === 0 ? null : value, false);
    return NOTHING;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handleDeleteState(collection: string, key: string): Promise<Buffer> {
    this.#write(collection, key, null, false);
    return NOTHING;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handlePurgeState(collection: string, key: string): Promise<Buffer> {
    this.#write(collection, key, null, true);
    return NOTHING;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handleGetPrivateDataHash(collection: string, key: string): Promise<Buffer> {
    this.#assertRunning();
    this.#collection(collection);
    return this.#readHash(collection, key)?.value ?? NOTHING;
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handleGetStateMetadata(): Promise<Record<string, Uint8Array>> {
    this.#assertRunning();
    return {};
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handlePutStateMetadata(): Promise<never> {
    throw new SimulationError('KEY_POLICY_UNSUPPORTED: this ledger has no endorsement policies of single keys');
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handleInvokeChaincode(): Promise<never> {
    throw new SimulationError('CHAINCODE_CALL_UNSUPPORTED: a contract of this ledger calls no other chaincode');
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handleGetQueryResult(): Promise<never> {
    throw new SimulationError('RICH_QUERY_UNSUPPORTED: ExecuteQuery not supported for leveldb');
  }

  /** @param metadata - Serialised `protos.QueryMetadata`, where a page is asked for. */
  async handleGetStateByRange(
    collection: string,
    startKey: string,
    endKey: string,
    _channel: string,
    _transactionId: string,
    metadata?: Uint8Array,
  ): Promise<ShimQueryResponse> {
    this.#assertRunning();
    if (collection !== '') return { iterator: await this.#walkPrivate(collection, startKey, endKey) };
    if (metadata === undefined) return { iterator: await this.#walk(startKey, endKey, TOTAL_QUERY_LIMIT) };
    return this.#walkPage(startKey, endKey, parsePageRequest(metadata));
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async handleGetHistoryForKey(key: string): Promise<ShimIterator<KeyModification>> {
    this.#assertRunning();
    return this.#iterator(this.#history(key));
  }

  #readPrivate(collection: string, key: string): Buffer {
    const { name, members, memberOnlyRead } = this.#collection(collection);
    if (memberOnlyRead && !members.includes(this.#options.creatorMspId)) {
      throw new SimulationError(
        `COLLECTION_READ_DENIED: a client of ${this.#options.creatorMspId} may not read collection ${name}`,
      );
    }
    this.#assertHeld(collection);
    this.#readCollections.add(collection);
    const hashed = this.#readHash(collection, key);
    if (hashed === null) return NOTHING;
    const stored = this.#options.store.privateState(collection, key, this.#options.snapshot);
    if (stored === null || !sha256(stored.value).equals(hashed.value)) {
      throw new SimulationError(
        `PRIVATE_DATA_MISSING: private data matching public hash version is not available in collection ${collection}`,
      );
    }
    return stored.value;
  }

  #readHash(collection: string, key: string): { value: Buffer; version: KeyVersion } | null {
    const keyHash = sha256(Buffer.from(key));
    const stored = this.#options.store.hashedState(collection, keyHash, this.#options.snapshot);
    const record = this.#collectionRecord(collection);
    const id = keyHash.toString('hex');
    if (!record.reads.has(id)) record.reads.set(id, { keyHash, version: stored?.version ?? null });
    return stored;
  }

  #write(collection: string, key: string, value: Uint8Array | null, purge: boolean): void {
    this.#assertRunning();
    if (this.#paginated || this.#privateRange) {
      throw new SimulationError(
        'WRITE_AFTER_PAGE: a transaction that walked a page or a private range is read-only: its reads are not checked at commit',
      );
    }
    if (key === '') throw new SimulationError('KEY_EMPTY: an empty key is not supported');
    // A lone surrogate has no UTF-8 form: two different keys would become one.
    if (/\p{Surrogate}/u.test(key)) throw new SimulationError('KEY_MALFORMED: the key is not valid UTF-8');
    const copy = value === null ? null : Buffer.from(value);
    if (collection === '') {
      this.#writes.set(key, copy);
      return;
    }
    const { name, members, memberOnlyWrite } = this.#collection(collection);
    if (memberOnlyWrite && !members.includes(this.#options.creatorMspId)) {
      throw new SimulationError(
        `COLLECTION_WRITE_DENIED: a client of ${this.#options.creatorMspId} may not write collection ${name}`,
      );
    }
    this.#collectionRecord(collection).writes.set(key, { value: copy, purge });
  }

  async #walk(startKey: string, endKey: string, limit: number): Promise<ShimIterator<QueryResult>> {
    const record: RangeRecord = { startKey, endKey, exhausted: true, reads: [] };
    const results = this.#results(stateRange(startKey, endKey), KEY_FAMILY.STATE);
    const pages = this.#pages(results, record, limit);
    const first = await pages.next();
    this.#ranges.push(record);
    return this.#iterator(flatten(first, pages));
  }

  async #walkPage(
    startKey: string,
    endKey: string,
    { pageSize, bookmark }: { pageSize: number; bookmark: string },
  ): Promise<ShimQueryResponse> {
    if (this.#writes.size > 0 || [...this.#collections.values()].some(({ writes }) => writes.size > 0)) {
      throw new SimulationError('PAGE_AFTER_WRITE: a transaction that has written can not walk pages');
    }
    this.#paginated = true;
    const from = bookmark === '' ? startKey : bookmark;
    const wanted = pageSize > 0 ? Math.min(pageSize, TOTAL_QUERY_LIMIT) : TOTAL_QUERY_LIMIT;
    const page: QueryResult[] = [];
    let next = '';
    for await (const { key, value } of this.#results(stateRange(from, endKey), KEY_FAMILY.STATE)) {
      if (page.length === wanted) {
        next = key;
        break;
      }
      page.push({ key, value });
    }
    return {
      iterator: this.#iterator(generate(page)),
      metadata: { bookmark: next, fetchedRecordsCount: page.length },
    };
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- as above
  async #walkPrivate(collection: string, startKey: string, endKey: string): Promise<ShimIterator<QueryResult>> {
    const { members, memberOnlyRead, name } = this.#collection(collection);
    if (memberOnlyRead && !members.includes(this.#options.creatorMspId)) {
      throw new SimulationError(
        `COLLECTION_READ_DENIED: a client of ${this.#options.creatorMspId} may not read collection ${name}`,
      );
    }
    if (this.#writes.size > 0 || [...this.#collections.values()].some(({ writes }) => writes.size > 0)) {
      throw new SimulationError('PAGE_AFTER_WRITE: a transaction that has written can not walk private ranges');
    }
    this.#assertHeld(collection);
    this.#privateRange = true;
    this.#readCollections.add(collection);
    const start = privateStateKey(collection, startKey);
    const end = endKey === '' ? afterPrefix(privateStateKey(collection, '')) : privateStateKey(collection, endKey);
    const skipped = privateStateKey(collection, '').length;
    const results = this.#results({ start, end }, KEY_FAMILY.PRIVATE_STATE, skipped);
    return this.#iterator(results);
  }

  async *#pages(
    results: AsyncGenerator<QueryResult & { version: KeyVersion }>,
    record: RangeRecord,
    limit: number,
  ): AsyncGenerator<QueryResult[]> {
    let page: QueryResult[] = [];
    const wholeEnd = record.endKey;
    for await (const { key, value, version } of results) {
      record.reads.push({ key, version });
      record.endKey = key;
      record.exhausted = false;
      page.push({ key, value });
      if (record.reads.length === limit) break;
      if (page.length === PAGE_SIZE) {
        yield page;
        page = [];
      }
    }
    if (record.reads.length < limit) {
      record.endKey = wholeEnd;
      record.exhausted = true;
    }
    yield page;
  }

  async *#results(range: KeyRange, family: number, skipped = 1): AsyncGenerator<QueryResult & { version: KeyVersion }> {
    if (Buffer.compare(range.start, range.end) >= 0) return;
    for await (const [databaseKey, payload] of this.#options.store.entries(range, this.#options.snapshot)) {
      if (databaseKey[0] !== family) return;
      const { value, version } = parseVersionedValue(payload);
      yield { key: databaseKey.subarray(skipped).toString(), value, version };
    }
  }

  async *#history(key: string): AsyncGenerator<KeyModification> {
    const { store, snapshot, chaincode } = this.#options;
    for await (const { blockNumber, transactionIndex } of store.history(key, snapshot)) {
      const bytes = store.envelope(blockNumber, transactionIndex);
      if (bytes === null) {
        throw new SimulationError(`LEDGER_DAMAGED: transaction ${transactionIndex} of block ${blockNumber} is missing`);
      }
      const { header, data } = parsePayload(parseEnvelope(bytes).payload);
      const { transactionId, timestamp } = parseChannelHeader(header.channelHeader);
      const action = parseTransaction(data)[0];
      if (action === undefined) continue;
      const { results } = parseContractAction(parseProposalResponsePayload(action.responsePayload).extension);
      const write = parseReadWriteSet(results)
        .find(({ namespace }) => namespace === chaincode)
        ?.writes.find((candidate) => candidate.key === key);
      if (write === undefined) continue;
      yield {
        txId: transactionId,
        value: write.value === null ? NOTHING : Buffer.from(write.value),
        isDelete: write.value === null,
        timestamp: timestamp ?? { seconds: 0, nanos: 0 },
      };
    }
  }

  #iterator<T>(generator: AsyncGenerator<T>): ShimIterator<T> {
    this.#openIterators.add(generator);
    return {
      next: async () => {
        this.#assertRunning();
        const result = await generator.next();
        return result.done === true ? { done: true } : { value: result.value, done: false };
      },
      close: async () => {
        this.#openIterators.delete(generator);
        await generator.return(undefined);
      },
    };
  }

  #collection(name: string): PrivateCollection {
    const collection = this.#options.collections.get(name);
    if (collection === undefined) throw new SimulationError(`COLLECTION_UNKNOWN: collection ${name} is not defined`);
    return collection;
  }

  #assertHeld(name: string): void {
    if (!this.#options.holdsCollection(this.#collection(name))) {
      throw new SimulationError(`COLLECTION_NOT_HELD: this organisation's peer does not hold collection ${name}`);
    }
  }

  #collectionRecord(name: string): CollectionRecord {
    let record = this.#collections.get(name);
    if (record === undefined) {
      record = { reads: new Map(), writes: new Map() };
      this.#collections.set(name, record);
    }
    return record;
  }

  #assertRunning(): void {
    if (this.#finished) throw new SimulationError('TRANSACTION_OVER: the transaction has already been answered');
  }
}

/** The serialised private `kvrwset.KVRWSet` whose hash the block holds. */
export function encodePrivateWrites(writes: PrivateWrites['writes']): Buffer {
  return encodeKeyReadWriteSet({ reads: [], ranges: [], writes });
}

function hashedWrite({ key, value, purge }: PrivateWrites['writes'][number]): HashedWrite {
  return { keyHash: sha256(Buffer.from(key)), valueHash: value === null ? null : sha256(value), purge };
}

function stateRange(startKey: string, endKey: string): KeyRange {
  return {
    start: stateKey(startKey),
    end: endKey === '' ? Buffer.of(KEY_FAMILY.STATE + 1) : stateKey(endKey),
  };
}

function parsePageRequest(bytes: Uint8Array): { pageSize: number; bookmark: string } {
  let pageSize = 0;
  let bookmark = '';
  const reader = new WireReader(bytes, 'QueryMetadata');
  while (reader.next()) {
    if (reader.field === 1) pageSize = reader.uint();
    else if (reader.field === 2) bookmark = reader.string();
  }
  return { pageSize, bookmark };
}

async function* flatten<T>(first: IteratorResult<T[], void>, rest: AsyncGenerator<T[]>): AsyncGenerator<T> {
  if (first.done !== true) yield* first.value;
  for await (const page of rest) yield* page;
}

// eslint-disable-next-line @typescript-eslint/require-await -- an iterator over what is already there
async function* generate<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

/** Entries in the order of their keys' UTF-8 bytes, which is Go's order of strings and not always JavaScript's. */
function sortedByKey<T>(map: ReadonlyMap<string, T>): [string, T][] {
  const entries = [...map];
  if (entries.length < 2) return entries;
  return entries
    .map(([key, value]) => ({ key, value, bytes: Buffer.from(key) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ key, value }) => [key, value]);
}

function sha256(bytes: Uint8Array): Buffer {
  return createHash('sha256').update(bytes).digest();
}
