import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apportion } from '../../src/account/apportion.js';

const weights = fc.array(fc.nat({ max: Math.floor(Number.MAX_SAFE_INTEGER / 64) }), { minLength: 1, maxLength: 64 });

describe('apportion', () => {
  it('shares a total to the last unit', () => {
    fc.assert(
      fc.property(weights, fc.nat({ max: Number.MAX_SAFE_INTEGER }), (by, total) => {
        fc.pre(by.some((weight) => weight > 0));
        assert.equal(
          apportion(total, by).reduce((sum, share) => sum + share, 0),
          total,
        );
      }),
    );
  });

  it('gives no more than the weight where the total is no more than the weights', () => {
    fc.assert(
      fc.property(weights, fc.nat({ max: 1_000_000 }), (by, ppm) => {
        const whole = by.reduce((sum, weight) => sum + BigInt(weight), 0n);
        fc.pre(whole > 0n && whole <= BigInt(Number.MAX_SAFE_INTEGER));
        const shares = apportion(Number((whole * BigInt(ppm)) / 1_000_000n), by);
        assert.ok(shares.every((share, index) => share >= 0 && share <= by[index]!));
      }),
    );
  });

  it('gives what rounding leaves to the largest fractions, the first among equals', () => {
    assert.deepEqual(apportion(2, [1, 1, 1]), [1, 1, 0]);
    assert.deepEqual(apportion(10, [1, 2, 4]), [1, 3, 6]);
    assert.deepEqual(apportion(0, [0, 0]), [0, 0]);
  });

  it('throws when there is something to share and nothing to share it by', () => {
    assert.throws(() => apportion(1, [0, 0]), RangeError);
  });
});
