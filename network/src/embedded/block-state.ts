import type { KeyVersion, NamespaceReadWriteSet, RangeRead } from '../block/read-write-set.js';
import { KEY_FAMILY, stateKey } from './database-key.js';
import { parseVersionedValue, type LedgerStore } from './ledger-store.js';
import { VALIDATION_CODE, type ValidationCode } from './validation-code.js';

/** A key's state after the block so far; null deletes it. */
export interface StateUpdate {
  readonly value: Uint8Array | null;
  readonly version: KeyVersion;
}

/** The hash of a private key's value after the block so far, with both hashes as bytes. */
export interface HashedUpdate extends StateUpdate {
  readonly collection: string;
  readonly keyHash: Uint8Array;
}

/**
 * World state as one block sees it: what is stored, and over it what the block's valid transactions have written so
 * far. Judges each transaction's reads against it (Fabric's MVCC and phantom validation) and takes its writes in.
 */
export class BlockState {
  readonly updates = new Map<string, StateUpdate>();
  /** By collection, NUL and the key hash in hex. */
  readonly hashedUpdates = new Map<string, HashedUpdate>();
  readonly #store: Pick<LedgerStore, 'state' | 'hashedState' | 'entries'>;

  constructor(store: Pick<LedgerStore, 'state' | 'hashedState' | 'entries'>) {
    this.#store = store;
  }

  /** Whether everything a transaction read is still so. */
  async judge(set: NamespaceReadWriteSet): Promise<ValidationCode> {
    for (const { key, version } of set.reads) {
      if (this.updates.has(key) || !sameVersion(this.#store.state(key)?.version ?? null, version)) {
        return VALIDATION_CODE.MVCC_READ_CONFLICT;
      }
    }
    for (const range of set.ranges) {
      if (await this.#hasPhantom(range)) return VALIDATION_CODE.PHANTOM_READ_CONFLICT;
    }
    for (const { collection, reads } of set.collections) {
      for (const { keyHash, version } of reads) {
        const stored = this.#store.hashedState(collection, keyHash)?.version ?? null;
        if (this.hashedUpdates.has(hashedKey(collection, keyHash)) || !sameVersion(stored, version)) {
          return VALIDATION_CODE.MVCC_READ_CONFLICT;
        }
      }
    }
    return VALIDATION_CODE.VALID;
  }

  /** Takes in the writes of a valid transaction. */
  apply(set: NamespaceReadWriteSet, version: KeyVersion): void {
    for (const { key, value } of set.writes) this.updates.set(key, { value, version });
    for (const { collection, writes } of set.collections) {
      for (const { keyHash, valueHash } of writes) {
        this.hashedUpdates.set(hashedKey(collection, keyHash), { collection, keyHash, value: valueHash, version });
      }
    }
  }

  async #hasPhantom({ startKey, endKey, exhausted, reads }: RangeRead): Promise<boolean> {
    const start = stateKey(startKey);
    // A walk that stopped early has seen its last key, and nothing after it.
    const end =
      exhausted && endKey === ''
        ? Buffer.of(KEY_FAMILY.STATE + 1)
        : exhausted
          ? stateKey(endKey)
          : Buffer.concat([stateKey(endKey), Buffer.of(0)]);
    for (const [key, { value }] of this.updates) {
      const databaseKey = stateKey(key);
      const within = Buffer.compare(databaseKey, start) >= 0 && Buffer.compare(databaseKey, end) < 0;
      if (within && value !== null) return true;
    }
    let position = 0;
    if (Buffer.compare(start, end) < 0) {
      for await (const [databaseKey, payload] of this.#store.entries({ start, end })) {
        // What is stored and has an update here was deleted earlier in the block: the walk does not meet it.
        if (this.updates.has(databaseKey.toString('utf8', 1))) continue;
        const read = reads[position];
        const { version } = parseVersionedValue(payload);
        if (read === undefined || !databaseKey.equals(stateKey(read.key)) || !sameVersion(version, read.version)) {
          return true;
        }
        position += 1;
      }
    }
    return position !== reads.length;
  }
}

function hashedKey(collection: string, keyHash: Uint8Array): string {
  return `${collection}\0${Buffer.from(keyHash).toString('hex')}`;
}

function sameVersion(a: KeyVersion | null, b: KeyVersion | null): boolean {
  if (a === null || b === null) return a === b;
  return a.blockNumber === b.blockNumber && a.transactionIndex === b.transactionIndex;
}
