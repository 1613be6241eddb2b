import { CATHODE_CLASSES, type CathodeClass } from '@battery-passport/schemas';
import { cathodeClassOf } from './cathode-class.js';
import { CELL_PARAMETER, lossesOf, type CellFit } from './cell-fit.js';
import { choleskyInPlace } from './covariance.js';
import type { DesignCalibration } from './design-calibration.js';
import { agedBalance, usableWindow, type Losses } from './electrode-balance.js';
import { normalCloud } from './normal-sample.js';

/** The normal quantile that leaves 5 % on each side. */
const QUANTILE_95 = 1.6448536269514722;
const CLOUD_POINTS = 4096;
const CAPACITY_STEP = 1e-4;
/**
 * What the model itself gets wrong of a state, one sigma, however good the sensors: measured as the error that is left on
 * cells of known state at laboratory noise (`bench/accuracy`), where the sensors' own share is a third of it.
 */
const MODEL_SIGMA: Partial<Record<keyof typeof CELL_PARAMETER, number>> = {
  lli: 0.001,
  lamPe: 0.002,
  lamNe: 0.0008,
  lnCrackArea: 0.008,
  lnSurfaceLayer: 0.01,
};
const MODEL_VARIANCE = new Map(
  Object.entries(MODEL_SIGMA).map(([name, sigma]) => [CELL_PARAMETER[name as keyof typeof CELL_PARAMETER], sigma ** 2]),
);

/** A quantity with its one-sigma and the interval that holds it nine times in ten. */
export interface Quantity {
  value: number;
  sigma: number;
  interval90: [low: number, high: number];
}

/** What is known of one cell after the fit. */
export interface Posterior {
  lli: Quantity;
  lamPe: Quantity;
  lamNe: Quantity;
  crackAreaRatio: Quantity;
  surfaceLayerRatio: Quantity;
  capacityAh: Quantity;
  /** Sigma of ln A and ln S, to compare with their priors'. */
  logSigma: { crackArea: number; surfaceLayer: number };
  classProbabilities: Record<CathodeClass, number>;
}

function normal(value: number, sigma: number): Quantity {
  return { value, sigma, interval90: [value - QUANTILE_95 * sigma, value + QUANTILE_95 * sigma] };
}

function logNormal(logarithm: number, sigma: number): Quantity {
  const value = Math.exp(logarithm);
  return {
    value,
    sigma: value * sigma,
    interval90: [Math.exp(logarithm - QUANTILE_95 * sigma), Math.exp(logarithm + QUANTILE_95 * sigma)],
  };
}

/**
 * Laplace's posterior: normal around the optimum in the losses and the logarithms of the ratios, its covariance inflated
 * where the residuals are larger than their stated sigmas, with the model's own error added. Classes are counted over an even cloud of 4,096 states, so each
 * probability is a whole number of 4,096ths.
 */
export function posteriorOf(calibration: DesignCalibration, fit: CellFit): Posterior {
  const n = fit.parameters.length;
  const inflation = Math.max(1, fit.reducedChiSquare);
  const variance = (i: number, j: number): number =>
    inflation * fit.covariance[i * n + j] + (i === j ? (MODEL_VARIANCE.get(i) ?? 0) : 0);
  const sigma = (i: number): number => Math.sqrt(variance(i, i));
  const at = CELL_PARAMETER;
  const losses = lossesOf(fit.parameters);
  const lnA = fit.parameters[at.lnCrackArea];
  const lnS = fit.parameters[at.lnSurfaceLayer];

  const { design, openCircuit, fresh } = calibration;
  const capacity = (state: Losses): number =>
    usableWindow(openCircuit, agedBalance(fresh, state), design.voltageMinV, design.voltageMaxV).capacityAh;
  const order = ['lli', 'lamPe', 'lamNe'] as const;
  const gradient = order.map(
    (name) =>
      (capacity({ ...losses, [name]: losses[name] + CAPACITY_STEP }) -
        capacity({ ...losses, [name]: losses[name] - CAPACITY_STEP })) /
      (2 * CAPACITY_STEP),
  );
  let capacityVariance = 0;
  order.forEach((a, i) =>
    order.forEach((b, j) => (capacityVariance += gradient[i] * gradient[j] * variance(at[a], at[b]))),
  );

  const axes = [at.lamPe, at.lnCrackArea, at.lnSurfaceLayer];
  const factor = choleskyInPlace(
    Float64Array.from({ length: 9 }, (_, k) => variance(axes[Math.floor(k / 3)], axes[k % 3])),
    3,
  );
  const cloud = normalCloud(CLOUD_POINTS, 3);
  const counts = Object.fromEntries(CATHODE_CLASSES.map((name) => [name, 0])) as Record<CathodeClass, number>;
  for (let i = 0; i < cloud.length; i += 3) {
    const lamPe = losses.lamPe + factor[0] * cloud[i];
    const a = lnA + factor[3] * cloud[i] + factor[4] * cloud[i + 1];
    const s = lnS + factor[6] * cloud[i] + factor[7] * cloud[i + 1] + factor[8] * cloud[i + 2];
    counts[cathodeClassOf(lamPe, Math.exp(a), Math.exp(s))]++;
  }
  for (const name of CATHODE_CLASSES) counts[name] /= CLOUD_POINTS;
  return {
    lli: normal(losses.lli, sigma(at.lli)),
    lamPe: normal(losses.lamPe, sigma(at.lamPe)),
    lamNe: normal(losses.lamNe, sigma(at.lamNe)),
    crackAreaRatio: logNormal(lnA, sigma(at.lnCrackArea)),
    surfaceLayerRatio: logNormal(lnS, sigma(at.lnSurfaceLayer)),
    capacityAh: normal(fit.window.capacityAh, Math.sqrt(Math.max(0, capacityVariance))),
    logSigma: { crackArea: sigma(at.lnCrackArea), surfaceLayer: sigma(at.lnSurfaceLayer) },
    classProbabilities: counts,
  };
}
