import type { PackRecord } from '@battery-passport/schemas';
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
