import Type, { type Static } from 'typebox';
import { Identifier, Instant, LongText, Text } from '../identifier.js';
import { CathodeChemistry, Count } from '../quantity.js';
import {
  commandSchema,
  correctionOf,
  Documents,
  PrivateDetail,
  recordDefinition,
  recordSchema,
  Supersedes,
} from '../record.js';
import { transaction } from '../transaction.js';
import { LotMaterial } from './lot.js';

/**
 * What a grade may limit: purity, and the state of the active material. Each name ends in its unit. The ratio of lithium to
 * transition metals is in parts per million (1,000,000 is one lithium to one metal atom), the thickness of the
 * rock-salt surface phase in picometres, d50 in nanometres, both first-cycle efficiency and purities in ppm.
 */
export const GRADE_PROPERTIES = [
  'aluminium-ppm',
  'copper-ppm',
  'iron-ppm',
  'zinc-ppm',
  'calcium-ppm',
  'sodium-ppm',
  'fluorine-ppm',
  'carbon-ppm',
  'sulphur-ppm',
  'moisture-ppm',
  'magnetic-impurities-ppb',
  'lithium-hydroxide-ppm',
  'lithium-carbonate-ppm',
  'lithium-to-transition-metal-ppm',
  'rock-salt-surface-pm',
  'd50-nm',
  'specific-capacity-mah-per-kg',
  'first-cycle-efficiency-ppm',
  'tap-density-mg-per-l',
  'bet-surface-mm2-per-g',
] as const;
/** Property that a grade limits and an assay measures. */
export const GradeProperty = Type.Enum([...GRADE_PROPERTIES], { description: 'Property of a material grade' });
export type GradeProperty = (typeof GRADE_PROPERTIES)[number];

/** One limit: both bounds belong to the grade; the method says how the value has to be measured. */
export const GradeLimit = Type.Object(
  { property: GradeProperty, minimum: Type.Optional(Count), maximum: Type.Optional(Count), method: Text },
  { additionalProperties: false },
);
export type GradeLimit = Static<typeof GradeLimit>;

/** A cathode maker's grade: what recovered material has to be, and how that is measured. */
export const GradeSpecificationRecord = recordSchema('gradeSpecification', {
  specId: Identifier,
  version: Type.Integer({ minimum: 1, maximum: 9999 }),
  issuerId: Identifier,
  title: Text,
  /** The active material; a grade of a salt or a foil has none and names its material. */
  chemistry: Type.Optional(CathodeChemistry),
  /** The material of the lots that it is for; any where it is absent. */
  material: Type.Optional(LotMaterial),
  limits: Type.Array(GradeLimit, { minItems: 1, maxItems: 32 }),
  note: Type.Optional(LongText),
  state: Type.Enum(['published', 'retired']),
  documents: Documents,
});
export type GradeSpecificationRecord = Static<typeof GradeSpecificationRecord>;

/** One measured property, in the unit that its name ends in; the uncertainty is expanded (k = 2). */
export const AssayResult = Type.Object(
  { property: GradeProperty, value: Count, uncertainty: Count, method: Text },
  { additionalProperties: false },
);
export type AssayResult = Static<typeof AssayResult>;

/** A laboratory's measurement of a lot. Replicates and instrument files are confidential detail. */
export const AssayRecord = recordSchema('assay', {
  lotId: Identifier,
  laboratoryId: Identifier,
  sampledAt: Instant,
  measuredAt: Instant,
  purpose: Type.Enum(['certification', 'incoming']),
  results: Type.Array(AssayResult, { minItems: 1, maxItems: 64 }),
  documents: Documents,
});
export type AssayRecord = Static<typeof AssayRecord>;

export const gradeRecords = {
  gradeSpecification: recordDefinition({
    schema: GradeSpecificationRecord,
    indexes: ['issuerId', 'state', 'chemistry'],
    references: () => [],
  }),
  assay: recordDefinition({
    schema: AssayRecord,
    indexes: ['lotId', 'laboratoryId'],
    references: (assay) => [
      { kind: 'measures', recordType: 'lot', id: assay.lotId, lineage: false },
      ...correctionOf(assay),
    ],
  }),
};

export const gradeTransactions = {
  publishGradeSpecification: transaction({
    contract: 'GradeContract',
    kind: 'submit',
    roles: ['cathode-maker'],
    description: 'Publishes a version of a grade specification; the version before it retires.',
    command: commandSchema({
      specId: Type.String({
        pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,55}$',
        description: 'Identifier, up to 56 characters',
      }),
      version: Type.Integer({ minimum: 1, maximum: 9999 }),
      title: Text,
      chemistry: Type.Optional(CathodeChemistry),
      material: Type.Optional(LotMaterial),
      limits: Type.Array(GradeLimit, { minItems: 1, maxItems: 32 }),
      note: Type.Optional(LongText),
      documents: Type.Optional(Documents),
    }),
    result: GradeSpecificationRecord,
  }),
  recordAssay: transaction({
    contract: 'GradeContract',
    kind: 'submit',
    roles: ['laboratory'],
    description: "Records a laboratory's assay of a lot, for its certification or for a buyer's incoming inspection.",
    command: commandSchema({
      assayId: Identifier,
      lotId: Identifier,
      sampledAt: Instant,
      measuredAt: Instant,
      purpose: Type.Enum(['certification', 'incoming']),
      results: Type.Array(AssayResult, { minItems: 1, maxItems: 64 }),
      documents: Type.Optional(Documents),
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: AssayRecord,
    takesPrivateDetail: true,
  }),
};
