import { canonicalJson, type Digest } from '@battery-passport/schemas';
import { createHash } from 'node:crypto';

const RFC6962_LEAF_PREFIX = Buffer.from([0]);
const RFC6962_NODE_PREFIX = Buffer.from([1]);

/**
 * Merkle root of rows, each hashed as canonical JSON, so that one row can later be shown to belong to a use record without the
 * others. Source: RFC 6962, 2.1.
 */
export function merkleRoot(rows: readonly unknown[]): Digest {
  return `sha256:${treeHash(rows.map((row) => canonicalJson(row))).toString('hex')}`;
}

function treeHash(leaves: readonly string[]): Buffer {
  const [first] = leaves;
  if (first === undefined) return hash(Buffer.alloc(0));
  if (leaves.length === 1) return hash(RFC6962_LEAF_PREFIX, Buffer.from(first));
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return hash(RFC6962_NODE_PREFIX, treeHash(leaves.slice(0, split)), treeHash(leaves.slice(split)));
}

function hash(...parts: readonly Uint8Array[]): Buffer {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest();
}
