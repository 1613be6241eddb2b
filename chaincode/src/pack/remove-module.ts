import type { ModuleRecord, PackRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { looseAgain, looseModule, requireFitted, takeOut, type Departure } from './module-rules.js';

/** Name under which the identifier of every module is taken once, in packs and on its own. */
export const MODULE_IDENTITY = 'moduleIdentity';

/**
 * Takes a module out of a pack and writes its own record; the pack is for the caller to write. A module that was fitted as a
 * loose one comes out under another identifier: the pack descends from the first record, and the second from the pack.
 * @throws Refusal `MODULE_NOT_FITTED`, `LINEAGE_CYCLE` where the other identifier is missing, `RECORD_EXISTS` where it is taken.
 */
export async function removeModule(
  context: TransactionContext,
  pack: PackRecord,
  { moduleId, looseModuleId }: { readonly moduleId: string; readonly looseModuleId?: string },
  as: Departure,
  change: (module: ModuleRecord) => ModuleRecord = (module) => module,
): Promise<{ pack: PackRecord; module: ModuleRecord }> {
  const { ledger } = context;
  const place = requireFitted(pack, moduleId);
  if (place.recordId !== undefined) {
    const taken = takeOut(pack, moduleId, { ...as, recordId: place.recordId });
    const before = await ledger.require('module', place.recordId);
    return { pack: taken.pack, module: context.revise(change(looseAgain(pack, before, taken.matter))) };
  }
  const recordId = looseModuleId ?? moduleId;
  if (place.fittedLater === true) {
    if (recordId === moduleId) {
      throw new Refusal(
        'LINEAGE_CYCLE',
        `pack ${pack.id} descends from module ${moduleId}: name what comes out otherwise`,
      );
    }
    context.revise({ ...(await ledger.require('module', moduleId)), laterModuleId: recordId });
  }
  if (recordId !== moduleId) await ledger.claim(MODULE_IDENTITY, [recordId], recordId);
  const taken = takeOut(pack, moduleId, { ...as, recordId });
  const module = change(
    looseModule(pack, taken.module, { id: recordId, stamp: context.stamp(), matter: taken.matter }),
  );
  await ledger.create(module);
  return { pack: taken.pack, module };
}
