import Type, { type Static } from 'typebox';
import { Identifier, LongText, Sha256Digest, Text } from '../identifier.js';
import { CathodeChemistry, MAX_SAFE_INTEGER, PositiveMassMg } from '../quantity.js';
import { commandSchema, Documents, PrivateDetail, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';

const positive = (description: string) => Type.Integer({ minimum: 1, maximum: MAX_SAFE_INTEGER, description });
const PartCount = Type.Integer({ minimum: 1, maximum: 100_000, description: 'Count of parts in one pack' });

const designContent = {
  modelName: Text,
  cathodeChemistry: CathodeChemistry,
  anodeChemistry: Text,
  cellNominalCapacityMah: positive('Nominal capacity of a cell, mAh'),
  packNominalEnergyWh: positive('Nominal energy of a pack, Wh'),
  seriesCells: PartCount,
  parallelCells: PartCount,
  moduleCount: PartCount,
  /** Cathode active material in one pack. */
  cathodeMassMg: PositiveMassMg,
  packMassMg: PositiveMassMg,
  /** `designId` of the design file that an estimator reads. */
  estimatorDesignId: Identifier,
  /** Digest of that file's canonical JSON: an estimate counts only if it was made with it. */
  estimatorDesignDigest: Sha256Digest,
  /** How to take a pack apart safely. */
  dismantling: Documents,
  structure: Type.Optional(LongText),
  /** Usable energy as certified (UN GTR 22), the base of a state of certified energy. */
  certifiedEnergyWh: positive('Certified usable energy, Wh'),
  carbonFootprintGPerKwh: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 10_000_000, description: 'Carbon footprint as declared, g CO2e/kWh' }),
  ),
};

/** What a maker states of a pack model: chemistry, structure, masses, and how it is taken apart. */
export const DesignRecord = recordSchema('design', { ...designContent, manufacturer: Identifier });
export type DesignRecord = Static<typeof DesignRecord>;

export const designRecords = {
  design: recordDefinition({
    schema: DesignRecord,
    indexes: ['manufacturer', 'cathodeChemistry'],
    references: (design) => [{ kind: 'manufacturer', recordType: 'party', id: design.manufacturer, lineage: false }],
  }),
};

export const designTransactions = {
  registerDesign: transaction({
    contract: 'DesignContract',
    kind: 'submit',
    roles: ['oem'],
    description: "Registers a pack design; the caller's party is its manufacturer.",
    command: commandSchema({
      designId: Identifier,
      ...designContent,
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: DesignRecord,
    takesPrivateDetail: true,
  }),
};
