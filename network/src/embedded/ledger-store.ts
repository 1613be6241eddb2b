import { join } from 'node:path';

import { Level } from 'level';

import { encodeBlock, parseBlockHeader, parseBlockMetadata, type BlockHeader } from '../block/block.js';
import type { KeyVersion } from '../block/read-write-set.js';
import { NetworkError } from '../network-error.js';
import {
  afterPrefix,
  blockKey,
  envelopeKey,
  hashedStateKey,
  historyPrefix,
  KEY_FAMILY,
  metaKey,
  placeInKey,
  privateStateKey,
  stateKey,
  transactionKey,
} from './database-key.js';
import { openRecord, sealRecord } from './sealed-record.js';

/** Version of everything that this folder writes to disk; a ledger of another version is refused, never guessed at. */
export const LEDGER_FORMAT = 1;

/** A value and the version that wrote it. */
export interface VersionedValue {
  readonly value: Buffer;
  readonly version: KeyVersion;
}

/** Where a transaction is and what became of it. */
export interface TransactionPlace extends KeyVersion {
  readonly validationCode: number;
}

/** The end of the chain, written with every block. */
export interface Tip {
  /** Number of blocks. */
  readonly height: number;
  readonly headerHash: Buffer;
  /** Hash over every validation code and write so far: two nodes that agree on it agree on the state. */
  readonly commitHash: Buffer;
}

/** One change of the database; a block is one list of them, written at once. */
export interface StoreOperation {
  readonly type: 'put' | 'del';
  readonly key: Buffer;
  readonly value: Buffer;
}

/** A consistent view: reads through it do not see later blocks. */
export type StoreSnapshot = ReturnType<Level<Buffer, Buffer>['snapshot']>;

/** A range of database keys: from `start` on, before `end`. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

const ENCODINGS = { keyEncoding: 'buffer', valueEncoding: 'buffer' } as const;
const NO_VALUE = Buffer.alloc(0);

/** Where the database of a data directory is. */
export function databasePath(dataDir: string): string {
  return join(dataDir, 'ledger');
}

/**
 * The ledger's database, typed: the only module that knows how records are laid out.
 * Several threads of one process may hold the same database open; another process may not.
 */
export class LedgerStore {
  readonly #database: Level<Buffer, Buffer>;
  #damage: NetworkError | undefined;

  private constructor(database: Level<Buffer, Buffer>) {
    this.#database = database;
  }

  /**
   * @param create - Whether a missing database may be made.
   * @throws NetworkError `LEDGER_IN_USE` where another process has it, `LEDGER_DAMAGED` where LevelDB can't open it.
   */
  static async open(dataDir: string, create: boolean): Promise<LedgerStore> {
    const path = databasePath(dataDir);
    const database = new Level<Buffer, Buffer>(path, { ...ENCODINGS });
    try {
      await database.open({
        createIfMissing: create,
        multithreading: true,
        cacheSize: 64 * 1024 * 1024,
        writeBufferSize: 16 * 1024 * 1024,
        maxFileSize: 8 * 1024 * 1024,
      });
    } catch (error) {
      const cause = (error as { cause?: { code?: string; message?: string } }).cause;
      if (cause?.code === 'LEVEL_LOCKED') {
        throw new NetworkError('LEDGER_IN_USE', `the ledger in ${dataDir} is open in another process`, {
          cause: error,
        });
      }
      throw new NetworkError(
        'LEDGER_DAMAGED',
        `the database in ${path} does not open: ${cause?.message ?? 'unknown'}`,
        {
          cause: error,
        },
      );
    }
    return new LedgerStore(database);
  }

  async close(): Promise<void> {
    await this.#database.close();
  }

  /**
   * The first damage that any read has met, where one has. Whoever answers from this store stops answering then: a
   * contract may have taken the failed read for something else.
   */
  get damage(): NetworkError | undefined {
    return this.#damage;
  }

  snapshot(): StoreSnapshot {
    return this.#database.snapshot();
  }

  /** Writes one block's changes whole, and returns when they are on disk. */
  async write(operations: StoreOperation[]): Promise<void> {
    await this.#database.batch(operations, { ...ENCODINGS, sync: true });
  }

  /** Null where the database holds no ledger yet. @throws NetworkError `LEDGER_FORMAT_UNSUPPORTED`, `LEDGER_DAMAGED` */
  tip(): Tip | null {
    const format = this.#get(metaKey('format'));
    const tip = this.#get(metaKey('tip'));
    if (format === undefined && tip === undefined) return null;
    if (format?.toString() !== String(LEDGER_FORMAT)) {
      throw new NetworkError(
        'LEDGER_FORMAT_UNSUPPORTED',
        `the ledger has format ${format?.toString() ?? 'none'}; this version reads format ${LEDGER_FORMAT}`,
      );
    }
    if (tip?.length !== 72) throw new NetworkError('LEDGER_DAMAGED', 'the ledger has no tip record');
    return {
      height: Number(tip.readBigUInt64BE(0)),
      headerHash: tip.subarray(8, 40),
      commitHash: tip.subarray(40),
    };
  }

  state(key: string, snapshot?: StoreSnapshot): VersionedValue | null {
    return this.#versioned(stateKey(key), snapshot);
  }

  privateState(collection: string, key: string, snapshot?: StoreSnapshot): VersionedValue | null {
    return this.#versioned(privateStateKey(collection, key), snapshot);
  }

  /** The hash of a private value, found by the hash of its key. */
  hashedState(collection: string, keyHash: Uint8Array, snapshot?: StoreSnapshot): VersionedValue | null {
    return this.#versioned(hashedStateKey(collection, keyHash), snapshot);
  }

  transaction(transactionId: string): TransactionPlace | null {
    const record = this.#get(transactionKey(transactionId));
    return record === undefined ? null : parseTransactionPlace(record);
  }

  blockHeader(blockNumber: number): BlockHeader | null {
    const record = this.#get(blockKey(KEY_FAMILY.HEADER, blockNumber));
    return record === undefined ? null : parseBlockHeader(record);
  }

  blockMetadata(blockNumber: number): Uint8Array[] | null {
    const record = this.#get(blockKey(KEY_FAMILY.METADATA, blockNumber));
    return record === undefined ? null : parseBlockMetadata(record);
  }

  envelope(blockNumber: number, index: number): Buffer | null {
    return this.#get(envelopeKey(blockNumber, index)) ?? null;
  }

  /** The serialised block, put together from its parts; null where header or metadata is missing. */
  async block(blockNumber: number): Promise<Buffer | null> {
    const header = this.blockHeader(blockNumber);
    const metadata = this.blockMetadata(blockNumber);
    if (header === null || metadata === null) return null;
    const prefix = blockKey(KEY_FAMILY.ENVELOPE, blockNumber);
    const envelopes: Buffer[] = [];
    for await (const [, envelope] of this.entries({ start: prefix, end: afterPrefix(prefix) })) {
      envelopes.push(envelope);
    }
    return encodeBlock({ header, envelopes, metadata });
  }

  /** Places of every change of a key, latest first. */
  async *history(key: string, snapshot?: StoreSnapshot): AsyncGenerator<KeyVersion> {
    const prefix = historyPrefix(key);
    const range = { start: prefix, end: afterPrefix(prefix) };
    for await (const [databaseKey] of this.entries(range, snapshot, true)) {
      if (databaseKey.length === prefix.length + 12) yield placeInKey(databaseKey);
    }
  }

  /** Keys and payloads of a range of the database. @throws NetworkError `LEDGER_DAMAGED` */
  async *entries(range: KeyRange, snapshot?: StoreSnapshot, reverse = false): AsyncGenerator<[Buffer, Buffer]> {
    for await (const [key, record] of this.records(range, snapshot, reverse)) yield [key, this.#open(key, record)];
  }

  /** Database records of a range, still sealed. */
  async *records(range: KeyRange, snapshot?: StoreSnapshot, reverse = false): AsyncGenerator<[Buffer, Buffer]> {
    const iterator = this.#database.iterator<Buffer, Buffer>({
      ...ENCODINGS,
      gte: range.start,
      lt: range.end,
      reverse,
      ...(snapshot === undefined ? {} : { snapshot }),
    });
    try {
      for (;;) {
        const page = await iterator.nextv(1000);
        if (page.length === 0) return;
        yield* page;
      }
    } catch (error) {
      throw this.#failed(error);
    } finally {
      await iterator.close();
    }
  }

  #versioned(key: Buffer, snapshot: StoreSnapshot | undefined): VersionedValue | null {
    const record = this.#get(key, snapshot);
    return record === undefined ? null : parseVersionedValue(record);
  }

  #get(key: Buffer, snapshot?: StoreSnapshot): Buffer | undefined {
    let record: Buffer | undefined;
    try {
      record = this.#database.getSync<Buffer, Buffer>(
        key,
        snapshot === undefined ? ENCODINGS : { ...ENCODINGS, snapshot },
      );
    } catch (error) {
      throw this.#failed(error);
    }
    return record === undefined ? undefined : this.#open(key, record);
  }

  #open(key: Buffer, record: Buffer): Buffer {
    try {
      return openRecord(key, record);
    } catch (error) {
      throw this.#failed(error);
    }
  }

  #failed(error: unknown): unknown {
    const failure = toStoreError(error);
    if (failure.code === 'LEDGER_DAMAGED') this.#damage ??= failure;
    return failure;
  }
}

/** A change that puts a sealed record. */
export function putRecord(key: Buffer, payload: Uint8Array): StoreOperation {
  return { type: 'put', key, value: sealRecord(key, payload) };
}

/** A change that deletes a record. */
export function deleteRecord(key: Buffer): StoreOperation {
  return { type: 'del', key, value: NO_VALUE };
}

/** The payload of a state record: block number, index, then the value. */
export function encodeVersionedValue({ value, version }: { value: Uint8Array; version: KeyVersion }): Buffer {
  const payload = Buffer.allocUnsafe(12 + value.length);
  payload.writeBigUInt64BE(BigInt(version.blockNumber), 0);
  payload.writeUInt32BE(version.transactionIndex, 8);
  payload.set(value, 12);
  return payload;
}

/** @throws NetworkError `LEDGER_DAMAGED` */
export function parseVersionedValue(payload: Buffer): VersionedValue {
  if (payload.length < 12) throw new NetworkError('LEDGER_DAMAGED', 'a state record is shorter than its version');
  return {
    version: { blockNumber: Number(payload.readBigUInt64BE(0)), transactionIndex: payload.readUInt32BE(8) },
    value: payload.subarray(12),
  };
}

export function encodeTransactionPlace(place: TransactionPlace): Buffer {
  const payload = Buffer.allocUnsafe(13);
  payload.writeBigUInt64BE(BigInt(place.blockNumber), 0);
  payload.writeUInt32BE(place.transactionIndex, 8);
  payload.writeUInt8(place.validationCode, 12);
  return payload;
}

/** @throws NetworkError `LEDGER_DAMAGED` */
export function parseTransactionPlace(payload: Buffer): TransactionPlace {
  if (payload.length !== 13) throw new NetworkError('LEDGER_DAMAGED', 'a transaction record has the wrong length');
  return {
    blockNumber: Number(payload.readBigUInt64BE(0)),
    transactionIndex: payload.readUInt32BE(8),
    validationCode: payload.readUInt8(12),
  };
}

export function encodeTip({ height, headerHash, commitHash }: Tip): Buffer {
  const number = Buffer.allocUnsafe(8);
  number.writeBigUInt64BE(BigInt(height), 0);
  return Buffer.concat([number, headerHash, commitHash]);
}

function toStoreError(error: unknown): NetworkError {
  if (error instanceof NetworkError) return error;
  const { code, message } = error as { code?: string; message?: string };
  if (code === 'LEVEL_DATABASE_NOT_OPEN')
    return new NetworkError('LEDGER_CLOSED', 'the ledger is closed', { cause: error });
  return new NetworkError('LEDGER_DAMAGED', `the database can't be read: ${message ?? 'unknown'}`, { cause: error });
}
