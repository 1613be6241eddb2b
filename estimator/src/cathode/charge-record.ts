import type { Measurement } from '@battery-passport/schemas';
import { EstimatorError } from '../estimator-error.js';
import type { ChargeCourse } from './charge-model.js';

/** Below this share of the one-hour current a sample counts as rest. */
const REST_CURRENT_C = 0.015;
/** The first minute after switching on is the electrolyte's own transient, which the model takes as settled. */
const SETTLING_S = 60;
const MAX_POINTS = 160;
const MIN_CHARGE_SAMPLES = 20;
/** Least charge that must pass, as a fraction of nominal: less leaves the electrodes' balance open. */
const MIN_PASSED_FRACTION = 0.2;

/** A measured charge, averaged to at most 160 points. */
export interface ChargeRecord {
  course: ChargeCourse;
  /** Voltage, V, shape [n]. */
  voltageV: Float64Array;
  /** How many samples each point averages, shape [n]. */
  sampleCount: Float64Array;
  /** The rest before the charge, absent when there was none. */
  rest: { voltageV: number; currentA: number; sampleCount: number } | undefined;
}

/**
 * Splits a measured charge into the rest before it and points of the charge proper. Charge is counted from the instant of
 * switching on, never across it, where a trapezium would credit half a step too much.
 * @throws EstimatorError `CHARGE_TOO_SHORT`, `CURRENT_REVERSED`.
 */
export function readCharge(charge: Measurement['charge'], nominalCapacityAh: number): ChargeRecord {
  const { elapsedS, currentA, voltageV, temperatureK } = charge;
  const n = elapsedS.length;
  const threshold = REST_CURRENT_C * nominalCapacityAh;
  let on = 0;
  while (on < n && Math.abs(currentA[on]) < threshold) on++;
  if (n - on < MIN_CHARGE_SAMPLES) {
    throw new EstimatorError({
      code: 'CHARGE_TOO_SHORT',
      message: `a charge needs ${MIN_CHARGE_SAMPLES} samples or more, got ${n - on}`,
    });
  }
  let passed = 0;
  const passedAt = new Float64Array(n);
  for (let i = on + 1; i < n; i++) {
    passed += ((currentA[i] + currentA[i - 1]) / 2) * ((elapsedS[i] - elapsedS[i - 1]) / 3600);
    passedAt[i] = passed;
  }
  if (passed < 0) {
    throw new EstimatorError({
      code: 'CURRENT_REVERSED',
      message: `the current sums to ${passed.toPrecision(3)} Ah; positive current charges the cell`,
    });
  }
  if (passed < MIN_PASSED_FRACTION * nominalCapacityAh) {
    throw new EstimatorError({
      code: 'CHARGE_TOO_SHORT',
      message: `the charge passes ${passed.toPrecision(3)} Ah, less than ${MIN_PASSED_FRACTION} of the nominal ${nominalCapacityAh} Ah`,
    });
  }
  const onS = elapsedS[on];
  let first = on;
  while (first < n - MIN_CHARGE_SAMPLES && elapsedS[first] - onS < SETTLING_S) first++;
  const perPoint = Math.max(1, Math.ceil((n - first) / MAX_POINTS));
  const points = Math.floor((n - first) / perPoint);
  const record: ChargeRecord = {
    course: {
      passedAh: new Float64Array(points),
      currentA: new Float64Array(points),
      sinceOnS: new Float64Array(points),
      temperatureK: 0,
    },
    voltageV: new Float64Array(points),
    sampleCount: new Float64Array(points).fill(perPoint),
    rest: undefined,
  };
  let kelvin = 0;
  for (let point = 0; point < points; point++) {
    for (let i = first + point * perPoint; i < first + (point + 1) * perPoint; i++) {
      record.course.passedAh[point] += passedAt[i] / perPoint;
      record.course.currentA[point] += currentA[i] / perPoint;
      record.course.sinceOnS[point] += (elapsedS[i] - onS) / perPoint;
      record.voltageV[point] += voltageV[i] / perPoint;
      kelvin += temperatureK[i];
    }
  }
  record.course.temperatureK = kelvin / (points * perPoint);
  if (on >= 3) {
    let voltage = 0;
    let current = 0;
    for (let i = 0; i < on; i++) {
      voltage += voltageV[i] / on;
      current += currentA[i] / on;
    }
    record.rest = { voltageV: voltage, currentA: current, sampleCount: on };
  }
  return record;
}

/** The same charge with each `by` neighbouring points averaged into one. */
export function thinCharge(record: ChargeRecord, by: number): ChargeRecord {
  const points = Math.max(1, Math.floor(record.voltageV.length / by));
  const average = (values: Float64Array): Float64Array =>
    Float64Array.from({ length: points }, (_, i) => {
      const group = values.subarray(i * by, (i + 1) * by);
      return group.reduce((sum, value) => sum + value, 0) / group.length;
    });
  return {
    course: {
      passedAh: average(record.course.passedAh),
      currentA: average(record.course.currentA),
      sinceOnS: average(record.course.sinceOnS),
      temperatureK: record.course.temperatureK,
    },
    voltageV: average(record.voltageV),
    sampleCount: average(record.sampleCount).map((count) => count * by),
    rest: record.rest,
  };
}
