import Type, { type Static } from 'typebox';

/** The largest integer that JSON readers agree on, 2^53 − 1. */
export const MAX_SAFE_INTEGER = Number.MAX_SAFE_INTEGER;

const integer = (description: string, minimum: number, maximum = MAX_SAFE_INTEGER) =>
  Type.Integer({ minimum, maximum, description });

/** A count, 0 and up. */
export const Count = integer('Count', 0);
/** Mass in milligrams, 0 and up: 2^53 mg is nine million tonnes. */
export const MassMg = integer('Mass, mg', 0);
/** A mass that is there, in milligrams, 1 and up. */
export const PositiveMassMg = integer('Mass, mg, above zero', 1);
/** A fraction in parts per million, 0 to 1,000,000; for compositions, by mass. */
export const Ppm = integer('Fraction, ppm', 0, 1_000_000);
/** A signed fraction in parts per million, −1,000,000 to 1,000,000: an estimate may fall below zero. */
export const SignedPpm = integer('Signed fraction, ppm', -1_000_000, 1_000_000);
/** A ratio (1 is unchanged) in parts per million, 0 to 1,000 × 10^6. */
export const RatioPpm = integer('Ratio, ppm (1,000,000 is 1)', 0, 1_000_000_000);
/** Energy in watt-hours. */
export const EnergyWh = integer('Energy, Wh', 0);
/** Electric charge in milliampere-hours. */
export const ChargeMah = integer('Charge, mAh', 0);
/** Voltage in millivolts. */
export const VoltageMv = integer('Voltage, mV', 0, 2_000_000);
/** Temperature in millikelvin. */
export const TemperatureMk = integer('Temperature, mK', 0, 2_000_000);
/** A duration in seconds. */
export const DurationS = integer('Duration, s', 0);
/** Carbon footprint in grams of CO2 equivalent. */
export const CarbonG = integer('Carbon footprint, g CO2e', 0);
/** Carbon intensity in grams of CO2 equivalent per kilogram. */
export const CarbonGPerKg = integer('Carbon intensity, g CO2e/kg', 0, 1_000_000_000);

/** The chemical elements whose mass is accounted for. Carbon stands for graphite and binder carbon; oxygen is not tracked. */
export const ELEMENTS = [
  'Li',
  'Ni',
  'Co',
  'Mn',
  'Al',
  'Cu',
  'Fe',
  'P',
  'C',
  'F',
  'Na',
  'Ti',
  'Si',
  'Mg',
  'Zr',
  'Pb',
  'S',
] as const;
/** Symbol of an accounted element. */
export const ElementSymbol = Type.Enum([...ELEMENTS], { description: 'Chemical element' });
export type ElementSymbol = Static<typeof ElementSymbol>;

/** Cathode active materials that the rules know. */
export const CATHODE_CHEMISTRIES = ['NMC111', 'NMC532', 'NMC622', 'NMC811', 'NMC', 'NCA', 'LFP', 'LCO', 'LMO'] as const;
/** Cathode active material. */
export const CathodeChemistry = Type.Enum([...CATHODE_CHEMISTRIES], { description: 'Cathode active material' });
export type CathodeChemistry = Static<typeof CathodeChemistry>;
