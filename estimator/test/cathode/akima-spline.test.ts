import assert from 'node:assert/strict';
import { AkimaSpline } from '../../src/cathode/akima-spline.js';

describe('an Akima spline', () => {
  const x = [0, 0.1, 0.25, 0.4, 0.7, 0.8, 1];
  const y = x.map((at) => Math.exp(-3 * at));
  const spline = new AkimaSpline(x, y);

  it('passes through every knot', () => {
    x.forEach((at, i) => assert.ok(Math.abs(spline.value(at) - y[i]) < 1e-15));
  });

  it('gives the slope of its own value', () => {
    for (let at = 0.003; at < 1; at += 0.0171) {
      const difference = (spline.value(at + 1e-6) - spline.value(at - 1e-6)) / 2e-6;
      assert.ok(Math.abs(spline.slope(at) - difference) < 1e-6, `at ${at}`);
    }
  });

  it('continues in a straight line beyond both ends', () => {
    assert.ok(Math.abs(spline.value(-0.2) - (y[0] - 0.2 * spline.slope(0))) < 1e-12);
    assert.ok(Math.abs(spline.value(1.5) - (y[6] + 0.5 * spline.slope(1))) < 1e-12);
  });

  it('draws a straight line through points of one', () => {
    const line = new AkimaSpline(
      x,
      x.map((at) => 2 - 5 * at),
    );
    for (let at = 0; at <= 1; at += 0.013) assert.ok(Math.abs(line.value(at) - (2 - 5 * at)) < 1e-12);
  });

  it('converges with at least the second order on a smooth curve', () => {
    const worst = (n: number): number => {
      const knots = Array.from({ length: n + 1 }, (_, i) => i / n);
      const fitted = new AkimaSpline(
        knots,
        knots.map((at) => Math.sin(6 * at)),
      );
      let error = 0;
      for (let at = 0; at <= 1; at += 0.0007) error = Math.max(error, Math.abs(fitted.value(at) - Math.sin(6 * at)));
      return error;
    };
    assert.ok(worst(40) / worst(80) > 3.5);
  });

  it('refuses a table that does not ascend or is too short', () => {
    assert.throws(() => new AkimaSpline([0, 1, 1, 2, 3], [0, 0, 0, 0, 0]), RangeError);
    assert.throws(() => new AkimaSpline([0, 1, 2], [0, 0, 0]), RangeError);
  });
});
