import { createHash } from 'node:crypto';

import type { NamespaceReadWriteSet } from '../block/read-write-set.js';
import { encodePrivateWrites, type PrivateWrites } from './simulation.js';

/** How long an endorsed transaction's private writes wait for its submission. */
const RETENTION_MS = 10 * 60 * 1000;

/** How many transactions' private writes wait at most; beyond it the oldest goes. */
const CAPACITY = 10_000;

/**
 * Private writes between endorsement and commit: a block carries their hashes only (Fabric's transient store).
 * They are in memory, so what was endorsed before a restart has to be endorsed again.
 */
export class PrivateStash {
  readonly #entries = new Map<string, { readonly writes: readonly PrivateWrites[]; readonly addedAt: number }>();

  add(transactionId: string, writes: readonly PrivateWrites[]): void {
    const now = performance.now();
    for (const [oldest, { addedAt }] of this.#entries) {
      if (now - addedAt < RETENTION_MS && this.#entries.size < CAPACITY) break;
      this.#entries.delete(oldest);
    }
    this.#entries.set(transactionId, { writes, addedAt: now });
  }

  /**
   * The private writes that belong to a read/write set's hashes, or null where any of them is not here.
   * What is taken is no longer kept.
   */
  take(transactionId: string, set: NamespaceReadWriteSet): readonly PrivateWrites[] | null {
    const hashed = set.collections.filter(({ privateHash }) => privateHash.length > 0);
    if (hashed.length === 0) return [];
    const writes = this.#entries.get(transactionId)?.writes;
    const matching = hashed.map(({ collection, privateHash }) => {
      const found = writes?.find((candidate) => candidate.collection === collection);
      const hash = found && createHash('sha256').update(encodePrivateWrites(found.writes)).digest();
      return hash?.equals(privateHash) === true ? found : undefined;
    });
    this.#entries.delete(transactionId);
    const whole = matching.filter((found) => found !== undefined);
    return whole.length === hashed.length ? whole : null;
  }
}
