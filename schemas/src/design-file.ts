import Type, { type Static } from 'typebox';
import { Identifier } from './identifier.js';
import { MAX_SPECTRUM_POINTS } from './measurement.js';

const MAX_TABLE_POINTS = 5000;

const series = (description: string, minimum: number, maximum: number, minItems = 5, maxItems = MAX_TABLE_POINTS) =>
  Type.Array(Type.Number({ minimum, maximum }), { minItems, maxItems, description });

const stoichiometry = series('Fraction of lithium sites filled, ascending', 0, 1);
const fraction = Type.Number({ minimum: 0, maximum: 1 });
const positive = (description: string, maximum: number) => Type.Number({ exclusiveMinimum: 0, maximum, description });

const potential = Type.Object(
  { stoichiometry, voltageV: series('Potential against lithium, V', -10, 20) },
  { additionalProperties: false },
);
const entropy = Type.Object(
  { stoichiometry, voltagePerK: series('Change of potential with temperature, V/K', -10, 10) },
  { additionalProperties: false },
);

/** One spectrum of the fresh design, free of noise. */
export const ReferenceSpectrum = Type.Object(
  {
    socFraction: fraction,
    temperatureK: Type.Number({ minimum: 200, maximum: 400, description: 'Temperature, K' }),
    restVoltageV: Type.Number({ minimum: 0, maximum: 10, description: 'Voltage at rest, V' }),
    frequencyHz: series('Frequencies, Hz, ascending', 1e-5, 1e7, 8, MAX_SPECTRUM_POINTS),
    realOhm: series('Real part, ohm', -1e3, 1e3, 8, MAX_SPECTRUM_POINTS),
    imagOhm: series('Imaginary part, ohm, below zero where capacitive', -1e3, 1e3, 8, MAX_SPECTRUM_POINTS),
  },
  { additionalProperties: false },
);
export type ReferenceSpectrum = Static<typeof ReferenceSpectrum>;

/**
 * What a maker states of a cell design: its electrodes when fresh, their open-circuit curves, and how the fresh cell answers.
 * Positive current charges. `referenceImpedance` may be empty: then nothing can be told from spectra.
 */
export const DesignFile = Type.Object(
  {
    designId: Identifier,
    cathodeChemistry: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,31}$' }),
    anodeChemistry: Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9-]{0,31}$' }),
    nominalCapacityAh: positive('Nominal capacity, Ah', 1e5),
    voltageMinV: Type.Number({ minimum: 0, maximum: 10, description: 'Lower voltage limit, V' }),
    voltageMaxV: Type.Number({ minimum: 0, maximum: 10, description: 'Upper voltage limit, V' }),
    referenceTemperatureK: Type.Number({ minimum: 200, maximum: 400, description: 'Temperature of the tables, K' }),
    fresh: Type.Object(
      {
        cathodeCapacityAh: positive('Charge of the whole positive electrode, Ah', 1e5),
        anodeCapacityAh: positive('Charge of the whole negative electrode, Ah', 1e5),
        lithiumInventoryAh: positive('Lithium in both electrodes, Ah', 1e5),
        cathodeStoichiometryAt100: fraction,
        cathodeStoichiometryAt0: fraction,
        anodeStoichiometryAt100: fraction,
        anodeStoichiometryAt0: fraction,
      },
      { additionalProperties: false },
    ),
    cathodeOcp: potential,
    anodeOcp: potential,
    cathodeEntropy: entropy,
    anodeEntropy: entropy,
    kinetics: Type.Object(
      {
        cathodeActivationEnergyJPerMol: Type.Number({ minimum: 0, maximum: 3e5 }),
        anodeActivationEnergyJPerMol: Type.Number({ minimum: 0, maximum: 3e5 }),
      },
      { additionalProperties: false },
    ),
    referenceCharge: Type.Object(
      {
        temperatureK: Type.Number({ minimum: 200, maximum: 400, description: 'Temperature, K' }),
        elapsedS: series('Time, s, ascending', 0, 1e8, 10),
        currentA: series('Current, A, positive charges', -1e4, 1e4, 10),
        voltageV: series('Cell voltage, V', 0, 10, 10),
      },
      { additionalProperties: false },
    ),
    referenceImpedance: Type.Array(ReferenceSpectrum, { maxItems: 64 }),
  },
  { additionalProperties: false, description: 'Cell design as its maker states it' },
);
export type DesignFile = Static<typeof DesignFile>;
