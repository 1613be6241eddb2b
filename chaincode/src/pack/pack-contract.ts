import type { CommandOf, ModuleRecord, packTransactions, PackRecord } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import { privatePart, type TransactionContext } from '../kernel/transaction-context.js';
import { requireRoute } from '../sorting/sorting-decision.js';
import { consumeMaterials } from './consume-materials.js';
import { joinMatter } from './matter.js';
import { assertNotDescendant } from './module-lineage.js';
import { afterModuleChange, assertModuleFree, cameFrom, fit, matterOf } from './module-rules.js';
import {
  assertCorrectable,
  assertGtin,
  assertModulesFit,
  collect,
  emptied,
  end,
  furtherMaterials,
  newPack,
  placeOnMarket,
  repurpose,
} from './pack-rules.js';
import { beginningOf, requireOwnPack } from './pack-use.js';
import { MODULE_IDENTITY, removeModule } from './remove-module.js';

/** Name under which a GTIN with its serial number is taken once. */
export const PACK_IDENTITY = 'packIdentity';

/** States in which modules may be taken out of a pack and fitted. */
const REPAIRABLE: ReadonlySet<PackRecord['state']> = new Set<PackRecord['state']>([
  'manufactured',
  'in-service',
  'in-repair',
  'collected',
]);

/** What the pack transactions do. */
export const packHandlers: Handlers<keyof typeof packTransactions> = {
  async registerPack(context, command) {
    const { ledger, caller } = context;
    const { packId, gtin, serial, supersedes, manufacturedAt } = command;
    assertGtin(gtin);
    context.assertPlausible(manufacturedAt, 'manufacturedAt');
    const design = await ledger.requireCurrent('design', command.designId);
    if (design.manufacturer !== caller.partyId) {
      throw new Refusal('NOT_AUTHOR', `design ${design.id} is made by ${design.manufacturer}`);
    }
    assertModulesFit(design, command.modules);
    const wrong = supersedes === undefined ? undefined : await withdrawWrongPack(context, packId, supersedes);
    const materials = wrong === undefined ? command.materials : furtherMaterials(wrong.materials, command.materials);
    const drawn = await consumeMaterials(context, materials, design, design.packMassMg);
    const pack = {
      ...newPack({
        id: packId,
        stamp: context.stamp(),
        gtin,
        serial,
        designId: design.id,
        holder: caller.partyId,
        manufacturedAt,
        plant: command.plant,
        modules: command.modules.map((module) => ({ ...module, state: 'fitted' })),
        materials: command.materials,
        matter: wrong === undefined ? drawn : joinMatter(matterOf(wrong), drawn),
      }),
      ...(supersedes === undefined ? {} : { supersedes }),
      ...privatePart(command.private),
    };
    await Promise.all([
      ledger.create(pack),
      ledger.claim(PACK_IDENTITY, [gtin, serial], packId),
      ...command.modules.map(({ moduleId }) => ledger.claim(MODULE_IDENTITY, [moduleId], packId)),
    ]);
    context.tell('PackRegistered', pack);
    return pack;
  },

  async registerModule(context, command) {
    const { moduleId, massMg, cellCount, materials } = command;
    const design = await context.ledger.requireCurrent('design', command.designId);
    const matter = await consumeMaterials(context, materials, design, massMg);
    const module: ModuleRecord = {
      recordType: 'module',
      id: moduleId,
      ...context.stamp(),
      designId: design.id,
      massMg,
      cellCount,
      materials,
      ...matter,
      holder: context.caller.partyId,
      state: 'loose',
      wasteStatus: 'none',
      ...privatePart(command.private),
    };
    await context.ledger.create(module);
    await context.ledger.claim(MODULE_IDENTITY, [moduleId], moduleId);
    context.tell('ModuleRegistered', module);
    return module;
  },

  async placePackOnMarket(context, { packId, placedOnMarketAt }) {
    const before = await requireOwnPack(context, packId);
    if (before.state === 'sorted') await requireRoute(context.ledger, before, ['reuse']);
    context.assertPlausible(placedOnMarketAt, 'placedOnMarketAt', {
      at: before.collection?.collectedAt ?? before.manufacturedAt,
      what: before.collection === undefined ? 'manufacturedAt' : 'collectedAt',
    });
    const pack = context.revise(placeOnMarket(before, placedOnMarketAt));
    context.tell('PackPlacedOnMarket', pack);
    return pack;
  },

  async collectPack(context, { packId, ...collection }) {
    const before = await context.ledger.requireCurrent('pack', packId);
    context.assertPlausible(collection.collectedAt, 'collectedAt', {
      at: before.placedOnMarketAt ?? before.manufacturedAt,
      what: before.placedOnMarketAt === undefined ? 'manufacturedAt' : 'placedOnMarketAt',
    });
    if (before.lastUseTo !== undefined) {
      context.assertPlausible(collection.collectedAt, 'collectedAt', { at: before.lastUseTo, what: 'the last use' });
    }
    const pack = context.revise(collect(before, collection, context.caller.partyId));
    context.tell('PackCollected', pack);
    return pack;
  },

  async recordRepair(context, command) {
    const { ledger, caller } = context;
    const { repairId, performedAt } = command;
    const before = await requireOwnPack(context, command.packId);
    if (!REPAIRABLE.has(before.state)) {
      throw new Refusal('ILLEGAL_TRANSITION', `pack ${before.id} is ${before.state}`);
    }
    assertRepair(command);
    context.assertPlausible(performedAt, 'performedAt', beginningOf(before));
    let pack = before;
    const removedModuleIds: string[] = [];
    for (const named of command.removed) {
      const taken = await removeModule(context, pack, named, { state: 'removed' });
      pack = taken.pack;
      removedModuleIds.push(taken.module.id);
      context.tell('ModuleRemoved', taken.module);
    }
    for (const moduleId of command.fittedModuleIds) {
      const module = await ledger.requireCurrent('module', moduleId);
      assertModuleFree(module, caller.partyId);
      if (!cameFrom(pack, module)) await assertNotDescendant(ledger, pack.id, module);
      const fitted = fit(pack, module);
      pack = fitted.pack;
      context.tell('ModuleFitted', context.revise(fitted.module));
    }
    if (pack !== before) context.revise(afterModuleChange(pack, performedAt));
    const repair = {
      recordType: 'repair' as const,
      id: repairId,
      ...context.stamp(),
      packId: pack.id,
      kind: command.kind,
      removedModuleIds,
      fittedModuleIds: command.fittedModuleIds,
      description: command.description,
      performedAt,
      documents: command.documents,
      ...privatePart(command.private),
    };
    await ledger.create(repair);
    context.tell('PackRepaired', repair);
    return repair;
  },

  async repurposePack(context, { packId, newPackId, gtin, serial, plant, repurposedAt }) {
    const { ledger } = context;
    assertGtin(gtin);
    const before = await requireOwnPack(context, packId);
    await requireRoute(ledger, before, ['repurpose']);
    context.assertPlausible(repurposedAt, 'repurposedAt', {
      at: before.collection?.collectedAt ?? before.manufacturedAt,
      what: 'collectedAt',
    });
    const stamp = context.stamp();
    const { ended, begun } = repurpose(before, { id: newPackId, stamp, gtin, serial, plant, at: repurposedAt });
    context.tell('PassportEnded', context.revise(ended));
    await Promise.all([ledger.create(begun), ledger.claim(PACK_IDENTITY, [gtin, serial], newPackId)]);
    context.tell('PackRepurposed', begun);
    return begun;
  },

  async endPack(context, { packId, endedAt, reason }) {
    const before = await requireOwnPack(context, packId);
    context.assertPlausible(endedAt, 'endedAt', beginningOf(before));
    const pack = context.revise(end(before, endedAt, reason));
    context.tell('PassportEnded', pack);
    return pack;
  },
};

/** Marks a wrong pack as corrected, gives its names up, and hands over what is in it. */
async function withdrawWrongPack(
  context: TransactionContext,
  newId: string,
  { id, reason }: { readonly id: string; readonly reason: string },
): Promise<PackRecord> {
  const wrong = await context.supersede('pack', id, newId, reason);
  assertCorrectable(wrong, context.caller.partyId);
  if (wrong.counters.useRecordCount > 0) {
    throw new Refusal('CORRECTION_CONFLICT', `pack ${id} has use records`);
  }
  context.ledger.update(emptied(wrong));
  await context.ledger.release(PACK_IDENTITY, [wrong.gtin, wrong.serial], id);
  for (const { moduleId } of wrong.modules) await context.ledger.release(MODULE_IDENTITY, [moduleId], id);
  return wrong;
}

function assertRepair({ kind, removed, fittedModuleIds }: CommandOf<'recordRepair'>): void {
  const named = removed.length + fittedModuleIds.length;
  if (kind === 'repair' && named > 0) throw new Refusal('REPAIR_MISMATCH', 'a repair leaves the modules as they are');
  if (kind === 'module-swap' && named === 0) throw new Refusal('REPAIR_MISMATCH', 'a swap of modules names some');
  const leaving = new Set(removed.flatMap(({ moduleId, looseModuleId }) => [moduleId, looseModuleId ?? moduleId]));
  if (fittedModuleIds.some((id) => leaving.has(id))) {
    throw new Refusal('REPAIR_MISMATCH', 'a module both leaves and comes');
  }
}

/** Packs, their modules and their passports. */
@Info({ title: 'PackContract', description: 'Packs, their modules and their passports' })
export class PackContract extends Contract {
  constructor() {
    super('PackContract');
  }

  @Transaction()
  @Returns('string')
  public registerPack(context: Context, command: string): Promise<string> {
    return execute(context, 'registerPack', command, packHandlers.registerPack);
  }

  @Transaction()
  @Returns('string')
  public registerModule(context: Context, command: string): Promise<string> {
    return execute(context, 'registerModule', command, packHandlers.registerModule);
  }

  @Transaction()
  @Returns('string')
  public placePackOnMarket(context: Context, command: string): Promise<string> {
    return execute(context, 'placePackOnMarket', command, packHandlers.placePackOnMarket);
  }

  @Transaction()
  @Returns('string')
  public collectPack(context: Context, command: string): Promise<string> {
    return execute(context, 'collectPack', command, packHandlers.collectPack);
  }

  @Transaction()
  @Returns('string')
  public recordRepair(context: Context, command: string): Promise<string> {
    return execute(context, 'recordRepair', command, packHandlers.recordRepair);
  }

  @Transaction()
  @Returns('string')
  public repurposePack(context: Context, command: string): Promise<string> {
    return execute(context, 'repurposePack', command, packHandlers.repurposePack);
  }

  @Transaction()
  @Returns('string')
  public endPack(context: Context, command: string): Promise<string> {
    return execute(context, 'endPack', command, packHandlers.endPack);
  }
}
