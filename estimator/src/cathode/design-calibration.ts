import type { DesignFile } from '@battery-passport/schemas';
import { chargeVoltage, type ChargeCourse, type CellKinetics } from './charge-model.js';
import type { ElectrodeBalance } from './electrode-balance.js';
import type { CellImpedanceState } from './impedance-model.js';
import {
  emptyImpedanceState,
  fillImpedanceState,
  IMPEDANCE_PARAMETER,
  logDiffusionTime,
  type ElectrodeCondition,
} from './impedance-parameters.js';
import { leastSquares } from './least-squares.js';
import { openCircuitOf, type OpenCircuit } from './open-circuit.js';
import { fitReferenceSpectra, freshStoichiometries, type ReferenceMode } from './reference-fit.js';
import { UniformTable } from './uniform-table.js';

/** Everything about a design that every cell of it shares. */
export interface DesignCalibration {
  design: DesignFile;
  openCircuit: OpenCircuit;
  fresh: ElectrodeBalance;
  /** The fresh impedance, absent when the design has no reference spectra. */
  kinetics: FreshKinetics | undefined;
  /** What the model leaves of the reference charge, V, over the negative electrode's stoichiometry. */
  referenceLeftoverV: UniformTable;
  /** Current of the reference charge, A. */
  referenceCurrentA: number;
}

/** The fresh cell's impedance parameters and its diffusion times beyond the spectra's charge levels. */
export interface FreshKinetics {
  mode: ReferenceMode;
  negative: Pick<ElectrodeCondition, 'timeRange' | 'timeCorrection' | 'activationEnergyJPerMol'>;
  positive: Pick<ElectrodeCondition, 'timeRange' | 'timeCorrection' | 'activationEnergyJPerMol'>;
  /** One over the diffusion times at the reference temperature, 1/s, over stoichiometry. */
  inverseTime: CellKinetics['inverseTime'];
}

/** How the kinetics of a cell have changed, ratios to the fresh cell. */
export interface KineticChange {
  /** Area of the positive particles per active material. */
  crackAreaRatio: number;
  /** Charge-transfer resistance of the positive electrode per true area. */
  surfaceLayerRatio: number;
  /** Exchange current of the negative electrode per area. */
  negativeKineticsRatio: number;
}

/** No change at all. */
export const FRESH_KINETICS: KineticChange = { crackAreaRatio: 1, surfaceLayerRatio: 1, negativeKineticsRatio: 1 };

/**
 * The lumped kinetics of an aged cell, as a function of its stoichiometries and temperature.
 *
 * R_ct of the positive electrode scales as S / [A (1 − LAM)], its double layer as A (1 − LAM); of the negative as
 * 1 / [k (1 − LAM)] and (1 − LAM); diffusion as dU/dx over the capacity left. The returned state is one object, refilled.
 */
export function agedKinetics(
  calibration: DesignCalibration,
  kinetics: FreshKinetics,
  balance: ElectrodeBalance,
  change: KineticChange,
): CellKinetics {
  const { design, openCircuit, fresh } = calibration;
  const state = emptyImpedanceState();
  const negativeLeft = balance.negativeAh / fresh.negativeAh;
  const positiveLeft = balance.positiveAh / fresh.positiveAh;
  const negative: ElectrodeCondition = {
    ...kinetics.negative,
    stoichiometry: 0,
    potentialPerCoulomb: 0,
    transferRatio: 1 / (change.negativeKineticsRatio * negativeLeft),
    doubleLayerRatio: negativeLeft,
  };
  const positive: ElectrodeCondition = {
    ...kinetics.positive,
    stoichiometry: 0,
    potentialPerCoulomb: 0,
    transferRatio: change.surfaceLayerRatio / (change.crackAreaRatio * positiveLeft),
    doubleLayerRatio: change.crackAreaRatio * positiveLeft,
  };
  const at = (negativeX: number, positiveX: number, temperatureK: number): CellImpedanceState => {
    negative.stoichiometry = negativeX;
    negative.potentialPerCoulomb = -openCircuit.negative.slope(negativeX) / (3600 * balance.negativeAh);
    positive.stoichiometry = positiveX;
    positive.potentialPerCoulomb = -openCircuit.positive.slope(positiveX) / (3600 * balance.positiveAh);
    fillImpedanceState(state, kinetics.mode.parameters, negative, positive, temperatureK, design.referenceTemperatureK);
    return state;
  };
  const { inverseTime } = kinetics;
  return {
    at,
    inverseTime,
    inverseTimeFactor: (side, temperatureK) =>
      Math.exp(
        -1000 *
          kinetics.mode.parameters[IMPEDANCE_PARAMETER[`${side}TimeActivation`]] *
          (1 / temperatureK - 1 / design.referenceTemperatureK),
      ),
  };
}

const TIME_TABLE_POINTS = 256;

/** Tables of one over the diffusion times, from the spectra's parabola and the reference charge's knots. */
function tabulateInverseTimes(kinetics: Omit<FreshKinetics, 'inverseTime'>): FreshKinetics['inverseTime'] {
  const table = (side: 'negative' | 'positive'): UniformTable =>
    new UniformTable(
      0,
      1,
      Float64Array.from({ length: TIME_TABLE_POINTS + 1 }, (_, k) =>
        Math.exp(
          -logDiffusionTime(
            kinetics.mode.parameters,
            IMPEDANCE_PARAMETER[`${side}Time0`],
            k / TIME_TABLE_POINTS,
            kinetics[side],
          ),
        ),
      ),
    );
  return { negative: table('negative'), positive: table('positive') };
}

const KNOTS = 26;
const LEFTOVER_KNOTS = 60;
/** Largest number of points of the reference charge that the diffusion knots are fitted to. */
const REFERENCE_POINTS = 250;
/** After switching on, salt and reaction still move into place, which the model takes as settled. */
const SETTLING_S = 300;
const KNOT_SIGMA_V = 3e-4;
const KNOT_PRIOR_SIGMA = 0.5;
const KNOT_ROUGHNESS_SIGMA = 0.4;
/** How well a spectrum fixes the diffusion time at its own stoichiometry, and how far that reaches. */
const KNOT_ANCHOR_SIGMA = 0.1;
const KNOT_ANCHOR_REACH = 0.02;

function referenceCourse(design: DesignFile): { course: ChargeCourse; voltageV: Float64Array } {
  const { elapsedS, currentA, voltageV, temperatureK } = design.referenceCharge;
  const passed = new Float64Array(elapsedS.length);
  for (let i = 1; i < passed.length; i++)
    passed[i] = passed[i - 1] + ((currentA[i] + currentA[i - 1]) / 2) * ((elapsedS[i] - elapsedS[i - 1]) / 3600);
  const stride = Math.max(1, Math.ceil(elapsedS.length / REFERENCE_POINTS));
  const picked = elapsedS.map((_, i) => i).filter((i) => i % stride === 0 && elapsedS[i] - elapsedS[0] >= SETTLING_S);
  return {
    course: {
      passedAh: Float64Array.from(picked, (i) => passed[i]),
      currentA: Float64Array.from(picked, (i) => currentA[i]),
      sinceOnS: Float64Array.from(picked, (i) => elapsedS[i] - elapsedS[0]),
      temperatureK,
    },
    voltageV: Float64Array.from(picked, (i) => voltageV[i]),
  };
}

function knotRange(ends: readonly [number, number]): readonly [number, number] {
  return [Math.max(0, Math.min(...ends)), Math.min(1, Math.max(...ends))];
}

/** Fits the diffusion times between and beyond the spectra's charge levels to the reference charge. */
function fitDiffusionKnots(
  calibration: DesignCalibration,
  kinetics: FreshKinetics,
  course: ChargeCourse,
  voltageV: Float64Array,
): void {
  const { design, openCircuit, fresh } = calibration;
  const points = voltageV.length;
  const tables = [kinetics.negative.timeCorrection!, kinetics.positive.timeCorrection!] as const;
  const anchors = tables.map((table, side) =>
    Float64Array.from({ length: KNOTS }, (_, k) => {
      const x = table.from + (k / (KNOTS - 1)) * (table.to - table.from);
      let precision = 1 / KNOT_PRIOR_SIGMA ** 2;
      for (const spectrum of design.referenceImpedance) {
        const at = freshStoichiometries(design, spectrum.socFraction);
        const away = (x - (side === 0 ? at.negativeX : at.positiveX)) / KNOT_ANCHOR_REACH;
        precision += Math.exp((-away * away) / 2) / KNOT_ANCHOR_SIGMA ** 2;
      }
      return Math.sqrt(precision);
    }),
  );
  const start = fresh.negativeAh * design.fresh.anodeStoichiometryAt0;
  const count = points + 2 * KNOTS + 2 * (KNOTS - 2);
  const residual = (parameters: Float64Array, into: Float64Array): void => {
    tables.forEach((table, side) => table.values.set(parameters.subarray(side * KNOTS, (side + 1) * KNOTS)));
    kinetics.inverseTime = tabulateInverseTimes(kinetics);
    const aged = agedKinetics(calibration, kinetics, fresh, FRESH_KINETICS);
    chargeVoltage(design, openCircuit, fresh, start, course, aged, into);
    for (let i = 0; i < points; i++) into[i] = (into[i] - voltageV[i]) / KNOT_SIGMA_V;
    let at = points;
    for (let side = 0; side < 2; side++) {
      const first = side * KNOTS;
      for (let k = 0; k < KNOTS; k++) into[at++] = parameters[first + k] * anchors[side][k];
      for (let k = 1; k < KNOTS - 1; k++)
        into[at++] =
          (parameters[first + k - 1] - 2 * parameters[first + k] + parameters[first + k + 1]) / KNOT_ROUGHNESS_SIGMA;
    }
  };
  const fit = leastSquares(residual, new Float64Array(2 * KNOTS), count, {
    lower: new Float64Array(2 * KNOTS).fill(-4),
    upper: new Float64Array(2 * KNOTS).fill(4),
    steps: new Float64Array(2 * KNOTS).fill(1e-3),
    maxIterations: 15,
    tolerance: 1e-3,
  });
  tables.forEach((table, side) => table.values.set(fit.parameters.subarray(side * KNOTS, (side + 1) * KNOTS)));
  kinetics.inverseTime = tabulateInverseTimes(kinetics);
}

/** What is left of the reference charge, averaged between knots. */
function leftover(design: DesignFile, course: ChargeCourse, residualV: Float64Array): UniformTable {
  const low = design.fresh.anodeStoichiometryAt0;
  const high = design.fresh.anodeStoichiometryAt100;
  const sums = new Float64Array(LEFTOVER_KNOTS);
  const weights = new Float64Array(LEFTOVER_KNOTS);
  for (let i = 0; i < residualV.length; i++) {
    const x = low + course.passedAh[i] / design.fresh.anodeCapacityAh;
    const k = Math.min(LEFTOVER_KNOTS - 1, Math.max(0, Math.round(((x - low) / (high - low)) * (LEFTOVER_KNOTS - 1))));
    sums[k] += residualV[i];
    weights[k]++;
  }
  let last = 0;
  for (let k = 0; k < LEFTOVER_KNOTS; k++) {
    if (weights[k] > 0) last = sums[k] / weights[k];
    sums[k] = last;
  }
  return new UniformTable(low, high, sums);
}

/**
 * Reads a design once for all its cells: splines, the fresh impedance from the reference spectra, and the diffusion times
 * from the reference charge. Takes about a second with spectra.
 */
export function calibrateDesign(design: DesignFile): DesignCalibration {
  const openCircuit = openCircuitOf(design);
  const fresh: ElectrodeBalance = {
    positiveAh: design.fresh.cathodeCapacityAh,
    negativeAh: design.fresh.anodeCapacityAh,
    lithiumAh: design.fresh.lithiumInventoryAh,
  };
  const { course, voltageV } = referenceCourse(design);
  const calibration: DesignCalibration = {
    design,
    openCircuit,
    fresh,
    kinetics: undefined,
    referenceLeftoverV: new UniformTable(0, 1, new Float64Array(2)),
    referenceCurrentA: course.currentA.reduce((sum, value) => sum + value, 0) / Math.max(1, course.currentA.length),
  };
  const mode = fitReferenceSpectra(design, openCircuit, 2).at(0);
  if (mode !== undefined) {
    const levels = design.referenceImpedance.map((spectrum) => freshStoichiometries(design, spectrum.socFraction));
    const spread = (values: number[]): readonly [number, number] => [Math.min(...values), Math.max(...values)];
    const knots = (ends: readonly [number, number]): UniformTable => {
      const [from, to] = knotRange(ends);
      return new UniformTable(from, to, new Float64Array(KNOTS));
    };
    const shapes = {
      mode,
      negative: {
        timeRange: spread(levels.map((level) => level.negativeX)),
        timeCorrection: knots([design.fresh.anodeStoichiometryAt0, design.fresh.anodeStoichiometryAt100]),
        activationEnergyJPerMol: design.kinetics.anodeActivationEnergyJPerMol,
      },
      positive: {
        timeRange: spread(levels.map((level) => level.positiveX)),
        timeCorrection: knots([design.fresh.cathodeStoichiometryAt100, design.fresh.cathodeStoichiometryAt0]),
        activationEnergyJPerMol: design.kinetics.cathodeActivationEnergyJPerMol,
      },
    };
    calibration.kinetics = { ...shapes, inverseTime: tabulateInverseTimes(shapes) };
    fitDiffusionKnots(calibration, calibration.kinetics, course, voltageV);
  }
  const aged = calibration.kinetics && agedKinetics(calibration, calibration.kinetics, fresh, FRESH_KINETICS);
  const residualV = new Float64Array(voltageV.length);
  chargeVoltage(
    design,
    openCircuit,
    fresh,
    fresh.negativeAh * design.fresh.anodeStoichiometryAt0,
    course,
    aged,
    residualV,
  );
  for (let i = 0; i < residualV.length; i++) residualV[i] = voltageV[i] - residualV[i];
  calibration.referenceLeftoverV = leftover(design, course, residualV);
  return calibration;
}
