import Type, { type Static } from 'typebox';
import { ElementAccount } from '../element-account.js';
import { Gtin, GtinSerial } from '../gs1.js';
import { CountryCode, Identifier, Instant, LongText, RegionCode } from '../identifier.js';
import { CarbonG, ChargeMah, Count, MassMg, PositiveMassMg } from '../quantity.js';
import type { RecordReference } from '../record.js';
import { commandSchema, Documents, PrivateDetail, recordDefinition, recordSchema, Supersedes } from '../record.js';
import { transaction } from '../transaction.js';
import { Site } from './lot.js';

/** The most modules that one pack may have. */
export const MAX_MODULES_PER_PACK = 256;

/** Where a returned pack, or a module of it, is sent. */
export const ROUTES = ['reuse', 'repurpose', 'direct-recycling', 'hydrometallurgy', 'reject'] as const;
/** Where a returned pack, or a module of it, is sent. */
export const Route = Type.Enum([...ROUTES], { description: 'Route of a returned pack or module' });
export type Route = (typeof ROUTES)[number];

const CellCount = Type.Integer({ minimum: 1, maximum: 1_000_000, description: 'Count of cells' });

/**
 * A module as its pack lists it. `fitted` is in the pack; `routed` left it by a sorting of modules, and `removed` by a
 * repair: both then have a record of their own; `dismantled` was taken apart by a process step.
 */
export const PackModule = Type.Object(
  {
    moduleId: Identifier,
    massMg: PositiveMassMg,
    cellCount: CellCount,
    state: Type.Enum(['fitted', 'routed', 'removed', 'dismantled']),
    route: Type.Optional(Route),
    /** The record that it got when it left the pack, and keeps if it is put back. */
    recordId: Type.Optional(Identifier),
    /** Whether it was fitted later, as a module with a record of its own from which this pack then descends. */
    fittedLater: Type.Optional(Type.Literal(true)),
  },
  { additionalProperties: false },
);
export type PackModule = Static<typeof PackModule>;

/** A quantity of a lot that went into a thing. */
export const ConsumedMaterial = Type.Object(
  { lotId: Identifier, massMg: PositiveMassMg },
  { additionalProperties: false },
);
export type ConsumedMaterial = Static<typeof ConsumedMaterial>;

const ConsumedMaterials = Type.Array(ConsumedMaterial, { maxItems: 256 });

/** How and roughly where a pack was given back: a country and a region, never an address. */
export const Collection = Type.Object(
  {
    countryCode: CountryCode,
    regionCode: RegionCode,
    collectedAt: Instant,
    condition: Type.Enum(['intact', 'damaged', 'defective']),
  },
  { additionalProperties: false },
);
export type Collection = Static<typeof Collection>;

/** Totals of a pack's standing use records; the charge throughput is the vehicle's own counter at the end of the last one. */
export const UseCounters = Type.Object(
  {
    chargeThroughputMah: ChargeMah,
    vehicleToGridThroughputMah: ChargeMah,
    fastChargeCount: Count,
    useRecordCount: Count,
  },
  { additionalProperties: false },
);

/**
 * States of a pack. `in-repair` is a pack in service that misses a module. The last three end the passport: `repurposed` names
 * the next passport, `recycled` came from a process step, `ended` is every other end.
 */
export const PACK_STATES = [
  'manufactured',
  'in-service',
  'in-repair',
  'collected',
  'sorted',
  'repurposed',
  'recycled',
  'ended',
] as const;

/** Why a passport ends other than by recycling or repurposing. */
export const END_REASONS = ['exported', 'lost', 'destroyed', 'disposed', 'taken-apart'] as const;

/**
 * A traction-battery pack and its passport. `contents`, `activeMaterialMg` and `carbonG` are what is in the pack now: a module
 * that leaves takes its share by mass with it, a pack that becomes another hands everything on.
 */
export const PackRecord = recordSchema('pack', {
  gtin: Gtin,
  serial: GtinSerial,
  /** Path of the GS1 Digital Link, `/01/{GTIN}/21/{serial}`. */
  digitalLink: Type.String({ pattern: '^/01/[0-9]{14}/21/[A-Za-z0-9._-]{1,20}$' }),
  designId: Identifier,
  holder: Identifier,
  state: Type.Enum([...PACK_STATES]),
  manufacturedAt: Instant,
  plant: Site,
  modules: Type.Array(PackModule, { minItems: 1, maxItems: MAX_MODULES_PER_PACK }),
  /** When a module last left or came: an attestation measured before it no longer tells of this pack. */
  modulesChangedAt: Type.Optional(Instant),
  materials: ConsumedMaterials,
  contents: ElementAccount,
  activeMaterialMg: MassMg,
  carbonG: CarbonG,
  placedOnMarketAt: Type.Optional(Instant),
  collection: Type.Optional(Collection),
  counters: UseCounters,
  lastUseTo: Type.Optional(Instant),
  lastUseRecordId: Type.Optional(Identifier),
  /** The latest standing attestation of the whole pack. */
  attestationId: Type.Optional(Identifier),
  sortingDecisionId: Type.Optional(Identifier),
  previousPackId: Type.Optional(Identifier),
  nextPackId: Type.Optional(Identifier),
  endedAt: Type.Optional(Instant),
  endReason: Type.Optional(Type.Enum(['repurposed', 'recycled', ...END_REASONS])),
  pendingOfferId: Type.Optional(Identifier),
});
export type PackRecord = Static<typeof PackRecord>;

/** A module on its own: taken out of a pack, or made as a spare. */
export const ModuleRecord = recordSchema('module', {
  designId: Identifier,
  /** The pack that it came out of; none for a spare. */
  packId: Type.Optional(Identifier),
  /** Its identifier in that pack, where the record took another. */
  formerModuleId: Type.Optional(Identifier),
  /** The record under which it came out again, after it had been fitted into `fittedInPackId`. */
  laterModuleId: Type.Optional(Identifier),
  massMg: PositiveMassMg,
  cellCount: CellCount,
  materials: ConsumedMaterials,
  /** What is in it while it is on its own; what is fitted counts in the pack. */
  contents: ElementAccount,
  activeMaterialMg: MassMg,
  carbonG: CarbonG,
  /** Who holds it; while it is fitted, whoever fitted it: then the pack's holder counts. */
  holder: Identifier,
  state: Type.Enum(['loose', 'fitted', 'routed', 'dismantled']),
  route: Type.Optional(Route),
  sortingDecisionId: Type.Optional(Identifier),
  attestationId: Type.Optional(Identifier),
  fittedInPackId: Type.Optional(Identifier),
  /** Waste by lineage: `none` until it is routed to recycling, then by whether its pack was ever on the market. */
  wasteStatus: Type.Enum(['none', 'pre-consumer', 'post-consumer']),
  pendingOfferId: Type.Optional(Identifier),
});
export type ModuleRecord = Static<typeof ModuleRecord>;

/** What was done to a pack without ending its passport. */
export const REPAIR_KINDS = ['repair', 'module-swap', 'remanufacture'] as const;

/** A repair, a swap of modules or a remanufacture. */
export const RepairRecord = recordSchema('repair', {
  packId: Identifier,
  kind: Type.Enum([...REPAIR_KINDS]),
  /** Modules that left, by the identifier of the record that each now has. */
  removedModuleIds: Type.Array(Identifier, { maxItems: MAX_MODULES_PER_PACK }),
  fittedModuleIds: Type.Array(Identifier, { maxItems: MAX_MODULES_PER_PACK }),
  description: LongText,
  performedAt: Instant,
  documents: Documents,
});
export type RepairRecord = Static<typeof RepairRecord>;

const lineage = (kind: string, recordType: string, id: string): RecordReference => ({
  kind,
  recordType,
  id,
  lineage: true,
});
const link = (kind: string, recordType: string, id: string): RecordReference => ({
  kind,
  recordType,
  id,
  lineage: false,
});

export const packRecords = {
  pack: recordDefinition({
    schema: PackRecord,
    indexes: ['holder', 'state', 'designId'],
    references: (pack) => [
      link('design', 'design', pack.designId),
      ...pack.materials.map(({ lotId }) => lineage('consumed', 'lot', lotId)),
      ...(pack.previousPackId === undefined ? [] : [lineage('repurposed-from', 'pack', pack.previousPackId)]),
      ...pack.modules
        .filter(({ fittedLater }) => fittedLater === true)
        .map(({ moduleId }) => lineage('fitted', 'module', moduleId)),
      ...(pack.supersedes === undefined ? [] : [lineage('corrects', 'pack', pack.supersedes.id)]),
    ],
  }),
  module: recordDefinition({
    schema: ModuleRecord,
    indexes: ['holder', 'state'],
    references: (module) => [
      link('design', 'design', module.designId),
      ...(module.packId === undefined ? [] : [lineage('removed-from', 'pack', module.packId)]),
      ...module.materials.map(({ lotId }) => lineage('consumed', 'lot', lotId)),
    ],
  }),
  repair: recordDefinition({
    schema: RepairRecord,
    indexes: ['packId'],
    references: (repair) => [
      link('repaired', 'pack', repair.packId),
      ...repair.removedModuleIds.map((id) => link('removed', 'module', id)),
      ...repair.fittedModuleIds.map((id) => link('fitted', 'module', id)),
    ],
  }),
};

const holders = ['oem', 'collector', 'remanufacturer', 'second-life-operator', 'recycler'] as const;

export const packTransactions = {
  registerPack: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: ['oem'],
    description: 'Registers a manufactured pack, which consumes the named quantities of lots; the caller holds it.',
    command: commandSchema({
      packId: Identifier,
      gtin: Gtin,
      serial: GtinSerial,
      designId: Identifier,
      manufacturedAt: Instant,
      plant: Site,
      modules: Type.Array(commandSchema({ moduleId: Identifier, massMg: PositiveMassMg, cellCount: CellCount }), {
        minItems: 1,
        maxItems: MAX_MODULES_PER_PACK,
      }),
      /** Empty where nothing is known of the material: then no recycled content can be claimed. */
      materials: ConsumedMaterials,
      supersedes: Type.Optional(Supersedes),
      private: Type.Optional(PrivateDetail),
    }),
    result: PackRecord,
    takesPrivateDetail: true,
  }),
  registerModule: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: ['oem', 'remanufacturer'],
    description: 'Registers a spare module, which consumes the named quantities of lots; the caller holds it.',
    command: commandSchema({
      moduleId: Identifier,
      designId: Identifier,
      massMg: PositiveMassMg,
      cellCount: CellCount,
      materials: ConsumedMaterials,
      private: Type.Optional(PrivateDetail),
    }),
    result: ModuleRecord,
    takesPrivateDetail: true,
  }),
  placePackOnMarket: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: ['oem', 'remanufacturer', 'second-life-operator'],
    description: 'Puts a pack into service: a new one, or one that was sorted for reuse.',
    command: commandSchema({ packId: Identifier, placedOnMarketAt: Instant }),
    result: PackRecord,
  }),
  collectPack: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: ['collector', 'recycler', 'oem'],
    description: 'Takes a returned pack in, with country, region, date and condition; the caller then holds it.',
    command: commandSchema({ packId: Identifier, ...Collection.properties }),
    result: PackRecord,
  }),
  recordRepair: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: holders,
    description: 'Records a repair, a swap of modules or a remanufacture; modules leave and come with their contents.',
    command: commandSchema({
      repairId: Identifier,
      packId: Identifier,
      kind: Type.Enum([...REPAIR_KINDS]),
      removed: Type.Array(
        commandSchema({
          moduleId: Identifier,
          /** Identifier of the loose module's record, where it cannot be `moduleId` itself. */
          looseModuleId: Type.Optional(Identifier),
        }),
        { maxItems: MAX_MODULES_PER_PACK },
      ),
      fittedModuleIds: Type.Array(Identifier, { maxItems: MAX_MODULES_PER_PACK, uniqueItems: true }),
      description: LongText,
      performedAt: Instant,
      documents: Documents,
      private: Type.Optional(PrivateDetail),
    }),
    result: RepairRecord,
    takesPrivateDetail: true,
  }),
  repurposePack: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: ['oem', 'remanufacturer', 'second-life-operator'],
    description: 'Ends the passport of a pack sorted for repurposing and opens a new one, linked both ways.',
    command: commandSchema({
      packId: Identifier,
      newPackId: Identifier,
      gtin: Gtin,
      serial: GtinSerial,
      plant: Site,
      repurposedAt: Instant,
    }),
    result: PackRecord,
  }),
  endPack: transaction({
    contract: 'PackContract',
    kind: 'submit',
    roles: holders,
    description: 'Ends a passport other than by recycling or repurposing: export, loss, destruction, disposal.',
    command: commandSchema({
      packId: Identifier,
      endedAt: Instant,
      reason: Type.Enum(['exported', 'lost', 'destroyed', 'disposed']),
    }),
    result: PackRecord,
  }),
};
