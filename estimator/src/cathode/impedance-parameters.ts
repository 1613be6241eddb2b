import type { CellImpedanceState, ElectrodeImpedanceState } from './impedance-model.js';
import type { UniformTable } from './uniform-table.js';

/** Gas constant, J/(mol K), CODATA 2018. */
export const GAS_CONSTANT_J_PER_MOL_K = 8.314462618;
/** Faraday's constant, C/mol, CODATA 2018. */
export const FARADAY_C_PER_MOL = 96485.33212;

/**
 * The numbers that describe a fresh design's impedance, in the order of its parameter vector, each with its prior (mean,
 * sigma). Resistances, capacities and times are logarithms; an `undefined` mean is set from the reference spectra.
 *
 * `Exponent` is the exchange current's power in x(1 − x): one half in most sets, not in all. `Time0..2` are a parabola of the
 * logarithm of the diffusion time over stoichiometry − ½. The regions' electrolyte is one, so resistances stand relative to the
 * negative electrode's, and a salt time is its resistance's ratio times that of the pore volumes (`…PoresOverNegative`). `…Activation` are in 1000 K (one is 8.3 kJ/mol); `…Curvature` in
 * (1000 K)², since an electrolyte need not follow Arrhenius.
 */
const LAYOUT = [
  ['negativeTransfer', undefined, 2],
  ['negativeExponent', 0.5, 0.1],
  ['negativeDoubleLayer', undefined, 1.5],
  ['negativeTime0', undefined, 2.5],
  ['negativeTime1', 0, 3],
  ['negativeTime2', 0, 15],
  ['negativeTimeActivation', 2, 3],
  ['positiveTransfer', undefined, 2],
  ['positiveExponent', 0.5, 0.1],
  ['positiveDoubleLayer', undefined, 1.5],
  ['positiveTime0', undefined, 2.5],
  ['positiveTime1', 0, 3],
  ['positiveTime2', 0, 15],
  ['positiveTimeActivation', 2, 3],
  ['negativeElectrolyte', undefined, 1.5],
  ['positiveOverNegativeElectrolyte', -0.2, 0.6],
  ['separatorOverNegativeElectrolyte', -2.6, 0.7],
  ['concentrationRatio', 0, 1],
  ['negativeSaltTime', 3.5, 1.5],
  ['positivePoresOverNegative', 0, 0.4],
  ['separatorPoresOverNegative', -1.1, 0.5],
  ['transference', 0.3, 0.08],
  ['conductionActivation', 1.5, 1.5],
  ['conductionCurvature', 0, 1.5],
  ['saltActivation', 2, 1.5],
  ['saltCurvature', 0, 1.5],
  ['negativeSolid', undefined, 2],
  ['positiveSolid', undefined, 2],
] as const satisfies readonly (readonly [string, number | undefined, number])[];

type ParameterName = (typeof LAYOUT)[number][0];

/** Where each parameter stands in the vector. */
export const IMPEDANCE_PARAMETER = Object.fromEntries(LAYOUT.map(([name], index) => [name, index])) as Record<
  ParameterName,
  number
>;
/** Length of the parameter vector. */
export const IMPEDANCE_PARAMETER_COUNT = LAYOUT.length;
/** Prior sigmas, in the order of the vector. */
export const IMPEDANCE_PRIOR_SIGMA: readonly number[] = LAYOUT.map(([, , sigma]) => sigma);

/** Prior means, the scale-dependent ones taken from a spectrum's size and the cell's capacity. */
export function impedancePriorMean(scale: {
  /** Resistance between the high- and low-frequency ends of the mid-charge reference, ohm. */
  arcOhm: number;
  /** Resistance at its high-frequency end, ohm. */
  seriesOhm: number;
  /** Angular frequency of the arc's top, 1/s. */
  arcAngular: number;
}): Float64Array {
  const arcF = 2 / (scale.arcOhm * scale.arcAngular);
  const set: Partial<Record<ParameterName, number>> = {
    negativeTransfer: Math.log(scale.arcOhm / 2),
    positiveTransfer: Math.log(scale.arcOhm / 2),
    // A positive electrode's conductive carbon gives it several times the double layer of graphite.
    negativeDoubleLayer: Math.log(arcF / 2),
    positiveDoubleLayer: Math.log(arcF * 3),
    negativeTime0: Math.log(3000),
    positiveTime0: Math.log(3000),
    negativeElectrolyte: Math.log(scale.seriesOhm * 2),
    // Graphite conducts a thousand times better than the electrolyte in its pores; oxides need not.
    negativeSolid: Math.log(scale.seriesOhm * 0.001),
    positiveSolid: Math.log(scale.seriesOhm * 0.2),
  };
  return Float64Array.from(LAYOUT, ([name, mean]) => mean ?? set[name] ?? 0);
}

/** Where an electrode stands when its impedance is asked for. */
export interface ElectrodeCondition {
  /** Fraction of lithium sites filled. */
  stoichiometry: number;
  /** −dU/dx over the electrode's charge, V per coulomb. */
  potentialPerCoulomb: number;
  /** Charge-transfer resistance over that of the fresh electrode at the same state, a ratio. */
  transferRatio: number;
  /** Double-layer capacity over that of the fresh electrode, a ratio. */
  doubleLayerRatio: number;
  /** Activation energy of the exchange current, J/mol. */
  activationEnergyJPerMol: number;
  /** Stoichiometries between which the parabola of diffusion times was fitted; it is level beyond. */
  timeRange: readonly [low: number, high: number];
  /** What the reference charge adds to the logarithm of the diffusion time, over stoichiometry. */
  timeCorrection: UniformTable | undefined;
}

/** The logarithm of an electrode's diffusion time at the reference temperature, its parabola beginning at `first`. */
export function logDiffusionTime(
  parameters: ArrayLike<number>,
  first: number,
  x: number,
  { timeRange, timeCorrection }: Pick<ElectrodeCondition, 'timeRange' | 'timeCorrection'>,
): number {
  const centred = Math.min(timeRange[1], Math.max(timeRange[0], x)) - 0.5;
  return (
    parameters[first] +
    centred * (parameters[first + 1] + centred * parameters[first + 2]) +
    (timeCorrection?.at(x) ?? 0)
  );
}

function fillElectrode(
  into: ElectrodeImpedanceState,
  parameters: ArrayLike<number>,
  first: number,
  condition: ElectrodeCondition,
  temperatureK: number,
  referenceK: number,
): void {
  const inverse = 1 / temperatureK - 1 / referenceK;
  const x = Math.min(0.9995, Math.max(0.0005, condition.stoichiometry));
  const occupancy = 4 * x * (1 - x);
  into.chargeTransferOhm =
    condition.transferRatio *
    Math.exp(
      parameters[first] -
        parameters[first + 1] * Math.log(occupancy) +
        (condition.activationEnergyJPerMol / GAS_CONSTANT_J_PER_MOL_K) * inverse,
    ) *
    (temperatureK / referenceK);
  into.doubleLayerF = condition.doubleLayerRatio * Math.exp(parameters[first + 2]);
  into.diffusionTimeS = Math.exp(
    logDiffusionTime(parameters, first + 3, x, condition) + parameters[first + 6] * 1000 * inverse,
  );
  into.potentialPerCoulomb = condition.potentialPerCoulomb;
}

/** An empty state to be filled by {@link fillImpedanceState}. */
export function emptyImpedanceState(): CellImpedanceState {
  const electrode = (): ElectrodeImpedanceState => ({
    chargeTransferOhm: 0,
    doubleLayerF: 0,
    potentialPerCoulomb: 0,
    diffusionTimeS: 0,
    solidOhm: 0,
    electrolyteOhm: 0,
    electrolyteTimeS: 0,
  });
  return {
    negative: electrode(),
    positive: electrode(),
    separatorOhm: 0,
    separatorTimeS: 0,
    concentrationRatio: 0,
    transferenceFraction: 0,
  };
}

/**
 * The model's lumped values of a cell whose electrodes stand as given. R_ct = RT/(F i₀), so it carries T/T_ref beside the
 * activation energy.
 */
export function fillImpedanceState(
  into: CellImpedanceState,
  parameters: ArrayLike<number>,
  negative: ElectrodeCondition,
  positive: ElectrodeCondition,
  temperatureK: number,
  referenceK: number,
): void {
  const at = IMPEDANCE_PARAMETER;
  const u = 1000 * (1 / temperatureK - 1 / referenceK);
  const conduction = u * (parameters[at.conductionActivation] + u * parameters[at.conductionCurvature]);
  const salt = u * (parameters[at.saltActivation] + u * parameters[at.saltCurvature]);
  fillElectrode(into.negative, parameters, at.negativeTransfer, negative, temperatureK, referenceK);
  fillElectrode(into.positive, parameters, at.positiveTransfer, positive, temperatureK, referenceK);
  into.negative.electrolyteOhm = Math.exp(parameters[at.negativeElectrolyte] + conduction);
  const positiveRatio = parameters[at.positiveOverNegativeElectrolyte];
  const separatorRatio = parameters[at.separatorOverNegativeElectrolyte];
  into.positive.electrolyteOhm = into.negative.electrolyteOhm * Math.exp(positiveRatio);
  into.separatorOhm = into.negative.electrolyteOhm * Math.exp(separatorRatio);
  into.negative.electrolyteTimeS = Math.exp(parameters[at.negativeSaltTime] + salt);
  into.positive.electrolyteTimeS =
    into.negative.electrolyteTimeS * Math.exp(positiveRatio + parameters[at.positivePoresOverNegative]);
  into.separatorTimeS =
    into.negative.electrolyteTimeS * Math.exp(separatorRatio + parameters[at.separatorPoresOverNegative]);
  into.concentrationRatio =
    Math.exp(parameters[at.concentrationRatio] + salt - conduction) * (temperatureK / referenceK);
  into.transferenceFraction = parameters[at.transference]!;
  into.negative.solidOhm = Math.exp(parameters[at.negativeSolid]);
  into.positive.solidOhm = Math.exp(parameters[at.positiveSolid]);
}
