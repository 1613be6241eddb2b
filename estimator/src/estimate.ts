import { CATHODE_CLASSES, digestOf } from '@battery-passport/schemas';
import type { CathodeClass, DesignFile, Measurement } from '@battery-passport/schemas';
import { CELL_PARAMETER, CELL_PRIOR_SIGMA, fitCell } from './cathode/cell-fit.js';
import { readCharge } from './cathode/charge-record.js';
import { calibrateDesign, type DesignCalibration } from './cathode/design-calibration.js';
import { posteriorOf, type Quantity } from './cathode/posterior.js';
import { SENSOR_PROFILE_SIGMAS } from './cathode/sensor-profile.js';
import { EstimatorError } from './estimator-error.js';
import { assertPlausible, parseDesign, parseMeasurement } from './read-measurement.js';

/** What made an estimate. The version moves with anything that moves a number. */
export const METHOD = { name: 'electrode-balance-and-impedance', version: '1.0.0' } as const;

/** The quantities of an estimate. */
export const QUANTITY_NAMES = [
  'lli',
  'lamPe',
  'lamNe',
  'crackAreaRatio',
  'surfaceLayerRatio',
  'capacityAh',
  'sohFraction',
] as const;
/** One of {@link QUANTITY_NAMES}. */
export type QuantityName = (typeof QUANTITY_NAMES)[number];

/**
 * The estimated state of one cell: fractions of fresh lost, ratios to fresh, capacity in Ah and as a fraction of nominal.
 * A quantity that the measurement cannot tell is `null`, with its reason.
 */
export type Estimate = {
  packId: string;
  designId: string;
  /** The most probable class. */
  cathodeClass: CathodeClass;
  /** Sums to one. */
  classProbabilities: Record<CathodeClass, number>;
  notIdentifiable: Partial<Record<QuantityName, string>>;
} & Record<QuantityName, Quantity | null>;

/** A posterior this close to its prior says that the measurement told next to nothing. */
const UNTOLD_SHARE_OF_PRIOR = 0.7;
/** Capacity to worse than this share of nominal is not known. */
const UNTOLD_CAPACITY_FRACTION = 0.15;
/** A misfit of the charge beyond this many sensor sigmas and this many volts is of another design, not of an aged cell. */
const MISFIT_SIGMAS = 8;
const MISFIT_FLOOR_V = 0.03;
/** Digits kept: more than any reader needs, fewer than differ between builds of the mathematical library. */
const DECIMALS = 9;

const calibrations = new Map<string, DesignCalibration>();
const MAX_CALIBRATIONS = 64;

/** Calibrations are pure functions of the design, so the most recent are kept by its digest. */
function calibrationOf(design: DesignFile): DesignCalibration {
  const digest = digestOf(design);
  let calibration = calibrations.get(digest);
  if (calibration === undefined) {
    calibration = calibrateDesign(design);
    const oldest = calibrations.keys().next().value;
    if (calibrations.size >= MAX_CALIBRATIONS && oldest !== undefined) calibrations.delete(oldest);
    calibrations.set(digest, calibration);
  }
  return calibration;
}

/**
 * Estimates the state of a cell's cathode from one charge and any spectra of it.
 *
 * Pure: the same design and measurement give the same bytes. The first cell of a design takes about a second more, in which
 * its reference spectra are fitted.
 * @throws EstimatorError `MEASUREMENT_INVALID`, `DESIGN_INVALID`, `DESIGN_MISMATCH`, `TIME_NOT_ASCENDING`,
 * `SENSOR_OUT_OF_RANGE`, `CURRENT_REVERSED`, `CHARGE_TOO_SHORT`, `FIT_FAILED`.
 */
export function estimateCathodeState(design: DesignFile, measurement: Measurement): Estimate {
  const readDesign = parseDesign(design);
  const read = parseMeasurement(measurement);
  assertPlausible(readDesign, read);
  const record = readCharge(read.charge, readDesign.nominalCapacityAh);
  const calibration = calibrationOf(readDesign);
  const fits = fitCell(calibration, read, record);
  const misfitV = fits[0].chargeMisfitV;
  const limit = Math.max(MISFIT_FLOOR_V, MISFIT_SIGMAS * SENSOR_PROFILE_SIGMAS[read.sensorProfile].voltageNoiseV);
  if (!(misfitV <= limit)) {
    throw new EstimatorError({
      code: 'DESIGN_MISMATCH',
      message: `no state of design ${readDesign.designId} explains the charge: misfit ${(misfitV * 1e3).toFixed(1)} mV`,
    });
  }
  const posterior = posteriorOf(calibration, fits);

  const notIdentifiable: Partial<Record<QuantityName, string>> = {};
  const spectra = calibration.kinetics === undefined ? 0 : read.impedance.length;
  for (const name of ['lli', 'lamPe', 'lamNe'] as const) {
    if (posterior[name].sigma > UNTOLD_SHARE_OF_PRIOR * CELL_PRIOR_SIGMA[CELL_PARAMETER[name]])
      notIdentifiable[name] = 'the charge does not tell it apart from other losses: its shape hardly depends on it';
  }
  const ratios = [
    ['crackAreaRatio', posterior.logSigma.crackArea, CELL_PARAMETER.lnCrackArea],
    ['surfaceLayerRatio', posterior.logSigma.surfaceLayer, CELL_PARAMETER.lnSurfaceLayer],
  ] as const;
  for (const [name, sigma, parameter] of ratios) {
    if (calibration.kinetics === undefined)
      notIdentifiable[name] = 'the design has no reference spectra to compare with';
    else if (spectra === 0) notIdentifiable[name] = 'the measurement has no impedance spectrum';
    else if (sigma > UNTOLD_SHARE_OF_PRIOR * CELL_PRIOR_SIGMA[parameter])
      notIdentifiable[name] = 'the spectra do not tell it apart from the negative electrode';
  }
  if (posterior.capacityAh.sigma > UNTOLD_CAPACITY_FRACTION * readDesign.nominalCapacityAh) {
    notIdentifiable.capacityAh = 'the charge covers too little of the cell to tell where it ends';
    notIdentifiable.sohFraction = notIdentifiable.capacityAh;
  }
  const told = (name: QuantityName, quantity: Quantity): Quantity | null =>
    notIdentifiable[name] === undefined ? rounded(quantity) : null;
  const perNominal = (value: number): number => value / readDesign.nominalCapacityAh;
  const { capacityAh } = posterior;
  const cathodeClass = CATHODE_CLASSES.reduce((best, one) =>
    posterior.classProbabilities[one] > posterior.classProbabilities[best] ? one : best,
  );
  return {
    packId: read.packId,
    designId: read.designId,
    cathodeClass,
    classProbabilities: posterior.classProbabilities,
    lli: told('lli', posterior.lli),
    lamPe: told('lamPe', posterior.lamPe),
    lamNe: told('lamNe', posterior.lamNe),
    crackAreaRatio: told('crackAreaRatio', posterior.crackAreaRatio),
    surfaceLayerRatio: told('surfaceLayerRatio', posterior.surfaceLayerRatio),
    capacityAh: told('capacityAh', capacityAh),
    sohFraction: told('sohFraction', {
      value: perNominal(capacityAh.value),
      sigma: perNominal(capacityAh.sigma),
      interval90: [perNominal(capacityAh.interval90[0]), perNominal(capacityAh.interval90[1])],
    }),
    notIdentifiable,
  };
}

function round(value: number): number {
  return Number(value.toFixed(DECIMALS));
}

function rounded({ value, sigma, interval90 }: Quantity): Quantity {
  return { value: round(value), sigma: round(sigma), interval90: [round(interval90[0]), round(interval90[1])] };
}
