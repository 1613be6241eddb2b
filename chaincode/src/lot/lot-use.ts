import type { LotRecord } from '@battery-passport/schemas';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { assertLotUsable, drawLot, type DrawnMatter } from './lot-rules.js';

/**
 * Reads a lot that the caller may draw from now.
 * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`, `NOT_HOLDER`, `ASSET_OFFERED`, `LOT_HELD`, `LOT_OVERDRAWN`.
 */
export async function requireUsableLot(context: TransactionContext, lotId: string): Promise<LotRecord> {
  const lot = await context.ledger.requireCurrent('lot', lotId);
  assertLotUsable(lot, context.caller.partyId);
  return lot;
}

/** Draws a quantity from a lot that the caller holds and writes the lot. @throws Refusal as {@link requireUsableLot}. */
export async function drawFromLot(
  context: TransactionContext,
  lotId: string,
  massMg: number,
): Promise<{ lot: LotRecord; drawn: DrawnMatter }> {
  const { lot, drawn } = drawLot(await requireUsableLot(context, lotId), massMg);
  return { lot: context.revise(lot), drawn };
}
