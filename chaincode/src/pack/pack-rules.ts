import {
  isGtin,
  toDigitalLinkPath,
  type Collection,
  type CommandOf,
  type ConsumedMaterial,
  type DesignRecord,
  type PackModule,
  type PackRecord,
} from '@battery-passport/schemas';
import { cellCount } from '../design/design-rules.js';
import { Refusal } from '../kernel/refusal.js';
import type { RecordStamp } from '../kernel/transaction-context.js';
import { NO_MATTER, type Matter } from './matter.js';

/** States in which a passport has ended. */
const ENDED: ReadonlySet<PackRecord['state']> = new Set<PackRecord['state']>(['repurposed', 'recycled', 'ended']);

/** Whether a pack was ever put on the market, under this passport or the one before: what is recovered from it is then post-consumer. */
export function wasOnMarket(pack: Pick<PackRecord, 'placedOnMarketAt' | 'previousPackId'>): boolean {
  return pack.placedOnMarketAt !== undefined || pack.previousPackId !== undefined;
}

/** Checks that a passport has not ended. @throws Refusal `PASSPORT_ENDED`. */
export function assertAlive(pack: PackRecord): void {
  if (ENDED.has(pack.state)) throw new Refusal('PASSPORT_ENDED', `pack ${pack.id} is ${pack.state}`);
}

/** Checks that a party holds a pack that it has not offered. @throws Refusal `PASSPORT_ENDED`, `NOT_HOLDER`, `ASSET_OFFERED`. */
export function assertPackOwn(pack: PackRecord, partyId: string): void {
  assertAlive(pack);
  if (pack.holder !== partyId) throw new Refusal('NOT_HOLDER', `pack ${pack.id} is held by ${pack.holder}`);
  assertNotOffered(pack);
}

/** Checks that a pack is not offered to another party. @throws Refusal `ASSET_OFFERED`. */
export function assertNotOffered(pack: PackRecord): void {
  if (pack.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `pack ${pack.id} is offered in ${pack.pendingOfferId}`);
  }
}

/** Checks a GTIN's check digit, which a schema cannot say. @throws Refusal `GTIN_INVALID`. */
export function assertGtin(gtin: string): void {
  if (!isGtin(gtin)) throw new Refusal('GTIN_INVALID', `${gtin} has another check digit`);
}

/** A module of a new pack as the command states it. */
type NewModule = CommandOf<'registerPack'>['modules'][number];

/**
 * Checks that a pack's modules are what its design says: how many, how many cells together, and no heavier than the pack.
 * @throws Refusal `DUPLICATE_INPUT`, `DESIGN_MISMATCH`, `OVERWEIGHT`.
 */
export function assertModulesFit(design: DesignRecord, modules: readonly NewModule[]): void {
  if (new Set(modules.map(({ moduleId }) => moduleId)).size !== modules.length) {
    throw new Refusal('DUPLICATE_INPUT', 'a module is named twice');
  }
  if (modules.length !== design.moduleCount) {
    throw new Refusal(
      'DESIGN_MISMATCH',
      `design ${design.id} has ${design.moduleCount} modules, got ${modules.length}`,
    );
  }
  const cells = modules.reduce((sum, module) => sum + module.cellCount, 0);
  if (cells !== cellCount(design)) {
    throw new Refusal('DESIGN_MISMATCH', `design ${design.id} has ${cellCount(design)} cells, got ${cells}`);
  }
  const massMg = modules.reduce((sum, module) => sum + module.massMg, 0);
  if (massMg > design.packMassMg) {
    throw new Refusal('OVERWEIGHT', `modules of ${massMg} mg cannot be in a pack of ${design.packMassMg} mg`);
  }
}

/** What makes a pack, besides the matter in it. */
export interface NewPack {
  readonly id: string;
  readonly stamp: RecordStamp;
  readonly gtin: string;
  readonly serial: string;
  readonly designId: string;
  readonly holder: string;
  readonly manufacturedAt: string;
  readonly plant: PackRecord['plant'];
  readonly modules: readonly PackModule[];
  readonly materials: readonly ConsumedMaterial[];
  readonly matter: Matter;
}

/** A pack that was just made. */
export function newPack(pack: NewPack): PackRecord {
  return {
    recordType: 'pack',
    id: pack.id,
    ...pack.stamp,
    gtin: pack.gtin,
    serial: pack.serial,
    digitalLink: toDigitalLinkPath(pack),
    designId: pack.designId,
    holder: pack.holder,
    state: 'manufactured',
    manufacturedAt: pack.manufacturedAt,
    plant: pack.plant,
    modules: [...pack.modules],
    materials: [...pack.materials],
    ...pack.matter,
    counters: { chargeThroughputMah: 0, vehicleToGridThroughputMah: 0, fastChargeCount: 0, useRecordCount: 0 },
  };
}

/**
 * Checks that a pack can be corrected by registering it again: nothing has happened to it since it was made.
 * @throws Refusal `NOT_HOLDER`, `ASSET_OFFERED`, `PASSPORT_ENDED`, `CORRECTION_CONFLICT`.
 */
export function assertCorrectable(pack: PackRecord, partyId: string): void {
  assertPackOwn(pack, partyId);
  if (pack.state !== 'manufactured' || pack.modulesChangedAt !== undefined || pack.previousPackId !== undefined) {
    throw new Refusal('CORRECTION_CONFLICT', `pack ${pack.id} has a life already (${pack.state})`);
  }
}

/**
 * Materials that a correction draws besides those that were drawn for the wrong record.
 * @throws Refusal `CORRECTION_CONFLICT` when it names less of a lot: what was drawn stays drawn.
 */
export function furtherMaterials(
  drawn: readonly ConsumedMaterial[],
  wanted: readonly ConsumedMaterial[],
): ConsumedMaterial[] {
  const drawnMg = new Map(drawn.map(({ lotId, massMg }) => [lotId, massMg]));
  for (const [lotId, massMg] of drawnMg) {
    const stated = wanted.find((material) => material.lotId === lotId)?.massMg ?? 0;
    if (stated < massMg) {
      throw new Refusal(
        'CORRECTION_CONFLICT',
        `${massMg} mg of lot ${lotId} were drawn, the correction has ${stated} mg`,
      );
    }
  }
  return wanted
    .map(({ lotId, massMg }) => ({ lotId, massMg: massMg - (drawnMg.get(lotId) ?? 0) }))
    .filter(({ massMg }) => massMg > 0);
}

/** A wrongly registered pack when its correction has taken what was in it. */
export function emptied(pack: PackRecord): PackRecord {
  return { ...pack, ...NO_MATTER };
}

/** Whether a pack has all the modules that it was made with, or others in their place. */
export function isComplete(pack: PackRecord): boolean {
  return fittedModules(pack).length >= madeWith(pack);
}

/** How many modules a pack was made with. */
export function madeWith(pack: PackRecord): number {
  return pack.modules.filter(({ fittedLater }) => fittedLater !== true).length;
}

/** The modules that are in a pack. */
export function fittedModules(pack: PackRecord): PackModule[] {
  return pack.modules.filter(({ state }) => state === 'fitted');
}

/**
 * Puts a pack into service. Its first placing on the market is kept; a pack that comes back leaves its collection behind.
 * @throws Refusal `ILLEGAL_TRANSITION`, `PACK_INCOMPLETE`.
 */
export function placeOnMarket(pack: PackRecord, at: string): PackRecord {
  if (pack.state !== 'manufactured' && pack.state !== 'sorted') {
    throw new Refusal('ILLEGAL_TRANSITION', `pack ${pack.id} is ${pack.state}`);
  }
  if (!isComplete(pack)) throw new Refusal('PACK_INCOMPLETE', `pack ${pack.id} misses modules`);
  const placed: PackRecord = { ...pack, state: 'in-service', placedOnMarketAt: pack.placedOnMarketAt ?? at };
  delete placed.collection;
  delete placed.sortingDecisionId;
  return placed;
}

/**
 * Takes a returned pack in. A pack that was never on the market can only be taken in by who holds it.
 * @throws Refusal `ILLEGAL_TRANSITION`, `NOT_HOLDER`, `REGION_MISMATCH`, `ASSET_OFFERED`, `PASSPORT_ENDED`.
 */
export function collect(pack: PackRecord, collection: Collection, partyId: string): PackRecord {
  assertAlive(pack);
  assertNotOffered(pack);
  if (!collection.regionCode.startsWith(`${collection.countryCode}-`)) {
    throw new Refusal('REGION_MISMATCH', `${collection.regionCode} is not in ${collection.countryCode}`);
  }
  switch (pack.state) {
    case 'manufactured':
      assertPackOwn(pack, partyId);
      break;
    case 'in-service':
    case 'in-repair':
      break;
    default:
      throw new Refusal('ILLEGAL_TRANSITION', `pack ${pack.id} is ${pack.state}`);
  }
  return { ...pack, state: 'collected', holder: partyId, collection };
}

/** What begins a pack's next passport. */
export interface NextPassport {
  readonly id: string;
  readonly stamp: RecordStamp;
  readonly gtin: string;
  readonly serial: string;
  readonly plant: PackRecord['plant'];
  readonly at: string;
}

/**
 * Ends a sorted pack's passport and begins the next: the modules in it and everything in them go over.
 * @throws Refusal `ILLEGAL_TRANSITION`, `LINEAGE_CYCLE`.
 */
export function repurpose(pack: PackRecord, next: NextPassport): { ended: PackRecord; begun: PackRecord } {
  if (pack.state !== 'sorted') throw new Refusal('ILLEGAL_TRANSITION', `pack ${pack.id} is ${pack.state}`);
  if (next.id === pack.id) throw new Refusal('LINEAGE_CYCLE', `pack ${pack.id} cannot descend from itself`);
  const begun = newPack({
    ...next,
    designId: pack.designId,
    holder: pack.holder,
    manufacturedAt: next.at,
    modules: fittedModules(pack).map(({ moduleId, massMg, cellCount: cells }) => ({
      moduleId,
      massMg,
      cellCount: cells,
      state: 'fitted',
    })),
    materials: [],
    matter: { contents: pack.contents, activeMaterialMg: pack.activeMaterialMg, carbonG: pack.carbonG },
  });
  return {
    ended: {
      ...pack,
      ...NO_MATTER,
      modules: pack.modules.map((module) => (module.state === 'fitted' ? { ...module, state: 'removed' } : module)),
      state: 'repurposed',
      endedAt: next.at,
      endReason: 'repurposed',
      nextPackId: next.id,
    },
    begun: { ...begun, previousPackId: pack.id },
  };
}

/** Ends a passport. What is in the pack leaves the ledger with it. */
export function end(pack: PackRecord, at: string, reason: NonNullable<PackRecord['endReason']>): PackRecord {
  assertAlive(pack);
  return { ...pack, state: 'ended', endedAt: at, endReason: reason };
}
