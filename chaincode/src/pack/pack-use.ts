import type { ModuleRecord, PackRecord } from '@battery-passport/schemas';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { assertPackOwn } from './pack-rules.js';

/**
 * Reads a pack that the caller holds and may act on now.
 * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`, `PASSPORT_ENDED`, `NOT_HOLDER`, `ASSET_OFFERED`.
 */
export async function requireOwnPack(context: TransactionContext, packId: string): Promise<PackRecord> {
  const pack = await context.ledger.requireCurrent('pack', packId);
  assertPackOwn(pack, context.caller.partyId);
  return pack;
}

/** When a pack's present life began, for checking dates against. */
export function beginningOf(pack: PackRecord): { at: string; what: string } {
  if (pack.modulesChangedAt !== undefined) return { at: pack.modulesChangedAt, what: 'the last change of modules' };
  return { at: pack.manufacturedAt, what: 'manufacturedAt' };
}

/** Where the modules of a pack are, by record: those that left it. */
export function departedModuleIds(pack: PackRecord): string[] {
  return pack.modules.flatMap(({ state, recordId }) =>
    state === 'fitted' || recordId === undefined ? [] : [recordId],
  );
}

/** The record of a module by the name that its pack has for it, if it has one. */
export function findModuleRecord(
  context: TransactionContext,
  pack: PackRecord,
  moduleId: string,
): Promise<ModuleRecord | undefined> {
  const place = pack.modules.find((module) => module.moduleId === moduleId || module.recordId === moduleId);
  const recordId = place?.recordId;
  return recordId === undefined ? Promise.resolve(undefined) : context.ledger.read('module', recordId);
}
