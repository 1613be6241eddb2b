import type { AssetReference, LotRecord, ModuleRecord, PackRecord } from '@battery-passport/schemas';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';

/** A record that has a holder. */
export type Asset = LotRecord | PackRecord | ModuleRecord;

/**
 * States in which a thing is not handed over: it is held back, used up, part of another thing, or its passport has ended.
 */
const NOT_TRANSFERABLE = {
  lot: ['held', 'exhausted'],
  pack: ['repurposed', 'recycled', 'ended'],
  module: ['fitted', 'dismantled'],
} as const satisfies { readonly [T in Asset['recordType']]: readonly Extract<Asset, { recordType: T }>['state'][] };

/**
 * Reads a thing that has a holder and is not corrected by another record.
 * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`.
 */
export function requireAsset({ ledger }: TransactionContext, { recordType, id }: AssetReference): Promise<Asset> {
  return ledger.requireCurrent(recordType, id);
}

/**
 * Checks that a party can offer a thing: it holds it, has not offered it yet, and the thing is there to be handed over.
 * @throws Refusal `NOT_HOLDER`, `ASSET_OFFERED`, `NOT_TRANSFERABLE`.
 */
export function assertTransferable(asset: Asset, partyId: string): void {
  const what = `${asset.recordType} ${asset.id}`;
  if (asset.holder !== partyId) throw new Refusal('NOT_HOLDER', `${what} is held by ${asset.holder}`);
  if (asset.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `${what} is offered in ${asset.pendingOfferId}`);
  }
  if ((NOT_TRANSFERABLE[asset.recordType] as readonly string[]).includes(asset.state)) {
    throw new Refusal('NOT_TRANSFERABLE', `${what} is ${asset.state}`);
  }
}

/** A thing without its pending offer, held by whoever is named. */
export function settled(asset: Asset, holder: string): Asset {
  const free = { ...asset, holder };
  delete free.pendingOfferId;
  return free;
}
