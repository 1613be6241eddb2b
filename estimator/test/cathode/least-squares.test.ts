import assert from 'node:assert/strict';
import { differenceJacobian, leastSquares } from '../../src/cathode/least-squares.js';

const wide = { lower: [-10, -10], upper: [10, 10], steps: [1e-6, 1e-6], maxIterations: 200, tolerance: 1e-14 };
const rosenbrock = (p: Float64Array, into: Float64Array): void => {
  into[0] = 10 * (p[1] - p[0] ** 2);
  into[1] = 1 - p[0];
};

describe('least squares', () => {
  it('finds the bottom of a bent valley', () => {
    const fit = leastSquares(rosenbrock, [-1.2, 1], 2, wide);
    assert.ok(fit.cost < 1e-12);
    assert.ok(Math.abs(fit.parameters[0] - 1) < 1e-5 && Math.abs(fit.parameters[1] - 1) < 1e-5);
  });

  it('stops at a bound that cuts the valley off, at the best point of the bound', () => {
    const fit = leastSquares(rosenbrock, [-1.2, 1], 2, { ...wide, upper: [0.5, 10] });
    assert.equal(fit.parameters[0], 0.5);
    assert.ok(Math.abs(fit.parameters[1] - 0.25) < 1e-5);
  });

  it('solves a straight line in one go, with the exact residual', () => {
    const x = [0, 1, 2, 3];
    const y = [1, 3.1, 4.9, 7];
    const fit = leastSquares((p, into) => x.forEach((at, i) => (into[i] = p[0] + p[1] * at - y[i])), [0, 0], 4, wide);
    assert.ok(Math.abs(fit.parameters[0] - 1.03) < 1e-6 && Math.abs(fit.parameters[1] - 1.98) < 1e-6);
  });

  it('leaves rows alone that a parameter is said not to move', () => {
    const seen: (number | undefined)[] = [];
    const jacobian = differenceJacobian(
      (p, into, changed) => {
        seen.push(changed);
        if (changed !== 1) into[0] = 3 * p[0];
        if (changed !== 0) into[1] = 5 * p[1];
      },
      Float64Array.of(1, 1),
      Float64Array.of(3, 5),
      { steps: [1e-3, 1e-3], upper: [9, 9] },
    );
    assert.deepEqual(seen, [0, 1]);
    [3, 0, 0, 5].forEach((value, i) => assert.ok(Math.abs(jacobian[i] - value) < 1e-9));
  });
});
