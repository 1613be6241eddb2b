import type { designTransactions } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { privatePart } from '../kernel/transaction-context.js';
import { assertDesign } from './design-rules.js';

/** What the design transactions do. */
export const designHandlers: Handlers<keyof typeof designTransactions> = {
  async registerDesign(context, command) {
    assertDesign(command);
    const { designId, supersedes, private: detail, ...content } = command;
    if (supersedes !== undefined) await context.supersede('design', supersedes.id, designId, supersedes.reason);
    const design = {
      recordType: 'design' as const,
      id: designId,
      ...context.stamp(),
      ...content,
      manufacturer: context.caller.partyId,
      ...(supersedes === undefined ? {} : { supersedes }),
      ...privatePart(detail),
    };
    await context.ledger.create(design);
    context.tell('DesignRegistered', design);
    return design;
  },
};

/** Designs of packs. */
@Info({ title: 'DesignContract', description: 'Designs of packs' })
export class DesignContract extends Contract {
  constructor() {
    super('DesignContract');
  }

  @Transaction()
  @Returns('string')
  public registerDesign(context: Context, command: string): Promise<string> {
    return execute(context, 'registerDesign', command, designHandlers.registerDesign);
  }
}
