import type { Measurement } from '@battery-passport/schemas';
import { EstimatorError } from '../estimator-error.js';
import type { ChargeRecord } from './charge-record.js';
import { chargeVoltage, type CellKinetics } from './charge-model.js';
import { choleskyInPlace, whiten } from './covariance.js';
import { agedKinetics, type DesignCalibration } from './design-calibration.js';
import { agedBalance, usableWindow, type ElectrodeBalance, type UsableWindow } from './electrode-balance.js';
import { modelImpedance } from './impedance-model.js';
import { initialLosses } from './initial-losses.js';
import { differenceJacobian, leastSquares, normalMatrix, type LeastSquaresFit } from './least-squares.js';
import { chargeModelCovariance, spectraCovariance } from './model-error.js';
import { SENSOR_PROFILE_SIGMAS, voltageSigmaV } from './sensor-profile.js';

/**
 * The parameters of one cell's fit, in the order of its vector, with prior mean, prior sigma, bounds and difference step.
 *
 * Charges are in units of nominal capacity, currents in one-hour currents. The priors of the state are wide: what a pack may
 * plausibly have become, not what it is expected to be.
 */
const LAYOUT = [
  ['lli', 0.1, 0.25, -0.15, 0.7, 1e-5],
  ['lamPe', 0.1, 0.25, -0.15, 0.8, 1e-5],
  ['lamNe', 0.1, 0.25, -0.15, 0.7, 1e-5],
  ['startCharge', 0.2, 1, -0.2, 3, 1e-6],
  ['currentGain', 0, 0, -0.1, 0.1, 1e-5],
  ['currentOffset', 0, 0, -0.03, 0.03, 1e-6],
  ['lnCrackArea', 0.4, 0.8, -0.7, 3, 1e-4],
  ['lnSurfaceLayer', 0.5, 0.9, -0.7, 4, 1e-4],
  ['lnNegativeKinetics', -0.1, 0.4, -2, 1, 1e-4],
  ['extraVoltsAt1C', 0, 0, -1, 1, 1e-5],
  ['chargeWarmer', 0, 0, -8, 8, 1e-3],
] as const;

/** Where each shared parameter stands in the vector. Each spectrum adds two after them: its charge and its temperature error. */
export const CELL_PARAMETER = Object.fromEntries(LAYOUT.map(([name], index) => [name, index])) as Record<
  (typeof LAYOUT)[number][0],
  number
>;
/** Prior sigmas of the state's logarithms and losses, in the order of the vector; zero where the sensors' sigmas rule. */
export const CELL_PRIOR_SIGMA: readonly number[] = LAYOUT.map(([, , sigma]) => sigma);
const SHARED = LAYOUT.length;

/** Ohmic voltage at the one-hour current that ageing may add beside the model, V: small when spectra are there to tell. */
const EXTRA_VOLTS_SIGMA = { withSpectra: 0.002, without: 0.05 } as const;
const MAX_ITERATIONS = 40;

/** A cell's best state and its uncertainty before any inflation. */
export interface CellFit {
  /** Parameters in the order of {@link CELL_PARAMETER}. */
  parameters: Float64Array;
  /** Their covariance, row-major, shape [parameters × parameters], not inflated. */
  covariance: Float64Array;
  /** Sum of squared whitened residuals, priors included, over their number less the parameters. */
  reducedChiSquare: number;
  /** Open-circuit window of the fitted cell at the reference temperature. */
  window: UsableWindow;
  /** Root mean square misfit of the charge, V. */
  chargeMisfitV: number;
  cost: number;
}

/** Losses held by a parameter vector. */
export function lossesOf(parameters: ArrayLike<number>): { lli: number; lamPe: number; lamNe: number } {
  return {
    lli: parameters[CELL_PARAMETER.lli]!,
    lamPe: parameters[CELL_PARAMETER.lamPe]!,
    lamNe: parameters[CELL_PARAMETER.lamNe]!,
  };
}

/** The forward problem of one cell: what its sensors should have shown, for any state. */
class CellProblem {
  readonly parameterCount: number;
  readonly residualCount: number;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly steps: Float64Array;
  readonly priorMean: Float64Array;
  readonly priorSigma: Float64Array;
  readonly #calibration: DesignCalibration;
  readonly #record: ChargeRecord;
  readonly #spectra: Measurement['impedance'];
  readonly #frequencies: Float64Array[];
  readonly #observed: Float64Array[];
  readonly #profile;
  readonly #course;
  readonly #chargePoints: number;
  readonly #spectrumValues: number;
  #chargeFactor: Float64Array;
  #spectraFactor: Float64Array;

  constructor(calibration: DesignCalibration, measurement: Measurement, record: ChargeRecord, stride: number) {
    this.#calibration = calibration;
    this.#record = record;
    this.#spectra = calibration.kinetics === undefined ? [] : measurement.impedance;
    this.#profile = SENSOR_PROFILE_SIGMAS[measurement.sensorProfile];
    const pick = (series: number[]): Float64Array => Float64Array.from(series.filter((_, i) => i % stride === 0));
    this.#frequencies = this.#spectra.map((spectrum) => pick(spectrum.frequencyHz));
    this.#observed = this.#spectra.map((spectrum) => {
      const real = pick(spectrum.realOhm);
      const imag = pick(spectrum.imagOhm);
      return Float64Array.from({ length: 2 * real.length }, (_, i) => (i % 2 === 0 ? real : imag)[i >> 1]!);
    });
    this.#course = {
      passedAh: Float64Array.from(record.course.passedAh),
      currentA: Float64Array.from(record.course.currentA),
      sinceOnS: record.course.sinceOnS,
      temperatureK: record.course.temperatureK,
    };
    this.#chargePoints = record.voltageV.length;
    this.#spectrumValues = this.#observed.reduce((sum, values) => sum + values.length, 0);
    this.parameterCount = SHARED + 2 * this.#spectra.length;
    this.residualCount = this.#chargePoints + this.#spectrumValues + 2 * this.#spectra.length + 2 + this.parameterCount;
    const column = (index: 1 | 2 | 3 | 4 | 5): Float64Array => {
      const values = new Float64Array(this.parameterCount);
      LAYOUT.forEach((row, j) => (values[j] = row[index]));
      this.#spectra.forEach((_, k) => {
        values.set(
          [
            [0.5, 0],
            [1, 0],
            [-0.2, -8],
            [3, 8],
            [1e-6, 1e-3],
          ][index - 1]!,
          SHARED + 2 * k,
        );
      });
      return values;
    };
    this.priorMean = column(1);
    this.priorSigma = column(2);
    this.lower = column(3);
    this.upper = column(4);
    this.steps = column(5);
    const at = CELL_PARAMETER;
    this.priorSigma[at.currentGain] = this.#profile.currentGainFraction;
    this.priorSigma[at.currentOffset] = this.#profile.currentOffsetC;
    this.priorSigma[at.extraVoltsAt1C] =
      this.#spectra.length > 0 ? EXTRA_VOLTS_SIGMA.withSpectra : EXTRA_VOLTS_SIGMA.without;
    this.priorSigma[at.chargeWarmer] = this.#profile.temperatureK;
    this.#spectra.forEach((_, k) => (this.priorSigma[SHARED + 2 * k + 1] = this.#profile.temperatureK));
    this.#chargeFactor = new Float64Array(0);
    this.#spectraFactor = new Float64Array(0);
  }

  balance(parameters: ArrayLike<number>): ElectrodeBalance {
    return agedBalance(this.#calibration.fresh, lossesOf(parameters));
  }

  #kinetics(parameters: ArrayLike<number>, balance: ElectrodeBalance): CellKinetics | undefined {
    const { kinetics } = this.#calibration;
    if (kinetics === undefined) return undefined;
    return agedKinetics(this.#calibration, kinetics, balance, {
      crackAreaRatio: Math.exp(parameters[CELL_PARAMETER.lnCrackArea]!),
      surfaceLayerRatio: Math.exp(parameters[CELL_PARAMETER.lnSurfaceLayer]!),
      negativeKineticsRatio: Math.exp(parameters[CELL_PARAMETER.lnNegativeKinetics]!),
    });
  }

  /** Residuals before whitening: model less observation, volts of the charge first, then ohms over |Z|. */
  #raw(parameters: Float64Array, into: Float64Array): void {
    const { design, openCircuit, referenceLeftoverV, referenceCurrentA } = this.#calibration;
    const nominal = design.nominalCapacityAh;
    const at = CELL_PARAMETER;
    const balance = this.balance(parameters);
    const aged = this.#kinetics(parameters, balance);
    const course = this.#course;
    const gain = 1 + parameters[at.currentGain]!;
    const offsetA = parameters[at.currentOffset]! * nominal;
    for (let i = 0; i < this.#chargePoints; i++) {
      course.currentA[i] = (this.#record.course.currentA[i]! - offsetA) / gain;
      course.passedAh[i] = (this.#record.course.passedAh[i]! - (offsetA * course.sinceOnS[i]!) / 3600) / gain;
    }
    course.temperatureK = this.#record.course.temperatureK + parameters[at.chargeWarmer]!;
    const startAh = parameters[at.startCharge]! * nominal;
    chargeVoltage(design, openCircuit, balance, startAh, course, aged, into);
    const extraOhm = parameters[at.extraVoltsAt1C]! / nominal;
    for (let i = 0; i < this.#chargePoints; i++) {
      const current = course.currentA[i]!;
      let voltage = into[i]! + extraOhm * current;
      // Without spectra what the fresh charge leaves is all that is known of the overpotential.
      if (aged === undefined)
        voltage +=
          (current / referenceCurrentA) * referenceLeftoverV.at((startAh + course.passedAh[i]!) / balance.negativeAh);
      into[i] = voltage - this.#record.voltageV[i]!;
    }
    let offset = this.#chargePoints;
    if (aged === undefined) return;
    this.#spectra.forEach((spectrum, k) => {
      const chargeAh = parameters[SHARED + 2 * k]! * nominal;
      const observed = this.#observed[k]!;
      modelImpedance(
        aged.at(
          chargeAh / balance.negativeAh,
          (balance.lithiumAh - chargeAh) / balance.positiveAh,
          spectrum.temperatureK + parameters[SHARED + 2 * k + 1]!,
        ),
        this.#frequencies[k]!,
        into,
        offset,
      );
      for (let i = 0; i < observed.length; i += 2) {
        const magnitude = Math.hypot(observed[i]!, observed[i + 1]!);
        into[offset + i] = (into[offset + i]! - observed[i]!) / magnitude;
        into[offset + i + 1] = (into[offset + i + 1]! - observed[i + 1]!) / magnitude;
      }
      offset += observed.length;
    });
  }

  /** Sets the covariances of charge and spectra for residuals near these parameters. */
  weigh(parameters: Float64Array): void {
    const balance = this.balance(parameters);
    const nominal = this.#calibration.design.nominalCapacityAh;
    const startAh = parameters[CELL_PARAMETER.startCharge]! * nominal;
    this.#chargeFactor = choleskyInPlace(
      chargeModelCovariance(this.#calibration, balance, startAh, this.#record, voltageSigmaV(this.#profile)),
      this.#chargePoints,
    );
    this.#spectraFactor = choleskyInPlace(
      spectraCovariance(this.#frequencies, this.#profile.impedanceNoiseFraction, this.#calibration),
      this.#spectrumValues,
    );
  }

  residual = (parameters: Float64Array, into: Float64Array): void => {
    this.#raw(parameters, into);
    whiten(this.#chargeFactor, this.#chargePoints, into, 0);
    whiten(this.#spectraFactor, this.#spectrumValues, into, this.#chargePoints);
    let row = this.#chargePoints + this.#spectrumValues;
    const { design, openCircuit } = this.#calibration;
    const nominal = design.nominalCapacityAh;
    const balance = this.balance(parameters);
    const restV = (chargeAh: number, temperatureK: number): number => {
      const negativeX = chargeAh / balance.negativeAh;
      const positiveX = (balance.lithiumAh - chargeAh) / balance.positiveAh;
      return (
        openCircuit.positive.value(positiveX) -
        openCircuit.negative.value(negativeX) +
        (temperatureK - design.referenceTemperatureK) *
          (openCircuit.positiveEntropy.value(positiveX) - openCircuit.negativeEntropy.value(negativeX))
      );
    };
    const sigmaV = voltageSigmaV(this.#profile);
    if (this.#spectra.length > 0) {
      const window = usableWindow(openCircuit, balance, design.voltageMinV, design.voltageMaxV);
      this.#spectra.forEach((spectrum, k) => {
        const chargeAh = parameters[SHARED + 2 * k]! * nominal;
        const kelvin = spectrum.temperatureK + parameters[SHARED + 2 * k + 1]!;
        into[row++] = (restV(chargeAh, kelvin) - spectrum.restVoltageV) / Math.hypot(sigmaV, REST_MODEL_SIGMA_V);
        into[row++] =
          (window.emptyAh + spectrum.socFraction * window.capacityAh - chargeAh) /
          (this.#profile.socFraction * Math.max(window.capacityAh, 0.05 * nominal));
      });
    }
    const { rest } = this.#record;
    if (rest === undefined) {
      into[row++] = 0;
      into[row++] = 0;
    } else {
      const kelvin = this.#record.course.temperatureK + parameters[CELL_PARAMETER.chargeWarmer]!;
      const averaged = Math.sqrt(rest.sampleCount);
      into[row++] =
        (restV(parameters[CELL_PARAMETER.startCharge]! * nominal, kelvin) - rest.voltageV) /
        Math.hypot(sigmaV / averaged, REST_MODEL_SIGMA_V);
      into[row++] =
        (parameters[CELL_PARAMETER.currentOffset]! - rest.currentA / nominal) /
        (this.#profile.currentNoiseC / averaged);
    }
    for (let j = 0; j < this.parameterCount; j++)
      into[row++] = (parameters[j]! - this.priorMean[j]!) / this.priorSigma[j]!;
  };

  solve(start: Float64Array, maxIterations: number): LeastSquaresFit {
    return leastSquares(this.residual, start, this.residualCount, {
      lower: this.lower,
      upper: this.upper,
      steps: this.steps,
      maxIterations,
      tolerance: 1e-4,
    });
  }

  chargeMisfitV(parameters: Float64Array): number {
    const raw = new Float64Array(this.residualCount);
    this.#raw(parameters, raw);
    let sum = 0;
    for (let i = 0; i < this.#chargePoints; i++) sum += raw[i]! ** 2;
    return Math.sqrt(sum / this.#chargePoints);
  }

  /** A whole start from losses and a charge at the beginning, by the charge levels that the vehicle believes. */
  startFrom(losses: { lli: number; lamPe: number; lamNe: number; startAh: number }, kinetic: number[]): Float64Array {
    const at = CELL_PARAMETER;
    const { design, openCircuit } = this.#calibration;
    const start = Float64Array.from(this.priorMean);
    start[at.lli] = losses.lli;
    start[at.lamPe] = losses.lamPe;
    start[at.lamNe] = losses.lamNe;
    start[at.startCharge] = losses.startAh / design.nominalCapacityAh;
    start[at.currentOffset] = (this.#record.rest?.currentA ?? 0) / design.nominalCapacityAh;
    start[at.lnCrackArea] = kinetic[0]!;
    start[at.lnSurfaceLayer] = kinetic[1]!;
    const window = usableWindow(openCircuit, this.balance(start), design.voltageMinV, design.voltageMaxV);
    this.#spectra.forEach((spectrum, k) => {
      start[SHARED + 2 * k] = (window.emptyAh + spectrum.socFraction * window.capacityAh) / design.nominalCapacityAh;
    });
    return start;
  }
}

/** What an open-circuit table itself may be wrong by, V. */
const REST_MODEL_SIGMA_V = 2e-4;

/**
 * Fits one cell's state to its charge and spectra together.
 *
 * Starts: the best few of a grid of losses scored on the charge, each solved on thinned spectra; the best is solved in full
 * with covariances taken at its own state.
 * @throws EstimatorError `FIT_FAILED` when no start leads to a finite, well-determined optimum.
 */
export function fitCell(calibration: DesignCalibration, measurement: Measurement, record: ChargeRecord): CellFit {
  const starts = initialLosses(calibration, record);
  const thinned = new CellProblem(calibration, measurement, record, 4);
  let best: LeastSquaresFit | undefined;
  for (const losses of starts) {
    for (const kinetic of [
      [0.2, 0.3],
      [0.7, 0.9],
    ]) {
      const start = thinned.startFrom(losses, kinetic);
      thinned.weigh(start);
      const fit = thinned.solve(start, 12);
      if (best === undefined || fit.cost < best.cost) best = fit;
      if (calibration.kinetics === undefined || measurement.impedance.length === 0) break;
    }
  }
  if (best === undefined || !Number.isFinite(best.cost)) {
    throw new EstimatorError({ code: 'FIT_FAILED', message: 'no state of the model explains the charge' });
  }
  const problem = new CellProblem(calibration, measurement, record, 1);
  problem.weigh(best.parameters);
  best = problem.solve(best.parameters, 10);
  problem.weigh(best.parameters);
  best = problem.solve(best.parameters, MAX_ITERATIONS);
  const n = problem.parameterCount;
  const jacobian = differenceJacobian(problem.residual, best.parameters, best.residuals, problem);
  const covariance = invert(normalMatrix(jacobian, n).to1DArray(), n);
  const { design, openCircuit } = calibration;
  return {
    parameters: best.parameters,
    covariance,
    reducedChiSquare: best.cost / Math.max(1, problem.residualCount - n),
    window: usableWindow(openCircuit, problem.balance(best.parameters), design.voltageMinV, design.voltageMaxV),
    chargeMisfitV: problem.chargeMisfitV(best.parameters),
    cost: best.cost,
  };
}

/** Inverse of a symmetric positive definite matrix, by its Cholesky factor. */
function invert(matrix: number[], n: number): Float64Array {
  // Scaled to a unit diagonal first: the parameters span many orders of magnitude.
  const scale = Float64Array.from({ length: n }, (_, j) => 1 / Math.sqrt(matrix[j * n + j]!));
  const factor = Float64Array.from(matrix, (value, index) => value * scale[Math.floor(index / n)]! * scale[index % n]!);
  try {
    choleskyInPlace(factor, n);
  } catch (cause) {
    throw new EstimatorError({ code: 'FIT_FAILED', message: 'the optimum is not determined', cause });
  }
  const inverse = new Float64Array(n * n);
  const column = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    column.fill(0);
    column[j] = 1;
    whiten(factor, n, column, 0);
    for (let i = n - 1; i >= 0; i--) {
      let sum = column[i]!;
      for (let k = i + 1; k < n; k++) sum -= factor[k * n + i]! * column[k]!;
      column[i] = sum / factor[i * n + i]!;
    }
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i]! * scale[i]! * scale[j]!;
  }
  return inverse;
}
