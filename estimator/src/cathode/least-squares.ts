import { CholeskyDecomposition, Matrix } from 'ml-matrix';

/**
 * Residuals of a fit: fills `into` for the given parameters; already divided by their sigmas, priors included. When `changed`
 * is given, `into` holds the residuals of parameters that differ in that one only, and rows that it cannot move may be left.
 */
export type ResidualFunction = (parameters: Float64Array, into: Float64Array, changed?: number) => void;

/** What bounds and scales a fit. */
export interface LeastSquaresOptions {
  /** Lower bounds, shape [parameters]. */
  lower: ArrayLike<number>;
  /** Upper bounds, shape [parameters]. */
  upper: ArrayLike<number>;
  /** Finite-difference steps in the parameters' own units, positive, shape [parameters]. */
  steps: ArrayLike<number>;
  /** At most so many accepted or refused steps. */
  maxIterations: number;
  /** Stops when a step lowers the cost by less than this share of it. */
  tolerance?: number;
}

/** A fit's outcome. */
export interface LeastSquaresFit {
  /** Best parameters, shape [parameters]. */
  parameters: Float64Array;
  /** Sum of squared residuals at them. */
  cost: number;
  /** Residuals at them, shape [residuals]. */
  residuals: Float64Array;
  /** Derivative of each residual at them, row-major, shape [residuals × parameters]. */
  jacobian: Float64Array;
}

const DEFAULT_TOLERANCE = 1e-6;

/**
 * Derivatives of residuals by one-sided differences, taken inwards at an upper bound.
 * @returns Row-major, shape [residuals × parameters].
 */
export function differenceJacobian(
  residual: ResidualFunction,
  parameters: Float64Array,
  at: Float64Array,
  options: Pick<LeastSquaresOptions, 'steps' | 'upper'>,
): Float64Array {
  const n = parameters.length;
  const m = at.length;
  const jacobian = new Float64Array(m * n);
  const shifted = new Float64Array(m);
  for (let j = 0; j < n; j++) {
    const kept = parameters[j];
    const step = kept + options.steps[j] > options.upper[j] ? -options.steps[j] : options.steps[j];
    parameters[j] = kept + step;
    shifted.set(at);
    residual(parameters, shifted, j);
    parameters[j] = kept;
    for (let i = 0; i < m; i++) jacobian[i * n + j] = (shifted[i] - at[i]) / step;
  }
  return jacobian;
}

/**
 * JᵀJ of a row-major Jacobian.
 * @returns Symmetric, shape [parameters × parameters].
 */
export function normalMatrix(jacobian: Float64Array, parameterCount: number): Matrix {
  const n = parameterCount;
  const sums = new Float64Array(n * n);
  for (let row = 0; row < jacobian.length; row += n) {
    for (let j = 0; j < n; j++) {
      const value = jacobian[row + j];
      if (value !== 0) for (let k = 0; k <= j; k++) sums[j * n + k] += value * jacobian[row + k];
    }
  }
  const matrix = Matrix.zeros(n, n);
  for (let j = 0; j < n; j++)
    for (let k = 0; k <= j; k++) {
      matrix.set(j, k, sums[j * n + k]);
      matrix.set(k, j, sums[j * n + k]);
    }
  return matrix;
}

/**
 * Least squares by Levenberg and Marquardt with bounds, over whole vectors of residuals.
 *
 * ml-levenberg-marquardt fits y = f(x) point by point; here residuals are correlated, of several kinds, and carry priors, so
 * the loop is ours and the linear algebra is ml-matrix's. A parameter at a bound that the step would push out is held.
 * Source: J. Nocedal, S. Wright, Numerical Optimization (2006), chapter 10; damping of K. Madsen et al. (2004), 3.2.
 */
export function leastSquares(
  residual: ResidualFunction,
  start: ArrayLike<number>,
  residualCount: number,
  options: LeastSquaresOptions,
): LeastSquaresFit {
  const n = start.length;
  const tolerance = options.tolerance ?? DEFAULT_TOLERANCE;
  const clamp = (value: number, j: number): number => Math.min(options.upper[j], Math.max(options.lower[j], value));
  let parameters = Float64Array.from(start, clamp);
  let residuals = new Float64Array(residualCount);
  residual(parameters, residuals);
  let cost = sumOfSquares(residuals);
  let jacobian = differenceJacobian(residual, parameters, residuals, options);
  let damping = 1e-3;
  let growth = 2;
  let trial = new Float64Array(residualCount);
  for (let iteration = 0; iteration < options.maxIterations; iteration++) {
    const gradient = new Float64Array(n);
    for (let i = 0; i < residualCount; i++)
      for (let j = 0; j < n; j++) gradient[j] += jacobian[i * n + j] * residuals[i];
    const normal = normalMatrix(jacobian, n);
    const held = new Uint8Array(n);
    for (let j = 0; j < n; j++) {
      const atLower = parameters[j] <= options.lower[j] && gradient[j] > 0;
      const atUpper = parameters[j] >= options.upper[j] && gradient[j] < 0;
      held[j] = atLower || atUpper ? 1 : 0;
    }
    const system = normal.clone();
    const right = Matrix.zeros(n, 1);
    for (let j = 0; j < n; j++) {
      if (held[j] === 1) {
        for (let k = 0; k < n; k++) {
          system.set(j, k, 0);
          system.set(k, j, 0);
        }
        system.set(j, j, 1);
      } else {
        const diagonal = normal.get(j, j);
        system.set(j, j, diagonal * (1 + damping) + 1e-300);
        right.set(j, 0, -gradient[j]);
      }
    }
    const cholesky = new CholeskyDecomposition(system);
    let accepted = false;
    if (cholesky.isPositiveDefinite()) {
      const step = cholesky.solve(right).to1DArray();
      const candidate = Float64Array.from(parameters, (value, j) => clamp(value + step[j], j));
      residual(candidate, trial);
      const trialCost = sumOfSquares(trial);
      if (trialCost < cost) {
        let predicted = 0;
        for (let j = 0; j < n; j++) {
          const moved = candidate[j] - parameters[j];
          predicted -= moved * gradient[j];
          predicted += moved * (damping * normal.get(j, j) * moved);
        }
        const gain = (cost - trialCost) / Math.max(predicted, 1e-300);
        const fell = cost - trialCost;
        parameters = candidate;
        const reuse = residuals;
        residuals = trial;
        trial = reuse;
        cost = trialCost;
        damping = Math.max(damping * Math.max(1 / 5, 1 - (2 * gain - 1) ** 3), 1e-9);
        growth = 2;
        accepted = true;
        jacobian = differenceJacobian(residual, parameters, residuals, options);
        if (fell <= tolerance * cost) break;
      }
    }
    if (!accepted) {
      damping *= growth;
      growth *= 2;
      if (damping > 1e9) break;
    }
  }
  return { parameters, cost, residuals, jacobian };
}

function sumOfSquares(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Number.isFinite(sum) ? sum : Number.POSITIVE_INFINITY;
}
