import type { ChargeRecord } from './charge-record.js';
import type { DesignCalibration } from './design-calibration.js';
import type { ElectrodeBalance } from './electrode-balance.js';

/** What the charge model is wrong by even on a fresh cell at its reference rate, V. */
const CHARGE_MODEL_FLOOR_V = 2e-4;
/** The same where the design has no spectra: its tables and overpotentials are then themselves measured charges, V. */
const MEASURED_TABLE_FLOOR_V = 4e-3;
/** Share of what the model leaves of the fresh charge that an aged charge may have again, at equal rate. */
const LEFTOVER_SHARE = 1;
/** Error of the surface stoichiometry as a share of the charge's own slope dV/dx, at the reference rate. */
const SURFACE_ERROR_X = 5e-4;
/** What it gains beyond the electrode's fresh window, where no reference has been, as a share of the distance. */
const BEYOND_WINDOW_SHARE = 0.01;
/** How far an error of the charge model reaches, as a fraction of nominal capacity. */
const CHARGE_REACH_FRACTION = 0.04;
/** Relative error of the model's spectra beyond its misfit of the reference. */
const SPECTRUM_MODEL_FLOOR = 0.001;
/** How far an error of the spectrum model reaches, in natural logarithms of frequency. */
const SPECTRUM_REACH = 1;

/**
 * Covariance of a charge's voltage: noise of each point, and the model's own error, which is alike at neighbouring charges.
 * It grows with what the model leaves of the fresh charge, with rate, and with the slope of the curve.
 * @returns Row-major, shape [n × n], V².
 */
export function chargeModelCovariance(
  calibration: DesignCalibration,
  balance: ElectrodeBalance,
  startAh: number,
  record: ChargeRecord,
  sampleSigmaV: number,
): Float64Array {
  const { course, voltageV, sampleCount } = record;
  const { design, openCircuit, referenceLeftoverV, referenceCurrentA, kinetics } = calibration;
  const n = voltageV.length;
  const sigma = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const negativeAh = startAh + course.passedAh[i];
    const negativeX = negativeAh / balance.negativeAh;
    const positiveX = (balance.lithiumAh - negativeAh) / balance.positiveAh;
    const rate = Math.abs(course.currentA[i] / referenceCurrentA);
    const leftover = kinetics === undefined ? 0 : LEFTOVER_SHARE * rate * referenceLeftoverV.at(negativeX);
    const errorX = (x: number, one: number, other: number): number =>
      rate * SURFACE_ERROR_X + BEYOND_WINDOW_SHARE * Math.max(0, Math.min(one, other) - x, x - Math.max(one, other));
    const slope = Math.hypot(
      openCircuit.negative.slope(negativeX) *
        errorX(negativeX, design.fresh.anodeStoichiometryAt0, design.fresh.anodeStoichiometryAt100),
      openCircuit.positive.slope(positiveX) *
        errorX(positiveX, design.fresh.cathodeStoichiometryAt0, design.fresh.cathodeStoichiometryAt100),
    );
    const floor = kinetics === undefined ? MEASURED_TABLE_FLOOR_V : CHARGE_MODEL_FLOOR_V;
    sigma[i] = Math.hypot(floor, leftover, slope);
  }
  const reach = CHARGE_REACH_FRACTION * design.nominalCapacityAh;
  const covariance = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const alike = Math.exp(-Math.abs(course.passedAh[i] - course.passedAh[j]) / reach);
      covariance[i * n + j] = sigma[i] * sigma[j] * alike;
    }
    covariance[i * n + i] += sampleSigmaV ** 2 / sampleCount[i];
  }
  return covariance;
}

/**
 * Covariance of one part, real or imaginary, of one spectrum over |Z|: noise of each point, and the model's own error, alike
 * at neighbouring frequencies.
 * @returns Row-major, shape [n × n].
 */
export function spectrumCovariance(
  frequencyHz: Float64Array,
  noiseFraction: number,
  calibration: DesignCalibration,
): Float64Array {
  const n = frequencyHz.length;
  const covariance = new Float64Array(n * n);
  const model = Math.hypot(SPECTRUM_MODEL_FLOOR, calibration.kinetics?.mode.misfitFraction ?? 0);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++)
      covariance[i * n + j] =
        model ** 2 * Math.exp(-Math.abs(Math.log(frequencyHz[i] / frequencyHz[j])) / SPECTRUM_REACH);
    covariance[i * n + i] += noiseFraction ** 2;
  }
  return covariance;
}
