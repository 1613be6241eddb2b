import Type, { type Static } from 'typebox';
import { ElementAccount } from '../element-account.js';
import { CountryCode, Identifier, Instant, LongText, Sha256Digest, Text } from '../identifier.js';
import { CarbonG, CathodeChemistry, ElementSymbol, MassMg, PositiveMassMg, Ppm } from '../quantity.js';
import { commandSchema, PrivateDetail, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';

/** What a lot is made of. */
export const LOT_MATERIALS = [
  'ore',
  'concentrate',
  'refined-salt',
  'precursor',
  'cathode-powder',
  'anode-powder',
  'metal-foil',
  'electrolyte',
  'reagent',
  'process-scrap',
  'cathode-electrode',
  'black-mass',
  'delaminated-cathode',
  'extracted-cathode',
  'regenerated-cathode',
  'residue',
  'other',
] as const;
/** Material of a lot. */
export const LotMaterial = Type.Enum([...LOT_MATERIALS], { description: 'Material of a lot' });
export type LotMaterial = (typeof LOT_MATERIALS)[number];

/** Things that have a holder and can be processed: each kind of record that a custody offer or a process step names. */
export const ASSET_TYPES = ['lot', 'pack', 'module'] as const;
/** A thing that has a holder. */
export const AssetReference = Type.Object(
  { recordType: Type.Enum([...ASSET_TYPES]), id: Identifier },
  { additionalProperties: false },
);
export type AssetReference = Static<typeof AssetReference>;

/** A measured content of one element. */
export const CompositionEntry = Type.Object(
  { element: ElementSymbol, ppm: Ppm, uncertaintyPpm: Ppm },
  { additionalProperties: false },
);
export type CompositionEntry = Static<typeof CompositionEntry>;

/** A measured composition, each element once. */
export const Composition = Type.Array(CompositionEntry, { maxItems: 32 });
export type Composition = Static<typeof Composition>;

/**
 * The waste that a lot's recovered matter descends from: cathode active material and element masses of the returned packs,
 * modules and process scrap that went in. What was recovered divided by this is the recovery rate.
 */
export const RecoveryBasis = Type.Object(
  {
    activeMaterialMg: MassMg,
    elements: Type.Array(
      Type.Object({ element: ElementSymbol, massMg: PositiveMassMg }, { additionalProperties: false }),
      { maxItems: 32 },
    ),
  },
  { additionalProperties: false },
);
export type RecoveryBasis = Static<typeof RecoveryBasis>;

/** Where a lot was made, for people. */
export const Site = Type.Object({ countryCode: CountryCode, name: Text }, { additionalProperties: false });

/** What was paid, in the currency's minor unit (cent, yen) per kilogram. */
export const Price = Type.Object(
  { currency: Type.String({ pattern: '^[A-Z]{3}$' }), amountMinorPerKg: MassMg },
  { additionalProperties: false },
);

/** A due-diligence scheme and the digest of its report. */
export const DueDiligence = Type.Object({ scheme: Text, digest: Sha256Digest }, { additionalProperties: false });

const LotParent = Type.Object(
  { recordType: Type.Enum([...ASSET_TYPES]), id: Identifier, massMg: MassMg },
  { additionalProperties: false },
);

/** How a lot came to be. Where a process step made it, the step holds the inputs and `parents` repeats their masses. */
export const LotSource = Type.Object(
  {
    kind: Type.Enum(['registered', 'split', 'blend', 'scrap', 'process-step', 'rework']),
    stepId: Type.Optional(Identifier),
    parents: Type.Array(LotParent, { maxItems: 1000 }),
  },
  { additionalProperties: false },
);

/**
 * A quantity of one material with one holder. Every `remaining…` field is what is left after draw-downs and falls with
 * `remainingMassMg` pro rata; its partner without the prefix is what there was when the lot was made.
 */
export const LotRecord = recordSchema('lot', {
  material: LotMaterial,
  chemistry: Type.Optional(CathodeChemistry),
  massMg: PositiveMassMg,
  remainingMassMg: MassMg,
  account: ElementAccount,
  remaining: ElementAccount,
  holder: Identifier,
  state: Type.Enum(['available', 'held', 'exhausted']),
  holdReason: Type.Optional(LongText),
  downgrades: Type.Optional(
    Type.Array(
      Type.Object(
        { from: LotMaterial, to: LotMaterial, reason: LongText, at: Instant },
        { additionalProperties: false },
      ),
      { maxItems: 16 },
    ),
  ),
  /** The lot that this one is a reworking of. */
  reworkOf: Type.Optional(Identifier),
  source: LotSource,
  site: Type.Optional(Site),
  oreGradePpm: Type.Optional(Ppm),
  price: Type.Optional(Price),
  /** Carbon footprint of the whole lot when it was made, not per kilogram. */
  carbonG: CarbonG,
  remainingCarbonG: CarbonG,
  dueDiligence: Type.Optional(DueDiligence),
  /** Cathode active material contained; 0 when there is none. */
  activeMaterialMg: MassMg,
  remainingActiveMaterialMg: MassMg,
  basis: RecoveryBasis,
  remainingBasis: RecoveryBasis,
  composition: Type.Optional(Composition),
  /** The recovered-material certificate that stands for this lot. */
  certificateId: Type.Optional(Identifier),
  /** Whether the lot is waste by its lineage, and of which kind; nobody states it. */
  wasteStatus: Type.Enum(['none', 'pre-consumer', 'post-consumer']),
  pendingOfferId: Type.Optional(Identifier),
});
export type LotRecord = Static<typeof LotRecord>;

export const lotRecords = {
  lot: recordDefinition({
    schema: LotRecord,
    indexes: ['holder', 'state', 'material'],
    references: (lot) =>
      lot.source.stepId === undefined
        ? lot.source.parents.map(({ recordType, id }) => ({ kind: 'made-from', recordType, id, lineage: true }))
        : [{ kind: 'made-in', recordType: 'processStep', id: lot.source.stepId, lineage: true }],
  }),
};

const makers = ['material-supplier', 'recycler', 'cathode-maker'] as const;
const holders = [
  'material-supplier',
  'cathode-maker',
  'oem',
  'collector',
  'remanufacturer',
  'second-life-operator',
  'recycler',
] as const;

export const lotTransactions = {
  registerLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: makers,
    description: 'Registers a lot of material with its element masses by origin; the caller holds it.',
    command: commandSchema({
      lotId: Identifier,
      material: LotMaterial,
      chemistry: Type.Optional(CathodeChemistry),
      massMg: PositiveMassMg,
      account: ElementAccount,
      activeMaterialMg: Type.Optional(MassMg),
      carbonG: CarbonG,
      site: Type.Optional(Site),
      oreGradePpm: Type.Optional(Ppm),
      price: Type.Optional(Price),
      dueDiligence: Type.Optional(DueDiligence),
      composition: Type.Optional(Composition),
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: LotRecord,
    takesPrivateDetail: true,
  }),
  splitLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Splits parts off a lot, each with its share of every origin; what is not split off stays.',
    command: commandSchema({
      lotId: Identifier,
      parts: Type.Array(commandSchema({ lotId: Identifier, massMg: PositiveMassMg }), { minItems: 1, maxItems: 1000 }),
    }),
    result: Type.Object({ lot: LotRecord, parts: Type.Array(LotRecord) }, { additionalProperties: false }),
  }),
  blendLots: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Blends quantities of several lots into a new lot, which carries the sum of their origins.',
    command: commandSchema({
      lotId: Identifier,
      material: LotMaterial,
      inputs: Type.Array(commandSchema({ lotId: Identifier, massMg: PositiveMassMg }), { minItems: 2, maxItems: 256 }),
    }),
    result: LotRecord,
  }),
  drawDownLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Takes a quantity out of a lot for good: a loss, a disposal, a sample used up.',
    command: commandSchema({ lotId: Identifier, massMg: PositiveMassMg, reason: LongText }),
    result: LotRecord,
  }),
  declareScrap: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Declares a quantity of a lot to be manufacturing waste: a new lot of process scrap.',
    command: commandSchema({ lotId: Identifier, fromLotId: Identifier, massMg: PositiveMassMg, reason: LongText }),
    result: LotRecord,
  }),
  holdLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Holds a lot back: nothing can be drawn from it until it is released.',
    command: commandSchema({ lotId: Identifier, reason: LongText }),
    result: LotRecord,
  }),
  releaseLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Releases a lot that was held back.',
    command: commandSchema({ lotId: Identifier }),
    result: LotRecord,
  }),
  downgradeLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Names a lot as a lesser material, with the reason; its certificate no longer stands for it.',
    command: commandSchema({ lotId: Identifier, material: LotMaterial, reason: LongText }),
    result: LotRecord,
  }),
  reworkLot: transaction({
    contract: 'LotContract',
    kind: 'submit',
    roles: holders,
    description: 'Reworks all that is left of a lot into a new lot of the same material, to be assayed anew.',
    command: commandSchema({ lotId: Identifier, newLotId: Identifier, reason: LongText }),
    result: LotRecord,
  }),
};
