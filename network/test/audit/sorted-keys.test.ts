import { strict as assert } from 'node:assert';

import fc from 'fast-check';

import { SortedKeys } from '../../src/audit/sorted-keys.js';
import { compareUtf8 } from '../../src/audit/utf8-order.js';

const text = fc.string({
  unit: fc.constantFrom('\0', 'a', 'b', 'é', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}'),
});

describe('compareUtf8', () => {
  it('orders texts as their UTF-8 bytes are ordered', () => {
    fc.assert(
      fc.property(text, text, (left, right) => {
        assert.equal(Math.sign(compareUtf8(left, right)), Buffer.compare(Buffer.from(left), Buffer.from(right)));
      }),
    );
  });
});

describe('SortedKeys', () => {
  it('walks the same range as a filter over all keys, however many were added', () => {
    const sorted = new SortedKeys();
    const all = Array.from({ length: 5_000 }, (_unused, index) => String((index * 7919) % 5_000));
    for (const [index, key] of all.entries()) {
      sorted.add(key);
      if (index % 500 !== 0) continue;
      const expected = all.slice(0, index + 1).filter((other) => other >= '2' && other < '31');
      assert.deepEqual(sorted.range('2', '31', false), expected.sort());
    }
    assert.ok(sorted.range('2', '31', true).includes('31'));
    assert.equal(sorted.range('', null, false).length, 5_000);
    assert.deepEqual(sorted.range('3', '2', false), []);
  });
});
