import type { LotRecord } from '@battery-passport/schemas';
import { assertCertificateUsable } from '../certificate/certificate-standing.js';
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

/**
 * Takes a quantity of a lot that the caller holds for something else to be made of, and writes the lot. A lot whose
 * certificate is revoked is no such material: it is reworked, downgraded, or goes back.
 * @throws Refusal as {@link takeFromLot}, and `CERTIFICATE_REVOKED`.
 */
export async function drawFromLot(
  context: TransactionContext,
  lotId: string,
  massMg: number,
): Promise<{ lot: LotRecord; drawn: DrawnMatter }> {
  const taken = await takeFromLot(context, lotId, massMg);
  await assertCertificateUsable(context.ledger, taken.lot);
  return taken;
}

/**
 * Takes a quantity out of a lot that the caller holds, whatever its certificate, and writes the lot.
 * @throws Refusal as {@link requireUsableLot}.
 */
export async function takeFromLot(
  context: TransactionContext,
  lotId: string,
  massMg: number,
): Promise<{ lot: LotRecord; drawn: DrawnMatter }> {
  const { lot, drawn } = drawLot(await requireUsableLot(context, lotId), massMg);
  return { lot: context.revise(lot), drawn };
}
