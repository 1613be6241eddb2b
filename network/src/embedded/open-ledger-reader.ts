import { realpath } from 'node:fs/promises';

import { blockHeaderHash } from '../block/block.js';
import { checkTables } from '../leveldb/check-tables.js';
import { NetworkError } from '../network-error.js';
import { readCheckpoint } from './checkpoint-file.js';
import { afterPrefix, KEY_FAMILY, placeInKey, type KeyFamily } from './database-key.js';
import { isOpenHere } from './embedded-network.js';
import type {
  Checkpoint,
  HashedStateEntry,
  HistoryEntry,
  LedgerReader,
  PrivateStateEntry,
  StateEntry,
  StrayRecord,
  TransactionIndexEntry,
  Version,
} from './ledger-reader.js';
import {
  databasePath,
  LedgerStore,
  parseTransactionPlace,
  parseVersionedValue,
  type StoreSnapshot,
} from './ledger-store.js';
import { openRecord } from './sealed-record.js';
import type { KeyVersion } from '../block/read-write-set.js';

/** SHA-256. */
const HASH_LENGTH = 32;

/**
 * Opens a ledger's database for an auditor, beside a node of the same process or where none runs. Nothing is checked
 * that the reader does not have to understand: a ledger that the node refuses may still be read and its damage named.
 * @throws NetworkError `LEDGER_IN_USE` where another process has it, `LEDGER_DAMAGED` where LevelDB can't open it.
 */
export async function openLedgerReader(dataDir: string): Promise<LedgerReader> {
  let directory: string;
  try {
    directory = await realpath(dataDir);
  } catch (cause) {
    throw new NetworkError('LEDGER_DAMAGED', `there is no ledger in ${dataDir}`, { cause });
  }
  if (!isOpenHere(directory)) await checkTables(databasePath(directory));
  const store = await LedgerStore.open(directory, false);
  // The checkpoint first: read later, it could be ahead of the snapshot.
  const reading = await readCheckpoint(directory);
  const snapshot = store.snapshot();
  try {
    const height = await countHeaders(store, snapshot);
    return new StoreReader(store, snapshot, height, reading.state === 'present' ? reading.checkpoint : null);
  } catch (error) {
    await snapshot.close();
    await store.close();
    throw error;
  }
}

class StoreReader implements LedgerReader {
  readonly height: bigint;
  readonly checkpoint: Checkpoint | null;
  readonly #store: LedgerStore;
  readonly #snapshot: StoreSnapshot;

  constructor(store: LedgerStore, snapshot: StoreSnapshot, height: bigint, checkpoint: Checkpoint | null) {
    this.#store = store;
    this.#snapshot = snapshot;
    this.height = height;
    this.checkpoint = checkpoint;
  }

  block(number: bigint): Promise<Uint8Array | null> {
    return this.#store.block(Number(number));
  }

  headerHash(number: bigint): Promise<string | null> {
    const header = this.#store.blockHeader(Number(number));
    return Promise.resolve(header === null ? null : blockHeaderHash(header).toString('hex'));
  }

  async *state(): AsyncGenerator<StateEntry> {
    for await (const [key, payload] of this.#readable(KEY_FAMILY.STATE)) {
      const { value, version } = parseVersionedValue(payload);
      yield { key: key.toString('utf8', 1), value, version: widen(version) };
    }
  }

  async *hashedState(): AsyncGenerator<HashedStateEntry> {
    for await (const [key, payload] of this.#readable(KEY_FAMILY.HASHED_STATE)) {
      const end = key.length - HASH_LENGTH;
      const { value, version } = parseVersionedValue(payload);
      const collection = key.toString('utf8', 1, end - 1);
      yield { collection, keyHash: key.subarray(end), valueHash: value, version: widen(version) };
    }
  }

  async *privateState(): AsyncGenerator<PrivateStateEntry> {
    for await (const [key, payload] of this.#readable(KEY_FAMILY.PRIVATE_STATE)) {
      const end = key.indexOf(0);
      const { value, version } = parseVersionedValue(payload);
      yield {
        collection: key.toString('utf8', 1, end),
        key: key.toString('utf8', end + 1),
        value,
        version: widen(version),
      };
    }
  }

  async *history(): AsyncGenerator<HistoryEntry> {
    for await (const [key] of this.#readable(KEY_FAMILY.HISTORY)) {
      yield { key: key.toString('utf8', 5, key.length - 12), ...widen(placeInKey(key)) };
    }
  }

  async *transactionIndex(): AsyncGenerator<TransactionIndexEntry> {
    for await (const [key, payload] of this.#readable(KEY_FAMILY.TRANSACTION)) {
      const { validationCode, ...version } = parseTransactionPlace(payload);
      yield { transactionId: key.toString('utf8', 1), validationCode, ...widen(version) };
    }
  }

  async *strayRecords(): AsyncGenerator<StrayRecord> {
    const everything = { start: Buffer.alloc(0), end: Buffer.of(0xff, 0xff) };
    for await (const [key, record] of this.#store.records(everything, this.#snapshot)) {
      const reason = this.#whyStray(key, record);
      if (reason !== null) yield { databaseKey: key.toString('hex'), reason };
    }
  }

  async close(): Promise<void> {
    await this.#snapshot.close();
    await this.#store.close();
  }

  /** Records of a family that read back; the others are stray. */
  async *#readable(family: KeyFamily): AsyncGenerator<[Buffer, Buffer]> {
    const prefix = Buffer.of(family);
    for await (const [key, record] of this.#store.records(
      { start: prefix, end: afterPrefix(prefix) },
      this.#snapshot,
    )) {
      if (this.#whyStray(key, record) === null) yield [key, openRecord(key, record)];
    }
  }

  #whyStray(key: Buffer, record: Buffer): string | null {
    let payload: Buffer;
    try {
      payload = openRecord(key, record);
    } catch {
      return 'its checksum does not hold';
    }
    return isWellFormed(key, payload, this.height) ? null : 'it belongs to no family of records';
  }
}

function isWellFormed(key: Buffer, payload: Buffer, height: bigint): boolean {
  switch (key[0]) {
    case KEY_FAMILY.META:
      return ['format', 'tip'].includes(key.toString('utf8', 1));
    case KEY_FAMILY.HEADER:
    case KEY_FAMILY.METADATA:
      return key.length === 9 && key.readBigUInt64BE(1) < height;
    case KEY_FAMILY.ENVELOPE:
      return key.length === 13 && key.readBigUInt64BE(1) < height;
    case KEY_FAMILY.TRANSACTION:
      return payload.length === 13;
    case KEY_FAMILY.STATE:
      return payload.length > 12;
    case KEY_FAMILY.HASHED_STATE:
      return (
        key.length > HASH_LENGTH + 2 && key[key.length - HASH_LENGTH - 1] === 0 && payload.length === HASH_LENGTH + 12
      );
    case KEY_FAMILY.PRIVATE_STATE:
      return key.indexOf(0) > 1 && payload.length > 12;
    case KEY_FAMILY.HISTORY:
      return key.length >= 17 && key.readUInt32BE(1) === key.length - 17 && payload.length === 0;
    default:
      return false;
  }
}

async function countHeaders(store: LedgerStore, snapshot: StoreSnapshot): Promise<bigint> {
  const prefix = Buffer.of(KEY_FAMILY.HEADER);
  for await (const [key] of store.records({ start: prefix, end: afterPrefix(prefix) }, snapshot, true)) {
    if (key.length === 9) return key.readBigUInt64BE(1) + 1n;
  }
  return 0n;
}

function widen({ blockNumber, transactionIndex }: KeyVersion): Version {
  return { blockNumber: BigInt(blockNumber), transactionIndex };
}
