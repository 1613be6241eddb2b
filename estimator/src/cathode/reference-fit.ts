import type { DesignFile } from '@battery-passport/schemas';
import { modelImpedance } from './impedance-model.js';
import {
  emptyImpedanceState,
  fillImpedanceState,
  IMPEDANCE_PARAMETER,
  IMPEDANCE_PARAMETER_COUNT,
  IMPEDANCE_PRIOR_SIGMA,
  impedancePriorMean,
} from './impedance-parameters.js';
import { leastSquares, type LeastSquaresFit, type ResidualFunction } from './least-squares.js';
import type { OpenCircuit } from './open-circuit.js';

/** Relative error of the reference spectra themselves: a solver's mesh, or a laboratory's bridge. */
const REFERENCE_SIGMA_FRACTION = 0.001;
const EVERYWHERE = [0, 1] as const;
const DIFFERENCE_STEP = 1e-4;
/** Loose first, so that priors steer and the valleys are wide; then firm. Relative errors. */
const SCREENING_SIGMA_FRACTIONS = [0.03, 0.005] as const;
const SCREENING_ITERATIONS = 25;
const REFINING_ITERATIONS = 60;

/** One fitted description of a fresh design's impedance. */
export interface ReferenceMode {
  /** Parameters in the order of `IMPEDANCE_PARAMETER`. */
  parameters: Float64Array;
  fit: LeastSquaresFit;
  /** Relative root mean square misfit of the spectra, a fraction of |Z|. */
  misfitFraction: number;
}

interface SpectrumCase {
  frequencyHz: Float64Array;
  observed: Float64Array;
  magnitude: Float64Array;
  temperatureK: number;
  negativeX: number;
  positiveX: number;
}

/** Stoichiometries of a fresh cell at a charge level. */
export function freshStoichiometries(
  { fresh }: DesignFile,
  socFraction: number,
): { negativeX: number; positiveX: number } {
  return {
    negativeX:
      fresh.anodeStoichiometryAt0 + socFraction * (fresh.anodeStoichiometryAt100 - fresh.anodeStoichiometryAt0),
    positiveX:
      fresh.cathodeStoichiometryAt0 + socFraction * (fresh.cathodeStoichiometryAt100 - fresh.cathodeStoichiometryAt0),
  };
}

function spectrumCases(design: DesignFile, stride: number): SpectrumCase[] {
  return design.referenceImpedance.map((spectrum) => {
    const picked = spectrum.frequencyHz.map((_, i) => i).filter((i) => i % stride === 0);
    const observed = new Float64Array(2 * picked.length);
    const magnitude = new Float64Array(picked.length);
    picked.forEach((source, i) => {
      observed[2 * i] = spectrum.realOhm[source]!;
      observed[2 * i + 1] = spectrum.imagOhm[source]!;
      magnitude[i] = Math.hypot(observed[2 * i], observed[2 * i + 1]);
    });
    const { negativeX, positiveX } = freshStoichiometries(design, spectrum.socFraction);
    return {
      frequencyHz: Float64Array.from(picked, (source) => spectrum.frequencyHz[source]),
      observed,
      magnitude,
      temperatureK: spectrum.temperatureK,
      negativeX,
      positiveX,
    };
  });
}

interface ReferenceProblem {
  residual: ResidualFunction;
  count: number;
}

function referenceResidual(
  design: DesignFile,
  openCircuit: OpenCircuit,
  cases: SpectrumCase[],
  prior: Float64Array,
  sigmaFraction: number,
): ReferenceProblem {
  const state = emptyImpedanceState();
  const points = cases.reduce((sum, one) => sum + one.magnitude.length, 0);
  const conditions = cases.map((one) => ({
    negative: {
      stoichiometry: one.negativeX,
      potentialPerCoulomb: -openCircuit.negative.slope(one.negativeX) / (3600 * design.fresh.anodeCapacityAh),
      transferRatio: 1,
      doubleLayerRatio: 1,
      activationEnergyJPerMol: design.kinetics.anodeActivationEnergyJPerMol,
      timeRange: EVERYWHERE,
      timeCorrection: undefined,
    },
    positive: {
      stoichiometry: one.positiveX,
      potentialPerCoulomb: -openCircuit.positive.slope(one.positiveX) / (3600 * design.fresh.cathodeCapacityAh),
      transferRatio: 1,
      doubleLayerRatio: 1,
      activationEnergyJPerMol: design.kinetics.cathodeActivationEnergyJPerMol,
      timeRange: EVERYWHERE,
      timeCorrection: undefined,
    },
  }));
  return {
    count: 2 * points + IMPEDANCE_PARAMETER_COUNT,
    residual: (parameters, into) => {
      let offset = 0;
      cases.forEach((one, index) => {
        const condition = conditions[index];
        fillImpedanceState(
          state,
          parameters,
          condition.negative,
          condition.positive,
          one.temperatureK,
          design.referenceTemperatureK,
        );
        modelImpedance(state, one.frequencyHz, into, offset);
        for (let i = 0; i < one.magnitude.length; i++) {
          const sigma = sigmaFraction * one.magnitude[i];
          into[offset + 2 * i] = (into[offset + 2 * i] - one.observed[2 * i]) / sigma;
          into[offset + 2 * i + 1] = (into[offset + 2 * i + 1] - one.observed[2 * i + 1]) / sigma;
        }
        offset += 2 * one.magnitude.length;
      });
      for (let j = 0; j < IMPEDANCE_PARAMETER_COUNT; j++)
        into[offset + j] = (parameters[j] - prior[j]) / IMPEDANCE_PRIOR_SIGMA[j];
    },
  };
}

const steps = new Float64Array(IMPEDANCE_PARAMETER_COUNT).fill(DIFFERENCE_STEP);

function bounds(prior: Float64Array): { lower: Float64Array; upper: Float64Array } {
  const lower = Float64Array.from(prior, (mean, j) => mean - 5 * IMPEDANCE_PRIOR_SIGMA[j]);
  const upper = Float64Array.from(prior, (mean, j) => mean + 5 * IMPEDANCE_PRIOR_SIGMA[j]);
  lower[IMPEDANCE_PARAMETER.transference] = 0.02;
  upper[IMPEDANCE_PARAMETER.transference] = 0.95;
  return { lower, upper };
}

/**
 * Fits the linearised model to a fresh design's reference spectra from several starts.
 *
 * The misfit has several valleys (the two arcs, or series and electrolyte resistance, change places), so the starts differ in
 * how the arc is shared between the electrodes, in their double layers and in the diffusion times.
 * @returns Distinct modes, best first; empty when the design has no spectra.
 */
export function fitReferenceSpectra(design: DesignFile, openCircuit: OpenCircuit, modeCount: number): ReferenceMode[] {
  if (design.referenceImpedance.length === 0) return [];
  const prior = impedancePriorMean(scaleOf(design));
  const limits = bounds(prior);
  const sparse = spectrumCases(design, Math.max(1, Math.round(design.referenceImpedance[0].frequencyHz.length / 12)));
  const whole = spectrumCases(design, 1);
  const [loose, firm] = SCREENING_SIGMA_FRACTIONS.map((sigma) =>
    referenceResidual(design, openCircuit, sparse, prior, sigma),
  ) as [ReferenceProblem, ReferenceProblem];
  const fine = referenceResidual(design, openCircuit, whole, prior, REFERENCE_SIGMA_FRACTION);
  const solve = (problem: ReferenceProblem, start: ArrayLike<number>, maxIterations: number): LeastSquaresFit =>
    leastSquares(problem.residual, start, problem.count, { ...limits, steps, maxIterations, tolerance: 1e-4 });
  const screened = starts(prior)
    .map((start) => solve(loose, start, SCREENING_ITERATIONS))
    .sort((a, b) => a.cost - b.cost)
    .slice(0, 3 * modeCount)
    .map((fit) => solve(firm, fit.parameters, SCREENING_ITERATIONS))
    .sort((a, b) => a.cost - b.cost);
  const refined: LeastSquaresFit[] = [];
  for (const candidate of screened) {
    if (refined.length >= modeCount) break;
    if (refined.some((known) => sameMode(known, candidate))) continue;
    const fit = solve(fine, candidate.parameters, REFINING_ITERATIONS);
    if (!refined.some((known) => sameMode(known, fit))) refined.push(fit);
  }
  refined.sort((a, b) => a.cost - b.cost);
  const dataCount = fine.count - IMPEDANCE_PARAMETER_COUNT;
  return refined.map((fit) => {
    let sum = 0;
    for (let i = 0; i < dataCount; i++) sum += fit.residuals[i] ** 2;
    return {
      parameters: fit.parameters,
      fit,
      misfitFraction: REFERENCE_SIGMA_FRACTION * Math.sqrt(sum / dataCount),
    };
  });
}

/** Starts that differ in how the arc is shared between the electrodes, in their double layers and diffusion times. */
function starts(prior: Float64Array): Float64Array[] {
  const at = IMPEDANCE_PARAMETER;
  const list: Float64Array[] = [];
  for (const negativeShare of [0.2, 0.5, 0.8])
    for (const slower of [-1, 0, 1])
      for (const times of [-1, 1]) {
        const start = Float64Array.from(prior);
        start[at.negativeTransfer] += Math.log(2 * negativeShare);
        start[at.positiveTransfer] += Math.log(2 * (1 - negativeShare));
        start[at.negativeDoubleLayer] -= slower;
        start[at.positiveDoubleLayer] += slower;
        start[at.negativeTime0] += times;
        start[at.positiveTime0] -= times;
        list.push(start);
      }
  return list;
}

/** Two fits are one mode when the shares of the two charge transfers agree. */
function sameMode(a: LeastSquaresFit, b: LeastSquaresFit): boolean {
  const at = IMPEDANCE_PARAMETER;
  return [at.negativeTransfer, at.positiveTransfer, at.negativeDoubleLayer, at.positiveDoubleLayer].every(
    (j) => Math.abs(a.parameters[j] - b.parameters[j]) < 0.1,
  );
}

function scaleOf(design: DesignFile): { arcOhm: number; seriesOhm: number; arcAngular: number } {
  const spectrum = design.referenceImpedance.reduce((best, one) =>
    Math.abs(one.socFraction - 0.5) + Math.abs(one.temperatureK - design.referenceTemperatureK) / 100 <
    Math.abs(best.socFraction - 0.5) + Math.abs(best.temperatureK - design.referenceTemperatureK) / 100
      ? one
      : best,
  );
  const last = spectrum.frequencyHz.length - 1;
  const seriesOhm = Math.max(spectrum.realOhm[last], 1e-9);
  const nearestOneHz = spectrum.frequencyHz.reduce(
    (best, f, i) => (Math.abs(Math.log(f)) < Math.abs(Math.log(spectrum.frequencyHz[best])) ? i : best),
    0,
  );
  const arcOhm = Math.max(spectrum.realOhm[nearestOneHz] - seriesOhm, 0.1 * seriesOhm);
  let top = last;
  for (let i = nearestOneHz; i <= last; i++) if (-spectrum.imagOhm[i] > -spectrum.imagOhm[top]) top = i;
  return { arcOhm, seriesOhm, arcAngular: 2 * Math.PI * spectrum.frequencyHz[top] };
}
