import assert from 'node:assert/strict';
import { normalCloud, normalQuantile } from '../../src/cathode/normal-sample.js';

describe('the even normal cloud', () => {
  it('inverts the normal distribution at tabulated points', () => {
    for (const [probability, quantile] of [
      [0.5, 0],
      [0.95, 1.6448536269514722],
      [0.025, -1.959963984540054],
      [0.001, -3.090232306167813],
      [0.999, 3.090232306167813],
    ] as const)
      assert.ok(Math.abs(normalQuantile(probability) - quantile) < 5e-9, `at ${probability}`);
    assert.throws(() => normalQuantile(0), RangeError);
    assert.throws(() => normalQuantile(Number.NaN), RangeError);
  });

  it('has mean zero, unit variance and no correlation, and is the same every time', () => {
    const cloud = normalCloud(4096, 3);
    assert.deepEqual(cloud, normalCloud(4096, 3));
    for (let a = 0; a < 3; a++)
      for (let b = 0; b <= a; b++) {
        let mean = 0;
        let product = 0;
        for (let i = 0; i < cloud.length; i += 3) {
          mean += cloud[i + a] / 4096;
          product += (cloud[i + a] * cloud[i + b]) / 4096;
        }
        assert.ok(Math.abs(mean) < 5e-3);
        assert.ok(Math.abs(product - (a === b ? 1 : 0)) < 1e-2);
      }
  });
});
