import {
  MAX_MODULES_PER_PACK,
  type ModuleRecord,
  type PackModule,
  type PackRecord,
  type Route,
} from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import type { RecordStamp } from '../kernel/transaction-context.js';
import { drawMatter, joinMatter, NO_MATTER, type Matter } from './matter.js';
import { fittedModules, isComplete, madeWith } from './pack-rules.js';

/** Routes on which a module may be used again. */
const USABLE_ROUTES: ReadonlySet<Route> = new Set<Route>(['reuse', 'repurpose']);

/** The matter of a pack or a module. */
export function matterOf({ contents, activeMaterialMg, carbonG }: Matter): Matter {
  return { contents, activeMaterialMg, carbonG };
}

/** Finds a module that is in a pack. @throws Refusal `MODULE_NOT_FITTED`. */
export function requireFitted(pack: PackRecord, moduleId: string): PackModule {
  const module = pack.modules.find((candidate) => candidate.moduleId === moduleId && candidate.state === 'fitted');
  if (module === undefined) throw new Refusal('MODULE_NOT_FITTED', `module ${moduleId} is not in pack ${pack.id}`);
  return module;
}

/** How a module leaves a pack. */
export type Departure = { readonly state: 'removed' } | { readonly state: 'routed'; readonly route: Route };

/**
 * Takes a module out of a pack, with its share by mass of what is in the modules: the last one takes all.
 * @throws Refusal `MODULE_NOT_FITTED`.
 */
export function takeOut(
  pack: PackRecord,
  moduleId: string,
  as: Departure & { readonly recordId: string },
): { pack: PackRecord; module: PackModule; matter: Matter } {
  const module = requireFitted(pack, moduleId);
  const fittedMg = fittedModules(pack).reduce((sum, { massMg }) => sum + massMg, 0);
  const { drawn, remaining } = drawMatter(matterOf(pack), module.massMg, fittedMg);
  return {
    pack: {
      ...pack,
      ...remaining,
      modules: pack.modules.map((other) => (other === module ? { ...module, ...as } : other)),
    },
    module,
    matter: drawn,
  };
}

/** A module on its own that came out of a pack. */
export function looseModule(
  pack: PackRecord,
  { moduleId, massMg, cellCount }: PackModule,
  { id, stamp, matter }: { readonly id: string; readonly stamp: RecordStamp; readonly matter: Matter },
): ModuleRecord {
  return {
    recordType: 'module',
    id,
    ...stamp,
    designId: pack.designId,
    packId: pack.id,
    ...(id === moduleId ? {} : { formerModuleId: moduleId }),
    massMg,
    cellCount,
    materials: [],
    ...matter,
    holder: pack.holder,
    state: 'loose',
    wasteStatus: 'none',
  };
}

/** The record of a module that was put back into its pack, when it leaves it again. */
export function looseAgain(pack: PackRecord, module: ModuleRecord, matter: Matter): ModuleRecord {
  const loose: ModuleRecord = { ...module, ...matter, holder: pack.holder, state: 'loose' };
  delete loose.fittedInPackId;
  return loose;
}

/** Checks that a party may fit a module. @throws Refusal `NOT_HOLDER`, `ASSET_OFFERED`, `MODULE_NOT_FREE`. */
export function assertModuleFree(module: ModuleRecord, partyId: string): void {
  if (module.holder !== partyId) throw new Refusal('NOT_HOLDER', `module ${module.id} is held by ${module.holder}`);
  if (module.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `module ${module.id} is offered in ${module.pendingOfferId}`);
  }
  const routedToUse = module.state === 'routed' && module.route !== undefined && USABLE_ROUTES.has(module.route);
  if (module.state !== 'loose' && !routedToUse) {
    throw new Refusal('MODULE_NOT_FREE', `module ${module.id} is ${module.state} ${module.route ?? ''}`.trim());
  }
}

/**
 * Fits a module into a pack, which takes over what is in it. A module that came out of this very pack goes back to its place;
 * from any other the pack then descends.
 * @throws Refusal `DESIGN_MISMATCH`, `PACK_FULL`, and those of adding accounts.
 */
export function fit(pack: PackRecord, module: ModuleRecord): { pack: PackRecord; module: ModuleRecord } {
  if (module.designId !== pack.designId) {
    throw new Refusal(
      'DESIGN_MISMATCH',
      `module ${module.id} is of ${module.designId}, pack ${pack.id} of ${pack.designId}`,
    );
  }
  const place = pack.modules.find(({ recordId }) => recordId === module.id);
  const full = fittedModules(pack).length >= madeWith(pack);
  if (full || (place === undefined && pack.modules.length >= MAX_MODULES_PER_PACK)) {
    throw new Refusal('PACK_FULL', `pack ${pack.id} has no place for module ${module.id}`);
  }
  const fitted: ModuleRecord = {
    ...module,
    ...NO_MATTER,
    state: 'fitted',
    fittedInPackId: pack.id,
    wasteStatus: 'none',
  };
  delete fitted.route;
  delete fitted.sortingDecisionId;
  return {
    pack: {
      ...pack,
      ...joinMatter(matterOf(pack), matterOf(module)),
      modules:
        place === undefined
          ? [...pack.modules, newPlace(module)]
          : pack.modules.map((other) => (other === place ? backInPlace(place) : other)),
    },
    module: fitted,
  };
}

function newPlace({ id, massMg, cellCount }: ModuleRecord): PackModule {
  return { moduleId: id, massMg, cellCount, state: 'fitted', fittedLater: true };
}

function backInPlace(place: PackModule): PackModule {
  const fitted: PackModule = { ...place, state: 'fitted' };
  delete fitted.route;
  return fitted;
}

/** Whether a module left this very pack and only goes back to its place. */
export function cameFrom(pack: PackRecord, module: ModuleRecord): boolean {
  return pack.modules.some(({ recordId }) => recordId === module.id);
}

/** The state that a pack is in after modules left or came: in service only when it is complete. */
export function afterModuleChange(pack: PackRecord, at: string): PackRecord {
  const inUse = pack.state === 'in-service' || pack.state === 'in-repair';
  const changed: PackRecord = {
    ...pack,
    modulesChangedAt: at,
    ...(inUse ? { state: isComplete(pack) ? 'in-service' : 'in-repair' } : {}),
  };
  // The estimate was of the pack as it was before.
  delete changed.attestationId;
  return changed;
}
