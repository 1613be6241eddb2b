import {
  assertSchema,
  DesignFile as DesignFileSchema,
  Measurement as MeasurementSchema,
  SchemaError,
} from '@battery-passport/schemas';
import type { DesignFile, Measurement } from '@battery-passport/schemas';
import { EstimatorError, type EstimatorErrorCode } from './estimator-error.js';

/** Temperatures at which a lithium-ion cell can be charged at all, K. */
const TEMPERATURE_RANGE_K = { low: 233, high: 353 } as const;
/** How far beyond its limits a cell's voltage may read, V: sensor error, and the drop of a charge above the limit. */
const VOLTAGE_MARGIN_V = 0.3;
/** Largest current, in one-hour currents. */
const MAX_CURRENT_C = 20;
/** A charge moves the voltage by at least this, V; a sensor that stands still does not. */
const MIN_VOLTAGE_SPAN_V = 0.005;

function refuse(code: EstimatorErrorCode, message: string, cause?: unknown): never {
  throw new EstimatorError({ code, message, cause });
}

function assertAscending(values: readonly number[], what: string, code: EstimatorErrorCode): void {
  for (let i = 1; i < values.length; i++) {
    if (!(values[i] > values[i - 1]))
      refuse(code, `${what} must ascend, got ${values[i - 1]} then ${values[i]} at ${i}`);
  }
}

function assertLengths(series: Readonly<Record<string, readonly unknown[]>>, what: string, code: EstimatorErrorCode) {
  const lengths = Object.entries(series).map(([name, values]) => `${name} ${values.length}`);
  if (new Set(Object.values(series).map((values) => values.length)).size > 1)
    refuse(code, `series of ${what} differ in length: ${lengths.join(', ')}`);
}

/**
 * Reads a measurement from outside.
 * @throws EstimatorError `MEASUREMENT_INVALID` when it is not of the shape of `measurement/1`, `TIME_NOT_ASCENDING`.
 */
export function parseMeasurement(value: unknown): Measurement {
  try {
    assertSchema(MeasurementSchema, value, 'measurement');
  } catch (cause) {
    if (cause instanceof SchemaError) refuse('MEASUREMENT_INVALID', cause.message, cause);
    throw cause;
  }
  const measurement = value as Measurement;
  assertLengths(measurement.charge, 'the charge', 'MEASUREMENT_INVALID');
  assertAscending(measurement.charge.elapsedS, 'time of the charge', 'TIME_NOT_ASCENDING');
  measurement.impedance.forEach(({ frequencyHz, realOhm, imagOhm }, i) => {
    assertLengths({ frequencyHz, realOhm, imagOhm }, `spectrum ${i}`, 'MEASUREMENT_INVALID');
    assertAscending(frequencyHz, `frequency of spectrum ${i}`, 'TIME_NOT_ASCENDING');
    if (realOhm.some((real, k) => real === 0 && imagOhm[k] === 0))
      refuse('MEASUREMENT_INVALID', `spectrum ${i} has an impedance of zero`);
  });
  return measurement;
}

/**
 * Reads a design from outside.
 * @throws EstimatorError `DESIGN_INVALID`.
 */
export function parseDesign(value: unknown): DesignFile {
  try {
    assertSchema(DesignFileSchema, value, 'design');
  } catch (cause) {
    if (cause instanceof SchemaError) refuse('DESIGN_INVALID', cause.message, cause);
    throw cause;
  }
  const design = value as DesignFile;
  if (!(design.voltageMaxV > design.voltageMinV))
    refuse('DESIGN_INVALID', `voltage limits must ascend, got ${design.voltageMinV} and ${design.voltageMaxV}`);
  for (const [name, table] of Object.entries({
    cathodeOcp: design.cathodeOcp,
    anodeOcp: design.anodeOcp,
    cathodeEntropy: design.cathodeEntropy,
    anodeEntropy: design.anodeEntropy,
  })) {
    assertLengths(table, name, 'DESIGN_INVALID');
    assertAscending(table.stoichiometry, `stoichiometry of ${name}`, 'DESIGN_INVALID');
  }
  const { elapsedS, currentA, voltageV } = design.referenceCharge;
  assertLengths({ elapsedS, currentA, voltageV }, 'the reference charge', 'DESIGN_INVALID');
  assertAscending(elapsedS, 'time of the reference charge', 'DESIGN_INVALID');
  if (!(currentA.reduce((sum, current) => sum + current, 0) > 0))
    refuse('DESIGN_INVALID', 'the reference charge has no charging current; positive current charges');
  const { fresh } = design;
  if (
    !(fresh.anodeStoichiometryAt100 > fresh.anodeStoichiometryAt0) ||
    !(fresh.cathodeStoichiometryAt0 > fresh.cathodeStoichiometryAt100)
  )
    refuse('DESIGN_INVALID', 'lithium must move from the positive to the negative electrode on charging');
  design.referenceImpedance.forEach(({ frequencyHz, realOhm, imagOhm }, i) => {
    assertLengths({ frequencyHz, realOhm, imagOhm }, `reference spectrum ${i}`, 'DESIGN_INVALID');
    assertAscending(frequencyHz, `frequency of reference spectrum ${i}`, 'DESIGN_INVALID');
    if (realOhm.some((real, k) => real === 0 && imagOhm[k] === 0))
      refuse('DESIGN_INVALID', `reference spectrum ${i} has an impedance of zero`);
  });
  return design;
}

/**
 * Checks that a measurement can be of a cell of this design.
 * @throws EstimatorError `DESIGN_MISMATCH`, `SENSOR_OUT_OF_RANGE`.
 */
export function assertPlausible(design: DesignFile, measurement: Measurement): void {
  if (measurement.designId !== design.designId)
    refuse('DESIGN_MISMATCH', `the measurement is of design ${measurement.designId}, not of ${design.designId}`);
  const within = (values: readonly number[], low: number, high: number, what: string): void => {
    const wrong = values.find((value) => !(value >= low && value <= high));
    if (wrong !== undefined) refuse('SENSOR_OUT_OF_RANGE', `${what} expected within ${low} to ${high}, got ${wrong}`);
  };
  const lowV = design.voltageMinV - VOLTAGE_MARGIN_V;
  const highV = design.voltageMaxV + VOLTAGE_MARGIN_V;
  const limitA = MAX_CURRENT_C * design.nominalCapacityAh;
  const { low: lowK, high: highK } = TEMPERATURE_RANGE_K;
  within(measurement.charge.voltageV, lowV, highV, 'voltage of the charge, V,');
  within(measurement.charge.currentA, -limitA, limitA, 'current of the charge, A,');
  within(measurement.charge.temperatureK, lowK, highK, 'temperature of the charge, K,');
  measurement.impedance.forEach((spectrum, i) => {
    within([spectrum.restVoltageV], lowV, highV, `rest voltage of spectrum ${i}, V,`);
    within([spectrum.temperatureK], lowK, highK, `temperature of spectrum ${i}, K,`);
  });
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const voltage of measurement.charge.voltageV) {
    lowest = Math.min(lowest, voltage);
    highest = Math.max(highest, voltage);
  }
  if (highest - lowest < MIN_VOLTAGE_SPAN_V)
    refuse('SENSOR_OUT_OF_RANGE', `the voltage stands still at ${lowest} V while the cell is charged`);
}
