import { createHash } from 'node:crypto';

import { WireWriter } from '../block/wire.js';
import type { BlockState } from './block-state.js';

/** What a block changed. */
export type BlockChanges = Pick<BlockState, 'updates' | 'hashedUpdates'>;

/** The commit hash before the first block. */
export const NO_COMMIT_HASH = Buffer.alloc(32);

/**
 * Binds a block's validation codes and the state after it to all before it, which the header chain does not: SHA-256
 * over the codes, every changed key in order with its version, and the hash before. Fabric keeps such a hash in the
 * same place of the metadata; its exact input is Fabric's own business, and so is ours.
 */
export function commitHashOf(previous: Uint8Array, codes: Uint8Array, state: BlockChanges): Buffer {
  const hash = createHash('sha256').update(new WireWriter().bytes(1, codes).finish());
  const publicKeys = [...state.updates].map(([key, update]) => ({ key: Buffer.from(key), ...update }));
  for (const { key, value, version } of publicKeys.sort((a, b) => Buffer.compare(a.key, b.key))) {
    hash.update(encodeUpdate('', key, value, version));
  }
  const hashedKeys = [...state.hashedUpdates].map(([order, update]) => ({ order: Buffer.from(order), ...update }));
  for (const { collection, keyHash, value, version } of hashedKeys.sort((a, b) => Buffer.compare(a.order, b.order))) {
    hash.update(encodeUpdate(collection, keyHash, value, version));
  }
  return hash.update(previous).digest();
}

function encodeUpdate(
  collection: string,
  key: Uint8Array,
  value: Uint8Array | null,
  version: { blockNumber: number; transactionIndex: number },
): Buffer {
  const update = new WireWriter()
    .string(1, collection)
    .bytes(2, key)
    .bool(3, value === null)
    .bytes(4, value ?? new Uint8Array(0))
    .uint(5, version.blockNumber)
    .uint(6, version.transactionIndex)
    .finish();
  return new WireWriter().message(1, update).finish();
}
