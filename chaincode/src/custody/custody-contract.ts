import type { custodyTransactions } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { privatePart } from '../kernel/transaction-context.js';
import { assertTransferable, requireAsset, settled } from './asset.js';
import { accept, assertRecipient, refuse, withdraw } from './custody-rules.js';

/** What the custody transactions do. */
export const custodyHandlers: Handlers<keyof typeof custodyTransactions> = {
  async offerCustody(context, { offerId, asset, to, terms, consignment, private: detail }) {
    const from = context.caller.partyId;
    const [thing, recipient] = await Promise.all([requireAsset(context, asset), context.ledger.require('party', to)]);
    assertTransferable(thing, from);
    assertRecipient(recipient, from);
    const offer = {
      recordType: 'custodyOffer' as const,
      id: offerId,
      ...context.stamp(),
      asset,
      assetId: asset.id,
      from,
      to,
      state: 'open' as const,
      offeredAt: context.now,
      ...(terms === undefined ? {} : { terms }),
      ...(consignment === undefined ? {} : { consignment }),
      ...privatePart(detail),
    };
    await context.ledger.create(offer);
    context.revise({ ...thing, pendingOfferId: offerId });
    context.tell('CustodyOffered', offer);
    return offer;
  },

  async acceptCustody(context, { offerId }) {
    const before = await context.ledger.require('custodyOffer', offerId);
    const offer = context.revise(accept(before, context.caller.partyId, context.now));
    context.revise(settled(await requireAsset(context, offer.asset), offer.to));
    context.tell('CustodyAccepted', offer);
    return offer;
  },

  async refuseCustody(context, { offerId, reason }) {
    const before = await context.ledger.require('custodyOffer', offerId);
    const offer = context.revise(refuse(before, context.caller.partyId, context.now, reason));
    context.revise(settled(await requireAsset(context, offer.asset), offer.from));
    context.tell('CustodyRefused', offer);
    return offer;
  },

  async withdrawCustody(context, { offerId, reason }) {
    const before = await context.ledger.require('custodyOffer', offerId);
    const offer = context.revise(withdraw(before, context.caller.partyId, context.now, reason));
    context.revise(settled(await requireAsset(context, offer.asset), offer.from));
    context.tell('CustodyWithdrawn', offer);
    return offer;
  },
};

/** Custody of lots, packs and modules, by offer and acceptance. */
@Info({ title: 'CustodyContract', description: 'Custody of lots, packs and modules, by offer and acceptance' })
export class CustodyContract extends Contract {
  constructor() {
    super('CustodyContract');
  }

  @Transaction()
  @Returns('string')
  public offerCustody(context: Context, command: string): Promise<string> {
    return execute(context, 'offerCustody', command, custodyHandlers.offerCustody);
  }

  @Transaction()
  @Returns('string')
  public acceptCustody(context: Context, command: string): Promise<string> {
    return execute(context, 'acceptCustody', command, custodyHandlers.acceptCustody);
  }

  @Transaction()
  @Returns('string')
  public refuseCustody(context: Context, command: string): Promise<string> {
    return execute(context, 'refuseCustody', command, custodyHandlers.refuseCustody);
  }

  @Transaction()
  @Returns('string')
  public withdrawCustody(context: Context, command: string): Promise<string> {
    return execute(context, 'withdrawCustody', command, custodyHandlers.withdrawCustody);
  }
}
