import { createHash } from 'node:crypto';

import type { KeyVersion, NamespaceReadWriteSet, RangeRead } from '../block/read-write-set.js';
import { VALIDATION_CODE, type ValidationCode } from '../embedded/validation-code.js';
import { SortedKeys } from './sorted-keys.js';

/** What the chain says of one key: the digest of its value stands for the value, which may be large. */
export interface ReplayedValue {
  /** SHA-256 of a public value; the block's own hash of a private one. */
  readonly valueHash: Uint8Array;
  readonly version: KeyVersion;
}

/** A change by the block being replayed; null deletes. */
interface Update {
  readonly value: Uint8Array | null;
  readonly version: KeyVersion;
}

/** A change of a private key's hash by the block being replayed. */
interface HashedUpdate extends Update {
  readonly collection: string;
  readonly keyHash: Uint8Array;
}

/**
 * World state as the chain alone makes it: every version and value hash after the blocks replayed so far, in memory
 * (some 300 bytes a key). Written apart from the peer's own commit, so that one's mistake is the other's finding.
 */
export class ReplayedState {
  /** By key. */
  readonly publicState = new Map<string, ReplayedValue>();
  /** By {@link hashedStateId}. */
  readonly hashedState = new Map<string, ReplayedValue>();
  /** Every change of every public key: `block` and `index` alternate. */
  readonly history = new Map<string, number[]>();
  /** Changes of the block being replayed. */
  readonly updates = new Map<string, Update>();
  readonly hashedUpdates = new Map<string, HashedUpdate>();
  readonly #keys = new SortedKeys();

  /** Forgets which keys the block before changed. */
  beginBlock(): void {
    this.updates.clear();
    this.hashedUpdates.clear();
  }

  /** Whether everything that a transaction read is still as it read it (Fabric's MVCC and phantom validation). */
  judge(set: NamespaceReadWriteSet): ValidationCode {
    for (const { key, version } of set.reads) {
      if (this.updates.has(key) || !sameVersion(this.publicState.get(key)?.version, version)) {
        return VALIDATION_CODE.MVCC_READ_CONFLICT;
      }
    }
    for (const range of set.ranges) {
      if (!this.#isUnchanged(range)) return VALIDATION_CODE.PHANTOM_READ_CONFLICT;
    }
    for (const { collection, reads } of set.collections) {
      for (const { keyHash, version } of reads) {
        const id = hashedStateId(collection, keyHash);
        if (this.hashedUpdates.has(id) || !sameVersion(this.hashedState.get(id)?.version, version)) {
          return VALIDATION_CODE.MVCC_READ_CONFLICT;
        }
      }
    }
    return VALIDATION_CODE.VALID;
  }

  /** Takes in a valid transaction's writes. */
  apply(set: NamespaceReadWriteSet, version: KeyVersion): void {
    for (const { key, value } of set.writes) {
      this.updates.set(key, { value, version });
      const changes = this.history.get(key);
      if (changes === undefined) {
        this.history.set(key, [version.blockNumber, version.transactionIndex]);
        this.#keys.add(key);
      } else changes.push(version.blockNumber, version.transactionIndex);
      if (value === null) this.publicState.delete(key);
      else this.publicState.set(key, { valueHash: createHash('sha256').update(value).digest(), version });
    }
    for (const { collection, writes } of set.collections) {
      for (const { keyHash, valueHash } of writes) {
        const id = hashedStateId(collection, keyHash);
        this.hashedUpdates.set(id, { collection, keyHash, value: valueHash, version });
        if (valueHash === null) this.hashedState.delete(id);
        // Copied: the hash is a view of its whole block.
        else this.hashedState.set(id, { valueHash: Uint8Array.from(valueHash), version });
      }
    }
  }

  #isUnchanged({ startKey, endKey, exhausted, reads }: RangeRead): boolean {
    const end = exhausted && endKey === '' ? null : endKey;
    const keys = this.#keys.range(startKey, end, !exhausted).filter((key) => this.publicState.has(key));
    return (
      keys.length === reads.length &&
      keys.every((key, index) => {
        const read = reads[index];
        return read?.key === key && sameVersion(this.publicState.get(key)?.version, read.version);
      })
    );
  }
}

/** The name under which {@link ReplayedState} keeps a private key's hash. */
export function hashedStateId(collection: string, keyHash: Uint8Array): string {
  return `${collection}\0${Buffer.from(keyHash).toString('hex')}`;
}

function sameVersion(current: KeyVersion | undefined, read: KeyVersion | null): boolean {
  if (current === undefined || read === null) return current === undefined && read === null;
  return current.blockNumber === read.blockNumber && current.transactionIndex === read.transactionIndex;
}
