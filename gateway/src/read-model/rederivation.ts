import type { StoreMoment } from './level-store.js';

/** One entry of the store that is not what the blocks make of it. */
export interface RederivedDifference {
  readonly kind: 'missing' | 'extra' | 'value';
  /** What the entry is a part of: `record`, `version`, `list`, … */
  readonly part: string;
  /** Its key, the family left out and the parts set apart by spaces. */
  readonly key: string;
}

const PARTS: Readonly<Record<string, string>> = {
  m: 'checkpoint',
  r: 'record',
  d: 'deletion',
  v: 'version',
  o: 'ordinal',
  p: 'list',
  q: 'list',
  b: 'block',
  x: 'transaction',
  t: 'transaction',
  n: 'lineage',
  N: 'lineage',
  E: 'lineage',
};

/**
 * Compares a store with one that was made anew from the blocks. Every entry is read both ways in which answers are
 * read: by its key and by iteration, since LevelDB finds them through different parts of its files.
 */
export async function* findRederivedDifferences(
  stored: StoreMoment,
  rederived: StoreMoment,
): AsyncGenerator<RederivedDifference, void> {
  let expectedCount = 0;
  for await (const [key, value] of rederived.entries()) {
    expectedCount += 1;
    const found = stored.bytes(key);
    if (found === undefined) yield difference('missing', key);
    else if (!Buffer.from(value).equals(found)) yield difference('value', key);
  }
  let count = 0;
  for await (const [key, value] of stored.entries()) {
    count += 1;
    const expected = rederived.bytes(key);
    if (expected === undefined) yield difference('extra', key);
    else if (!Buffer.from(value).equals(expected)) yield difference('value', key);
  }
  // An iterator that passes over entries that their keys still find.
  if (count < expectedCount) yield { kind: 'missing', part: 'iteration', key: `${count} of ${expectedCount} entries` };
}

function difference(kind: RederivedDifference['kind'], key: string): RederivedDifference {
  const [family = '', ...rest] = key.split('\0');
  return { kind, part: PARTS[family] ?? 'stray', key: rest.join(' ') };
}
