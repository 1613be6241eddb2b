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
const WEIGHT_PARTS = 1024;
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

/** Normal marginals of one valley, and its class probabilities. */
interface Valley {
  weight: number;
  lli: Marginal;
  lamPe: Marginal;
  lamNe: Marginal;
  lnA: Marginal;
  lnS: Marginal;
  capacityAh: Marginal;
  classProbabilities: Record<CathodeClass, number>;
}

interface Marginal {
  mean: number;
  variance: number;
}

function valleyOf(calibration: DesignCalibration, fit: CellFit, weight: number): Valley {
  const n = fit.parameters.length;
  const inflation = Math.max(1, fit.reducedChiSquare);
  const variance = (i: number, j: number): number =>
    inflation * fit.covariance[i * n + j] + (i === j ? (MODEL_VARIANCE.get(i) ?? 0) : 0);
  const at = CELL_PARAMETER;
  const marginal = (i: number): Marginal => ({ mean: fit.parameters[i], variance: variance(i, i) });
  const losses = lossesOf(fit.parameters);

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
  const classProbabilities = noProbabilities();
  for (let i = 0; i < cloud.length; i += 3) {
    const lamPe = losses.lamPe + factor[0] * cloud[i];
    const lnA = fit.parameters[at.lnCrackArea] + factor[3] * cloud[i] + factor[4] * cloud[i + 1];
    const lnS =
      fit.parameters[at.lnSurfaceLayer] + factor[6] * cloud[i] + factor[7] * cloud[i + 1] + factor[8] * cloud[i + 2];
    classProbabilities[cathodeClassOf(lamPe, Math.exp(lnA), Math.exp(lnS))] += 1 / CLOUD_POINTS;
  }
  return {
    weight,
    lli: marginal(at.lli),
    lamPe: marginal(at.lamPe),
    lamNe: marginal(at.lamNe),
    lnA: marginal(at.lnCrackArea),
    lnS: marginal(at.lnSurfaceLayer),
    capacityAh: { mean: fit.window.capacityAh, variance: Math.max(0, capacityVariance) },
    classProbabilities,
  };
}

function noProbabilities(): Record<CathodeClass, number> {
  return Object.fromEntries(CATHODE_CLASSES.map((name) => [name, 0])) as Record<CathodeClass, number>;
}

/** Mean and variance of a mixture. */
function mixed(valleys: readonly Valley[], of: (valley: Valley) => Marginal): Marginal {
  const mean = valleys.reduce((sum, valley) => sum + valley.weight * of(valley).mean, 0);
  return {
    mean,
    variance: valleys.reduce(
      (sum, valley) => sum + valley.weight * (of(valley).variance + (of(valley).mean - mean) ** 2),
      0,
    ),
  };
}

/**
 * How likely each valley is, by the height of its optimum: the width of a valley by its curvature is too uncertain to weigh
 * with. In whole 1,024ths, so that class probabilities (4,096ths within a valley) are exact binary fractions and sum to one.
 */
function valleyWeights(fits: readonly CellFit[]): number[] {
  const logs = fits.map((fit) => -fit.score / 2);
  const most = Math.max(...logs);
  const likely = logs.map((value) => Math.exp(value - most));
  const total = likely.reduce((sum, value) => sum + value, 0);
  const parts = likely.map((value) => Math.round((WEIGHT_PARTS * value) / total));
  const largest = likely.indexOf(Math.max(...likely));
  parts[largest] += WEIGHT_PARTS - parts.reduce((sum, value) => sum + value, 0);
  return parts.map((part) => part / WEIGHT_PARTS);
}

/**
 * Laplace's posterior, a mixture over the valleys of the fit: normal around each optimum in the losses and the logarithms of
 * the ratios, its covariance inflated where the residuals are larger than their stated sigmas, with the model's own error
 * added. Where there are several valleys, value and sigma are the mixture's, and the interval is a normal one of that sigma.
 * @param fits - One a valley, at least one.
 */
export function posteriorOf(calibration: DesignCalibration, fits: readonly CellFit[]): Posterior {
  const weights = valleyWeights(fits);
  const valleys = fits
    .map((fit, i) => ({ fit, weight: weights[i] }))
    .filter(({ weight }) => weight > 0)
    .map(({ fit, weight }) => valleyOf(calibration, fit, weight));
  const quantity = (name: 'lli' | 'lamPe' | 'lamNe' | 'capacityAh'): Quantity => {
    const { mean, variance } = mixed(valleys, (valley) => valley[name]);
    return normal(mean, Math.sqrt(variance));
  };
  const area = mixed(valleys, (valley) => valley.lnA);
  const layer = mixed(valleys, (valley) => valley.lnS);
  const classProbabilities = noProbabilities();
  for (const valley of valleys)
    for (const name of CATHODE_CLASSES) classProbabilities[name] += valley.weight * valley.classProbabilities[name];
  return {
    lli: quantity('lli'),
    lamPe: quantity('lamPe'),
    lamNe: quantity('lamNe'),
    crackAreaRatio: logNormal(area.mean, Math.sqrt(area.variance)),
    surfaceLayerRatio: logNormal(layer.mean, Math.sqrt(layer.variance)),
    capacityAh: quantity('capacityAh'),
    logSigma: { crackArea: Math.sqrt(area.variance), surfaceLayer: Math.sqrt(layer.variance) },
    classProbabilities,
  };
}
