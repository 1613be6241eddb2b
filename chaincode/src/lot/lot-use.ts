import type { LotRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { assertLotUsable, drawLot, type DrawnMatter } from './lot-rules.js';

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
  await assertCertificateStands(context, taken.lot);
  return taken;
}

/**
 * Takes a quantity out of a lot that the caller holds, whatever its certificate, and writes the lot.
 * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`, `NOT_HOLDER`, `ASSET_OFFERED`, `LOT_HELD`, `LOT_OVERDRAWN`.
 */
export async function takeFromLot(
  context: TransactionContext,
  lotId: string,
  massMg: number,
): Promise<{ lot: LotRecord; drawn: DrawnMatter }> {
  const before = await context.ledger.requireCurrent('lot', lotId);
  assertLotUsable(before, context.caller.partyId);
  const { lot, drawn } = drawLot(before, massMg);
  return { lot: context.revise(lot), drawn };
}

async function assertCertificateStands({ ledger }: TransactionContext, lot: LotRecord): Promise<void> {
  if (lot.certificateId === undefined) return;
  const { state } = await ledger.require('certificate', lot.certificateId);
  if (state === 'revoked') {
    throw new Refusal('CERTIFICATE_REVOKED', `certificate ${lot.certificateId} of lot ${lot.id} is revoked`);
  }
}
