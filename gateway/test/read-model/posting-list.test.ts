import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PendingWrites } from '../../src/read-model/pending-writes.js';
import { PostingWriter, postingCount, postingPage } from '../../src/read-model/posting-list.js';

const NOTHING = { text: () => undefined, bytes: () => undefined };

// Far enough apart to fall on several pages, near enough to share some.
const ordinal = fc.oneof(fc.nat(50), fc.integer({ min: 2030, max: 2070 }), fc.nat(40_000));
const change = fc.record({ isAdded: fc.boolean(), ordinal });

describe('a posting list', () => {
  it('holds what was added and not removed, in ascending order, over any number of blocks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(change, { maxLength: 30 }), { maxLength: 4 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        fc.option(ordinal),
        fc.option(ordinal),
        (blocks, size, fromEnd, after, before) => {
          const writes = new PendingWrites(NOTHING);
          const expected = new Set<number>();
          for (const changes of blocks) {
            const writer = new PostingWriter(writes);
            for (const { isAdded, ordinal } of changes) {
              if (isAdded) {
                writer.add('list', ordinal);
                expected.add(ordinal);
              } else {
                writer.remove('list', ordinal);
                expected.delete(ordinal);
              }
            }
            writer.flush();
          }
          const all = [...expected].sort((a, b) => a - b);
          const above = after ?? -1;
          const below = before ?? Infinity;
          const inWindow = all.filter((each) => each > above && each < below);
          const page = postingPage(writes, 'list', { size, fromEnd, above, below });
          const numbers = fromEnd ? inWindow.slice(-size) : inWindow.slice(0, size);
          assert.deepEqual(page.numbers, numbers);
          assert.equal(page.totalCount, all.length);
          assert.equal(postingCount(writes, 'list'), all.length);
          if (numbers.length > 0) {
            assert.equal(
              page.hasNextPage,
              all.some((each) => each > numbers.at(-1)!),
            );
            assert.equal(
              page.hasPreviousPage,
              all.some((each) => each < numbers[0]!),
            );
          }
        },
      ),
    );
  });

  it('leaves nothing behind when it becomes empty', () => {
    const writes = new PendingWrites(NOTHING);
    for (const method of ['add', 'remove'] as const) {
      const writer = new PostingWriter(writes);
      for (const ordinal of [1, 5000]) writer[method]('list', ordinal);
      writer.flush();
    }
    assert.ok(writes.operations().every(({ type }) => type === 'del'));
  });
});
