import type { AssetReference, LotRecord } from '@battery-passport/schemas';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { Refusal } from '../kernel/refusal.js';

/** A record that has a holder. */
export type Asset = LotRecord;

/** States in which a thing is no longer there to be handed over, or is held back, by record type. */
const NOT_TRANSFERABLE: Readonly<Record<string, ReadonlySet<string>>> = {
  lot: new Set(['held', 'exhausted']),
};

/**
 * Reads a thing that has a holder and is not corrected by another record.
 * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`.
 */
export async function requireAsset(context: TransactionContext, { recordType, id }: AssetReference): Promise<Asset> {
  if (recordType !== 'lot') throw new Refusal('RECORD_NOT_FOUND', `there is no ${recordType} ${id}`);
  return await context.ledger.requireCurrent(recordType, id);
}

/**
 * Checks that a party can offer a thing: it holds it, has not offered it yet, and the thing is there to be handed over.
 * @throws Refusal `NOT_HOLDER`, `ASSET_OFFERED`, `NOT_CUSTODIAL`.
 */
export function assertTransferable(asset: Asset, partyId: string): void {
  const what = `${asset.recordType} ${asset.id}`;
  if (asset.holder !== partyId) throw new Refusal('NOT_HOLDER', `${what} is held by ${asset.holder}`);
  if (asset.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `${what} is offered in ${asset.pendingOfferId}`);
  }
  if (NOT_TRANSFERABLE[asset.recordType]?.has(asset.state) === true) {
    throw new Refusal('NOT_CUSTODIAL', `${what} is ${asset.state}`);
  }
}

/** A thing without its pending offer, held by whoever is named. */
export function settled<A extends Asset>(asset: A, holder: string): A {
  const free = { ...asset, holder };
  delete free.pendingOfferId;
  return free;
}
