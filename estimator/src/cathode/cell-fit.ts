import type { Measurement } from '@battery-passport/schemas';
import { EstimatorError } from '../estimator-error.js';
import { thinCharge, type ChargeRecord } from './charge-record.js';
import { chargeVoltage, type CellKinetics } from './charge-model.js';
import { choleskyInPlace, whiten } from './covariance.js';
import { agedKinetics, type DesignCalibration } from './design-calibration.js';
import { agedBalance, usableWindow, type ElectrodeBalance, type UsableWindow } from './electrode-balance.js';
import { modelImpedance } from './impedance-model.js';
import { initialLosses, type InitialLosses } from './initial-losses.js';
import { differenceJacobian, leastSquares, normalMatrix, type LeastSquaresFit } from './least-squares.js';
import { chargeModelCovariance, spectrumCovariance } from './model-error.js';
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
  ['lnCrackArea', 0.3, 0.8, -0.5, 3, 1e-4],
  ['lnSurfaceLayer', 0.3, 0.9, -0.5, 4, 1e-4],
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
/** The shared parameters that spectra depend on; the others belong to the charge's sensors. */
const STATE_PARAMETERS = new Set<number>(
  (['lli', 'lamPe', 'lamNe', 'lnCrackArea', 'lnSurfaceLayer', 'lnNegativeKinetics'] as const).map(
    (name) => CELL_PARAMETER[name],
  ),
);

/** Ohmic voltage at the one-hour current that ageing may add beside the model, V: small when spectra are there to tell. */
const EXTRA_VOLTS_SIGMA = { withSpectra: 0.002, without: 0.05 } as const;
/** Grid of starts of ln A, ln S and ln k, scored before anything is solved. */
const LN_AREA_GRID = [0.05, 0.4, 0.75, 1.1];
const LN_LAYER_GRID = [0.05, 0.4, 0.8, 1.2, 1.6];
const LN_NEGATIVE_GRID = [-0.4, -0.1];
/** How many points of the grid are solved, for the best losses and for the others. */
const KINETIC_STARTS = [2, 1, 1, 1, 1];
/** Only every so many points of the charge and of the spectra take part in the search. */
const SCREENING_STRIDE = { charge: 3, spectrum: 4 } as const;
/** What an open-circuit table itself may be wrong by, V. */
const REST_MODEL_SIGMA_V = 2e-4;
/** The same during the search: at the steep end of a table a voltage at rest is a wall that no step crosses. */
const SCREENING_REST_SIGMA_V = 0.015;
const SAME_VALLEY = 0.3;
const REFINED_CANDIDATES = 3;
/** A valley whose score is worse than the best by this is e⁻⁶ as likely and left out. */
const RIVAL_SCORE = 12;
const MAX_VALLEYS = 3;
const SCREENING_ITERATIONS = 20;
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
  /** −2 ln posterior density at the optimum, but for a constant that all fits of a cell share. */
  score: number;
}

/** Losses held by a parameter vector. */
export function lossesOf(parameters: ArrayLike<number>): { lli: number; lamPe: number; lamNe: number } {
  return {
    lli: parameters[CELL_PARAMETER.lli],
    lamPe: parameters[CELL_PARAMETER.lamPe],
    lamNe: parameters[CELL_PARAMETER.lamNe],
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
  /** Real parts, then imaginary parts, of each spectrum, ohm. */
  readonly #observed: Float64Array[];
  readonly #modelOhm: Float64Array;
  readonly #profile;
  readonly #restSigmaV: number;
  readonly #course;
  readonly #chargePoints: number;
  readonly #spectrumValues: number;
  #chargeFactor: Float64Array;
  #spectrumFactors: Float64Array[] = [];

  constructor(
    calibration: DesignCalibration,
    measurement: Measurement,
    record: ChargeRecord,
    stride: number,
    restSigmaV: number,
  ) {
    this.#restSigmaV = restSigmaV;
    this.#calibration = calibration;
    this.#record = record;
    this.#spectra = calibration.kinetics === undefined ? [] : measurement.impedance;
    this.#profile = SENSOR_PROFILE_SIGMAS[measurement.sensorProfile];
    const pick = (series: number[]): Float64Array => Float64Array.from(series.filter((_, i) => i % stride === 0));
    this.#frequencies = this.#spectra.map((spectrum) => pick(spectrum.frequencyHz));
    this.#observed = this.#spectra.map((spectrum) => {
      const real = pick(spectrum.realOhm);
      const imag = pick(spectrum.imagOhm);
      return Float64Array.from([...real, ...imag]);
    });
    this.#modelOhm = new Float64Array(Math.max(0, ...this.#observed.map((values) => values.length)));
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
          ][index - 1],
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
  }

  get hasSpectra(): boolean {
    return this.#spectra.length > 0;
  }

  balance(parameters: ArrayLike<number>): ElectrodeBalance {
    return agedBalance(this.#calibration.fresh, lossesOf(parameters));
  }

  #kinetics(parameters: ArrayLike<number>, balance: ElectrodeBalance): CellKinetics | undefined {
    const { kinetics } = this.#calibration;
    if (kinetics === undefined) return undefined;
    return agedKinetics(this.#calibration, kinetics, balance, {
      crackAreaRatio: Math.exp(parameters[CELL_PARAMETER.lnCrackArea]),
      surfaceLayerRatio: Math.exp(parameters[CELL_PARAMETER.lnSurfaceLayer]),
      negativeKineticsRatio: Math.exp(parameters[CELL_PARAMETER.lnNegativeKinetics]),
    });
  }

  /** Residuals before whitening: model less observation, volts of the charge first, then ohms over |Z|, real parts before imaginary ones. */
  #raw(parameters: Float64Array, into: Float64Array, changed?: number): void {
    const balance = this.balance(parameters);
    const aged = this.#kinetics(parameters, balance);
    if (this.#movesCharge(changed)) this.#rawCharge(parameters, balance, aged, into);
    if (aged !== undefined) this.#rawSpectra(parameters, balance, aged, into, changed);
  }

  /** Whether a change of one parameter moves the charge's rows. */
  #movesCharge(changed: number | undefined): boolean {
    return changed === undefined || changed < SHARED;
  }

  /** Whether a change of one parameter moves a spectrum's rows. */
  #movesSpectrum(changed: number | undefined, k: number): boolean {
    return (
      changed === undefined ||
      STATE_PARAMETERS.has(changed) ||
      changed === SHARED + 2 * k ||
      changed === SHARED + 2 * k + 1
    );
  }

  #rawCharge(
    parameters: Float64Array,
    balance: ElectrodeBalance,
    aged: CellKinetics | undefined,
    into: Float64Array,
  ): void {
    const { design, openCircuit, referenceLeftoverV, referenceCurrentA } = this.#calibration;
    const nominal = design.nominalCapacityAh;
    const at = CELL_PARAMETER;
    const course = this.#course;
    const gain = 1 + parameters[at.currentGain];
    const offsetA = parameters[at.currentOffset] * nominal;
    for (let i = 0; i < this.#chargePoints; i++) {
      course.currentA[i] = (this.#record.course.currentA[i] - offsetA) / gain;
      course.passedAh[i] = (this.#record.course.passedAh[i] - (offsetA * course.sinceOnS[i]) / 3600) / gain;
    }
    course.temperatureK = this.#record.course.temperatureK + parameters[at.chargeWarmer];
    const startAh = parameters[at.startCharge] * nominal;
    chargeVoltage(design, openCircuit, balance, startAh, course, aged, into);
    const extraOhm = parameters[at.extraVoltsAt1C] / nominal;
    for (let i = 0; i < this.#chargePoints; i++) {
      const current = course.currentA[i];
      let voltage = into[i] + extraOhm * current;
      // Without spectra what the fresh charge leaves is all that is known of the overpotential.
      if (aged === undefined)
        voltage +=
          (current / referenceCurrentA) * referenceLeftoverV.at((startAh + course.passedAh[i]) / balance.negativeAh);
      into[i] = voltage - this.#record.voltageV[i];
    }
  }

  #rawSpectra(
    parameters: Float64Array,
    balance: ElectrodeBalance,
    aged: CellKinetics,
    into: Float64Array,
    changed: number | undefined,
  ): void {
    const nominal = this.#calibration.design.nominalCapacityAh;
    let offset = this.#chargePoints;
    this.#spectra.forEach((spectrum, k) => {
      const observed = this.#observed[k];
      if (!this.#movesSpectrum(changed, k)) {
        offset += observed.length;
        return;
      }
      const chargeAh = parameters[SHARED + 2 * k] * nominal;
      modelImpedance(
        aged.at(
          chargeAh / balance.negativeAh,
          (balance.lithiumAh - chargeAh) / balance.positiveAh,
          spectrum.temperatureK + parameters[SHARED + 2 * k + 1],
        ),
        this.#frequencies[k],
        this.#modelOhm,
      );
      const points = observed.length / 2;
      for (let i = 0; i < points; i++) {
        const magnitude = Math.hypot(observed[i], observed[points + i]);
        into[offset + i] = (this.#modelOhm[2 * i] - observed[i]) / magnitude;
        into[offset + points + i] = (this.#modelOhm[2 * i + 1] - observed[points + i]) / magnitude;
      }
      offset += observed.length;
    });
  }

  /** Sets the covariances of charge and spectra for residuals near these parameters. */
  weigh(parameters: Float64Array): void {
    const balance = this.balance(parameters);
    const nominal = this.#calibration.design.nominalCapacityAh;
    const startAh = parameters[CELL_PARAMETER.startCharge] * nominal;
    this.#chargeFactor = choleskyInPlace(
      chargeModelCovariance(this.#calibration, balance, startAh, this.#record, voltageSigmaV(this.#profile)),
      this.#chargePoints,
    );
    this.#spectrumFactors = this.#frequencies.map((frequencyHz) =>
      choleskyInPlace(
        spectrumCovariance(frequencyHz, this.#profile.impedanceNoiseFraction, this.#calibration),
        frequencyHz.length,
      ),
    );
  }

  /** Logarithm of the determinant of all covariances: what a looser weighting costs when two fits are compared. */
  logDeterminant(): number {
    let sum = 0;
    for (let i = 0; i < this.#chargePoints; i++) sum += Math.log(this.#chargeFactor[i * (this.#chargePoints + 1)]);
    return 2 * sum;
  }

  residual = (parameters: Float64Array, into: Float64Array, changed?: number): void => {
    this.#raw(parameters, into, changed);
    if (this.#movesCharge(changed)) whiten(this.#chargeFactor, this.#chargePoints, into, 0);
    let row = this.#chargePoints;
    this.#frequencies.forEach(({ length }, k) => {
      if (this.#movesSpectrum(changed, k)) {
        whiten(this.#spectrumFactors[k], length, into, row);
        whiten(this.#spectrumFactors[k], length, into, row + length);
      }
      row += 2 * length;
    });
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
        const chargeAh = parameters[SHARED + 2 * k] * nominal;
        const kelvin = spectrum.temperatureK + parameters[SHARED + 2 * k + 1];
        into[row++] = (restV(chargeAh, kelvin) - spectrum.restVoltageV) / Math.hypot(sigmaV, this.#restSigmaV);
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
      const kelvin = this.#record.course.temperatureK + parameters[CELL_PARAMETER.chargeWarmer];
      const averaged = Math.sqrt(rest.sampleCount);
      into[row++] =
        (restV(parameters[CELL_PARAMETER.startCharge] * nominal, kelvin) - rest.voltageV) /
        Math.hypot(sigmaV / averaged, this.#restSigmaV);
      into[row++] =
        (parameters[CELL_PARAMETER.currentOffset] - rest.currentA / nominal) / (this.#profile.currentNoiseC / averaged);
    }
    for (let j = 0; j < this.parameterCount; j++)
      into[row++] = (parameters[j] - this.priorMean[j]) / this.priorSigma[j];
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
    for (let i = 0; i < this.#chargePoints; i++) sum += raw[i] ** 2;
    return Math.sqrt(sum / this.#chargePoints);
  }

  /** A whole start from losses and a charge at the beginning, by the charge levels that the vehicle believes. */
  startFrom(
    losses: { lli: number; lamPe: number; lamNe: number; startAh: number },
    kinetic: readonly number[],
  ): Float64Array {
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
    start[at.lnNegativeKinetics] = kinetic[2]!;
    const window = usableWindow(openCircuit, this.balance(start), design.voltageMinV, design.voltageMaxV);
    this.#spectra.forEach((spectrum, k) => {
      start[SHARED + 2 * k] = (window.emptyAh + spectrum.socFraction * window.capacityAh) / design.nominalCapacityAh;
    });
    return start;
  }
}

/**
 * Fits one cell's state to its charge and spectra together.
 *
 * Starts: the best few of a grid of losses scored on the charge, each solved on thinned data; the best, and rivals nearly as
 * good in other valleys, are solved in full with covariances taken at their own state.
 * @returns One fit a valley, best first.
 * @throws EstimatorError `FIT_FAILED` when no start leads to a finite, well-determined optimum.
 */
export function fitCell(calibration: DesignCalibration, measurement: Measurement, record: ChargeRecord): CellFit[] {
  const starts = initialLosses(calibration, record);
  const thinned = new CellProblem(
    calibration,
    measurement,
    thinCharge(record, SCREENING_STRIDE.charge),
    SCREENING_STRIDE.spectrum,
    SCREENING_REST_SIGMA_V,
  );
  const candidates: Candidate[] = [];
  const solveOn = (problem: CellProblem, start: Float64Array, iterations: number): Candidate => {
    problem.weigh(start);
    const fit = problem.solve(start, iterations);
    return { fit, score: fit.cost + problem.logDeterminant() };
  };
  starts.forEach((losses, i) => {
    for (const kinetic of kineticStarts(thinned, losses, thinned.hasSpectra ? KINETIC_STARTS[i] : 1))
      candidates.push(solveOn(thinned, thinned.startFrom(losses, kinetic), SCREENING_ITERATIONS));
  });
  const rank = (a: Candidate, b: Candidate): number => a.score - b.score;
  const refined = distinct(candidates.filter(({ score }) => Number.isFinite(score)).sort(rank))
    .slice(0, REFINED_CANDIDATES)
    .map(({ fit }) => solveOn(thinned, fit.parameters, SCREENING_ITERATIONS))
    .sort(rank);
  const best = refined.at(0);
  if (best === undefined) {
    throw new EstimatorError({ code: 'FIT_FAILED', message: 'no state of the model explains the charge' });
  }
  // The positive electrode's arc can stand on either side of the negative's: a fit on the wrong side sits in a valley of its
  // own, so the surface layer is moved away and everything solved again.
  for (const layer of thinned.hasSpectra ? LN_LAYER_GRID : []) {
    if (Math.abs(layer - best.fit.parameters[CELL_PARAMETER.lnSurfaceLayer]) < SAME_VALLEY) continue;
    const start = Float64Array.from(best.fit.parameters);
    start[CELL_PARAMETER.lnSurfaceLayer] = layer;
    refined.push(solveOn(thinned, start, SCREENING_ITERATIONS));
  }
  refined.sort(rank);
  const problem = new CellProblem(calibration, measurement, record, 1, REST_MODEL_SIGMA_V);
  const solved = distinct(refined)
    .filter(({ score }, i) => i === 0 || score - refined[0].score < RIVAL_SCORE)
    .slice(0, MAX_VALLEYS)
    .map((candidate) => {
      const { fit } = solveOn(problem, candidate.fit.parameters, SCREENING_ITERATIONS);
      return solveOn(problem, fit.parameters, MAX_ITERATIONS);
    })
    .sort(rank);
  const n = problem.parameterCount;
  const { design, openCircuit } = calibration;
  return distinct(solved)
    .filter(({ score }) => score - solved[0].score < RIVAL_SCORE)
    .map(({ fit, score }) => {
      const jacobian = differenceJacobian(problem.residual, fit.parameters, fit.residuals, problem);
      return {
        parameters: fit.parameters,
        covariance: invert(normalMatrix(jacobian, n).to1DArray(), n),
        reducedChiSquare: fit.cost / Math.max(1, problem.residualCount - n),
        window: usableWindow(openCircuit, problem.balance(fit.parameters), design.voltageMinV, design.voltageMaxV),
        chargeMisfitV: problem.chargeMisfitV(fit.parameters),
        score,
      };
    });
}

/** The best points of a grid of kinetic changes, scored on everything at once. */
function kineticStarts(problem: CellProblem, losses: InitialLosses, count: number): (readonly number[])[] {
  const scored: { kinetic: readonly number[]; score: number }[] = [];
  const residuals = new Float64Array(problem.residualCount);
  for (const area of LN_AREA_GRID)
    for (const layer of LN_LAYER_GRID)
      for (const negative of LN_NEGATIVE_GRID) {
        const kinetic = [area, layer, negative];
        const start = problem.startFrom(losses, kinetic);
        if (scored.length === 0) problem.weigh(start);
        problem.residual(start, residuals);
        scored.push({ kinetic, score: residuals.reduce((sum, value) => sum + value * value, 0) });
      }
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, count).map(({ kinetic }) => kinetic);
}

interface Candidate {
  fit: LeastSquaresFit;
  /** −2 ln likelihood, but for a constant. */
  score: number;
}

/** Leaves out fits that ended where a better one did. */
function distinct(ranked: Candidate[]): Candidate[] {
  const kept: Candidate[] = [];
  for (const candidate of ranked) {
    const { lamPe, lnCrackArea, lnSurfaceLayer } = CELL_PARAMETER;
    const near = (a: Float64Array, b: Float64Array, parameter: number, reach: number): boolean =>
      Math.abs(a[parameter] - b[parameter]) < reach;
    const known = kept.some(
      ({ fit: { parameters } }) =>
        near(parameters, candidate.fit.parameters, lamPe, 0.03) &&
        near(parameters, candidate.fit.parameters, lnCrackArea, 0.15) &&
        near(parameters, candidate.fit.parameters, lnSurfaceLayer, SAME_VALLEY),
    );
    if (!known) kept.push(candidate);
  }
  return kept;
}

/** Inverse of a symmetric positive definite matrix, by its Cholesky factor. */
function invert(matrix: number[], n: number): Float64Array {
  // Scaled to a unit diagonal first: the parameters span many orders of magnitude.
  const scale = Float64Array.from({ length: n }, (_, j) => 1 / Math.sqrt(matrix[j * n + j]));
  const factor = Float64Array.from(matrix, (value, index) => value * scale[Math.floor(index / n)] * scale[index % n]);
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
      let sum = column[i];
      for (let k = i + 1; k < n; k++) sum -= factor[k * n + i] * column[k];
      column[i] = sum / factor[i * n + i];
    }
    for (let i = 0; i < n; i++) inverse[i * n + j] = column[i] * scale[i] * scale[j];
  }
  return inverse;
}
