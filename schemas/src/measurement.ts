import Type, { type Static } from 'typebox';
import { Identifier } from './identifier.js';

/** Most samples of a charge, and most points of a spectrum: a day at one a second, and 40 a decade, fit. */
export const MAX_CHARGE_SAMPLES = 100_000;
export const MAX_SPECTRUM_POINTS = 400;
export const MAX_SPECTRA = 16;

const series = (description: string, minItems: number, maxItems: number, minimum: number, maximum: number) =>
  Type.Array(Type.Number({ minimum, maximum }), { minItems, maxItems, description });

const charge = (description: string, minimum: number, maximum: number) =>
  series(description, 1, MAX_CHARGE_SAMPLES, minimum, maximum);

const spectrum = (description: string, minimum: number, maximum: number) =>
  series(description, 4, MAX_SPECTRUM_POINTS, minimum, maximum);

/** How good a measurement's sensors are; the estimator holds the sigmas of each. */
export const SENSOR_PROFILES = ['laboratory', 'vehicle', 'poor'] as const;

/** One impedance spectrum after rest. */
export const MeasuredSpectrum = Type.Object(
  {
    socFraction: Type.Number({ minimum: 0, maximum: 1, description: 'State of charge that the vehicle believes' }),
    restVoltageV: Type.Number({ minimum: 0, maximum: 10, description: 'Voltage at rest before it, V' }),
    temperatureK: Type.Number({ minimum: 200, maximum: 400, description: 'Temperature, K' }),
    frequencyHz: spectrum('Frequencies, Hz, ascending', 1e-5, 1e7),
    realOhm: spectrum('Real part, ohm', -1e3, 1e3),
    imagOhm: spectrum('Imaginary part, ohm, below zero where capacitive', -1e3, 1e3),
  },
  { additionalProperties: false },
);
export type MeasuredSpectrum = Static<typeof MeasuredSpectrum>;

/**
 * What a vehicle measured of one cell (`measurement/1`): a charge at constant current after a rest, and any number of spectra.
 * Positive current charges the cell. Series of one charge or spectrum have one length; times and frequencies ascend (checked
 * on reading, since a schema cannot say it).
 */
export const Measurement = Type.Object(
  {
    format: Type.Literal('measurement/1'),
    packId: Identifier,
    moduleId: Type.Optional(Identifier),
    designId: Identifier,
    sensorProfile: Type.Enum([...SENSOR_PROFILES], { description: 'Sensor quality' }),
    measuredAt: Type.Optional(
      Type.String({
        pattern: '^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$',
        description: 'When the charge began, UTC to the second',
      }),
    ),
    charge: Type.Object(
      {
        elapsedS: charge('Time, s, ascending', 0, 1e8),
        currentA: charge('Current, A, positive charges', -1e4, 1e4),
        voltageV: charge('Cell voltage, V', -10, 10),
        temperatureK: charge('Temperature, K', 1, 1000),
      },
      { additionalProperties: false },
    ),
    impedance: Type.Array(MeasuredSpectrum, { maxItems: MAX_SPECTRA }),
  },
  { additionalProperties: false, description: 'Measurement of one cell by a vehicle or laboratory' },
);
export type Measurement = Static<typeof Measurement>;
