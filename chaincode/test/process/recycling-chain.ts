import {
  canonicalJson,
  assertRecord,
  type AnyRecord,
  type CommandOf,
  type DesignRecord,
  type ElementSymbol,
  type ModuleRecord,
  type PackRecord,
  type ResultOf,
  type SortingDecisionRecord,
  type StepOutput,
} from '@battery-passport/schemas';
import { START, type MemoryWorld } from '../memory-world.js';

/** Writes a record as an earlier transaction would have left it. */
export function seed(world: MemoryWorld, record: AnyRecord): void {
  assertRecord(record);
  world.state.values.set(`\0${record.recordType}\0${record.id}\0`, new TextEncoder().encode(canonicalJson(record)));
}

/** An object without some of its fields. */
export function without<T extends object, K extends keyof T>(object: T, ...fields: readonly K[]): Omit<T, K> {
  const left: Partial<T> = { ...object };
  for (const field of fields) Reflect.deleteProperty(left, field);
  return left as Omit<T, K>;
}

const stamp = (createdBy: string) => ({
  createdBy,
  createdAt: '2028-05-01T00:00:00Z',
  createdInTransaction: 'e'.repeat(64),
});
const DIGEST = `sha256:${'0'.repeat(64)}`;

export const design: DesignRecord = {
  recordType: 'design',
  id: 'design-1',
  ...stamp('oem'),
  manufacturer: 'oem',
  modelName: 'Traction pack 40',
  cathodeChemistry: 'NMC622',
  anodeChemistry: 'graphite',
  cellNominalCapacityMah: 60_000,
  packNominalEnergyWh: 40_000,
  seriesCells: 96,
  parallelCells: 2,
  moduleCount: 2,
  cathodeMassMg: 100_000_000,
  packMassMg: 400_000_000,
  estimatorDesignId: 'cell-60',
  estimatorDesignDigest: DIGEST,
  dismantling: [],
  certifiedEnergyWh: 39_000,
};

/** What is in a pack: 100 kg of NMC622, foils, graphite. */
export const PACK_MASSES = {
  Al: 20_000_000,
  C: 50_000_000,
  Co: 12_150_000,
  Cu: 15_000_000,
  Li: 6_700_000,
  Mn: 11_330_000,
  Ni: 36_300_000,
} as const;

/** A pack that was on the market, was collected, and is held by the recycler. */
export function sortedPack(id = 'pack-1', more: Partial<PackRecord> = {}): PackRecord {
  return {
    recordType: 'pack',
    id,
    ...stamp('oem'),
    gtin: '09506000134352',
    serial: id,
    digitalLink: `/01/09506000134352/21/${id}`,
    designId: 'design-1',
    holder: 'recycler',
    state: 'sorted',
    manufacturedAt: '2028-04-01T00:00:00Z',
    plant: { countryCode: 'JP', name: 'Tochigi' },
    modules: ['a', 'b'].map((letter) => ({
      moduleId: `${id}-${letter}`,
      massMg: 150_000_000,
      cellCount: 96,
      state: 'fitted' as const,
    })),
    materials: [{ lotId: 'powder-0', massMg: 100_000_000 }],
    contents: Object.entries(PACK_MASSES).map(([element, massMg]) => ({
      element: element as ElementSymbol,
      origins: [{ kind: 'primary', minedIn: 'ID', refinedIn: 'CN', massMg }],
    })),
    activeMaterialMg: 100_000_000,
    carbonG: 3_000_000,
    placedOnMarketAt: '2028-05-01T00:00:00Z',
    collection: {
      countryCode: 'JP',
      regionCode: 'JP-14',
      collectedAt: '2031-01-10T00:00:00Z',
      condition: 'intact',
    },
    counters: { chargeThroughputMah: 0, vehicleToGridThroughputMah: 0, fastChargeCount: 0, useRecordCount: 0 },
    sortingDecisionId: `decision-${id}`,
    ...more,
  };
}

/** The decision that gave a pack its route. */
export function decision(
  packId = 'pack-1',
  route: SortingDecisionRecord['route'] = 'direct-recycling',
  more: Partial<SortingDecisionRecord> = {},
): SortingDecisionRecord {
  return {
    recordType: 'sortingDecision',
    id: `decision-${packId}`,
    ...stamp('recycler'),
    packId,
    policyRecordId: 'default-v1',
    ruleId: 're-lithiate',
    route,
    decidedAt: '2031-01-20T00:00:00Z',
    ...more,
  };
}

/** A module on its own that came out of a pack that was on the market. */
export function looseModule(id: string, more: Partial<ModuleRecord> = {}): ModuleRecord {
  const { contents } = sortedPack();
  return {
    recordType: 'module',
    id,
    ...stamp('oem'),
    designId: 'design-1',
    packId: 'pack-1',
    massMg: 200_000_000,
    cellCount: 96,
    materials: [],
    contents,
    activeMaterialMg: 50_000_000,
    carbonG: 1000,
    holder: 'recycler',
    state: 'routed',
    route: 'direct-recycling',
    wasteStatus: 'post-consumer',
    ...more,
  };
}

/** A composition from masses in mg, each rounded down to ppm, with half a per cent of uncertainty. */
export function composition(massMg: number, masses: Partial<Record<ElementSymbol, number>>): StepOutput['composition'] {
  return Object.entries(masses).map(([element, elementMg]) => {
    const ppm = Math.floor((elementMg * 1_000_000) / massMg);
    return { element: element as ElementSymbol, ppm, uncertaintyPpm: Math.ceil(ppm / 200) };
  });
}

type Step = CommandOf<'recordProcessStep'>;

const common = {
  facility: { countryCode: 'US', name: 'Recycling plant 1' },
  energy: { electricityWh: 10_000, heatWh: 5_000 },
  carbonFactors: 'everbatt-2023',
} satisfies Partial<Step>;

/** Opens the pack: electrodes, copper foil with graphite, residue. */
export function disassembly(more: Partial<Step> = {}): Step {
  return {
    ...common,
    stepId: 'step-disassembly',
    kind: 'disassembly',
    method: 'manual',
    startedAt: '2031-02-01T08:00:00Z',
    finishedAt: '2031-02-01T12:00:00Z',
    inputs: [{ recordType: 'pack', id: 'pack-1', massMg: 398_000_000 }],
    outputs: [
      {
        lotId: 'electrodes-1',
        material: 'cathode-electrode',
        chemistry: 'NMC622',
        massMg: 112_000_000,
        massUncertaintyMg: 100_000,
        composition: composition(112_000_000, {
          Al: 8_000_000,
          Co: 12_000_000,
          Li: 6_500_000,
          Mn: 11_200_000,
          Ni: 35_900_000,
        }),
        activeMaterialMg: 98_800_000,
      },
      {
        lotId: 'copper-1',
        material: 'metal-foil',
        massMg: 15_000_000,
        massUncertaintyMg: 10_000,
        composition: composition(15_000_000, { Cu: 14_500_000 }),
        activeMaterialMg: 0,
      },
      {
        lotId: 'residue-1',
        material: 'residue',
        chemistry: 'NMC622',
        massMg: 200_000_000,
        massUncertaintyMg: 100_000,
        composition: composition(200_000_000, { C: 48_000_000, Ni: 200_000 }),
        activeMaterialMg: 200_000,
      },
    ],
    disassembly: {
      voltageBeforeOpeningMv: 12_000,
      electrolyteRemovedMg: 30_000_000,
      durationMinutes: 200,
      energyWh: 4_000,
    },
    ...more,
  };
}

/** Takes the foil off all electrodes by electric pulse. */
export function separation(more: Partial<Step> = {}): Step {
  return {
    ...common,
    stepId: 'step-separation',
    kind: 'foil-separation',
    method: 'electric-pulse',
    startedAt: '2031-02-02T08:00:00Z',
    finishedAt: '2031-02-02T12:00:00Z',
    inputs: [{ recordType: 'lot', id: 'electrodes-1', massMg: 112_000_000 }],
    outputs: [
      {
        lotId: 'delaminated-1',
        material: 'delaminated-cathode',
        chemistry: 'NMC622',
        massMg: 100_000_000,
        massUncertaintyMg: 100_000,
        composition: composition(100_000_000, {
          Al: 300_000,
          Co: 11_600_000,
          Li: 6_300_000,
          Mn: 10_800_000,
          Ni: 34_600_000,
        }),
        activeMaterialMg: 95_500_000,
      },
      {
        lotId: 'foil-1',
        material: 'metal-foil',
        massMg: 8_000_000,
        massUncertaintyMg: 10_000,
        composition: composition(8_000_000, { Al: 7_500_000 }),
        activeMaterialMg: 0,
      },
    ],
    ...more,
  };
}

/** Restores the lithium of all delaminated cathode with a lot of lithium hydroxide. */
export function regeneration(more: Partial<Step> = {}): Step {
  return {
    ...common,
    stepId: 'step-regeneration',
    kind: 'regeneration',
    method: 're-lithiation',
    startedAt: '2031-02-04T08:00:00Z',
    finishedAt: '2031-02-05T12:00:00Z',
    inputs: [
      { recordType: 'lot', id: 'delaminated-1', massMg: 100_000_000 },
      { recordType: 'lot', id: 'lithium-1', massMg: 3_000_000 },
    ],
    outputs: [
      {
        lotId: 'regenerated-1',
        material: 'regenerated-cathode',
        chemistry: 'NMC622',
        massMg: 95_000_000,
        massUncertaintyMg: 50_000,
        composition: composition(95_000_000, {
          Co: 11_500_000,
          Li: 6_700_000,
          Mn: 10_700_000,
          Ni: 34_300_000,
        }),
        activeMaterialMg: 94_500_000,
      },
    ],
    reagents: [{ name: 'sodium-hydroxide', massMg: 2_000_000 }],
    ...more,
  };
}

/** Registers the reagent that brings lithium back, mined and refined. */
export async function registerLithium(world: MemoryWorld): Promise<void> {
  await world.submit('recycler', 'registerLot', {
    lotId: 'lithium-1',
    material: 'reagent',
    massMg: 3_000_000,
    account: [{ element: 'Li', origins: [{ kind: 'primary', minedIn: 'AU', refinedIn: 'CN', massMg: 868_000 }] }],
    carbonG: 72_720,
  });
}

/** A grade for regenerated NMC622, published by the cathode maker. */
export function grade(
  more: Partial<CommandOf<'publishGradeSpecification'>> = {},
): CommandOf<'publishGradeSpecification'> {
  return {
    specId: 'nmc622-r',
    version: 1,
    title: 'Regenerated NMC622',
    chemistry: 'NMC622',
    limits: [
      { property: 'aluminium-ppm', maximum: 500, method: 'ICP-OES' },
      { property: 'copper-ppm', maximum: 20, method: 'ICP-OES' },
      { property: 'lithium-to-transition-metal-ppm', minimum: 1_000_000, maximum: 1_050_000, method: 'ICP-OES' },
      { property: 'specific-capacity-mah-per-kg', minimum: 165_000, method: 'C/10 half cell' },
    ],
    ...more,
  };
}

/** A laboratory's assay that meets {@link grade}, by a hair for copper. */
export function assay(more: Partial<CommandOf<'recordAssay'>> = {}): CommandOf<'recordAssay'> {
  return {
    assayId: 'assay-1',
    lotId: 'regenerated-1',
    sampledAt: '2031-02-06T08:00:00Z',
    measuredAt: '2031-02-08T08:00:00Z',
    purpose: 'certification',
    results: [
      { property: 'aluminium-ppm', value: 310, uncertainty: 30, method: 'ICP-OES' },
      { property: 'copper-ppm', value: 20, uncertainty: 2, method: 'ICP-OES' },
      { property: 'lithium-to-transition-metal-ppm', value: 1_020_000, uncertainty: 8_000, method: 'ICP-OES' },
      { property: 'specific-capacity-mah-per-kg', value: 171_000, uncertainty: 1_500, method: 'C/10 half cell' },
    ],
    ...more,
  };
}

/** The certificate of the regenerated lot. */
export function certificate(more: Partial<CommandOf<'issueCertificate'>> = {}): CommandOf<'issueCertificate'> {
  return {
    certificateId: 'certificate-1',
    lotId: 'regenerated-1',
    assayId: 'assay-1',
    specRecordId: 'nmc622-r-v1',
    chainOfCustodyModel: 'segregated',
    ...more,
  };
}

/** Runs the whole direct chain from a sorted pack to an assayed lot of regenerated cathode. */
export async function recycle(world: MemoryWorld): Promise<ResultOf<'recordProcessStep'>> {
  world.now = START;
  await registerLithium(world);
  await world.submit('recycler', 'recordProcessStep', disassembly());
  await world.submit('recycler', 'recordProcessStep', separation());
  const regenerated = await world.submit('recycler', 'recordProcessStep', regeneration());
  await world.submit('maker', 'publishGradeSpecification', grade());
  await world.submit('laboratory', 'recordAssay', assay());
  return regenerated;
}

/** Seeds what {@link recycle} begins with. */
export function seedSortedPack(world: MemoryWorld): void {
  seed(world, design);
  seed(world, sortedPack());
  seed(world, decision());
}
