import type { lotTransactions } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import { privatePart } from '../kernel/transaction-context.js';
import {
  assertLotOwn,
  assertRegistrable,
  blend,
  correctLot,
  downgrade,
  drawAll,
  hold,
  newLot,
  registeredMatter,
  release,
  rework,
  scrapOf,
  splitOff,
} from './lot-rules.js';
import { drawFromLot, takeFromLot } from './lot-use.js';

/** What the lot transactions do. */
export const lotHandlers: Handlers<keyof typeof lotTransactions> = {
  async registerLot(context, command) {
    assertRegistrable(command);
    const registered = {
      ...newLot({
        id: command.lotId,
        stamp: context.stamp(),
        holder: context.caller.partyId,
        material: command.material,
        chemistry: command.chemistry,
        composition: command.composition,
        source: { kind: 'registered', parents: [] },
        wasteStatus: 'none',
        matter: registeredMatter(command),
      }),
      ...(command.site === undefined ? {} : { site: command.site }),
      ...(command.oreGradePpm === undefined ? {} : { oreGradePpm: command.oreGradePpm }),
      ...(command.price === undefined ? {} : { price: command.price }),
      ...(command.dueDiligence === undefined ? {} : { dueDiligence: command.dueDiligence }),
      ...privatePart(command.private),
    };
    const { supersedes } = command;
    const lot =
      supersedes === undefined
        ? registered
        : {
            ...correctLot(await context.supersede('lot', supersedes.id, command.lotId, supersedes.reason), registered),
            supersedes,
          };
    await context.ledger.create(lot);
    context.tell('LotRegistered', lot);
    return lot;
  },

  async splitLot(context, { lotId, parts }) {
    const made = [];
    for (const { lotId: id, massMg } of parts) {
      const { lot, drawn } = await takeFromLot(context, lotId, massMg);
      const part = splitOff(lot, { id, stamp: context.stamp(), drawn });
      await context.ledger.create(part);
      context.tell('LotSplit', part);
      made.push(part);
    }
    return { lot: await context.ledger.require('lot', lotId), parts: made };
  },

  async blendLots(context, { lotId, material, inputs }) {
    const ids = new Set(inputs.map((input) => input.lotId));
    if (ids.has(lotId)) throw new Refusal('LINEAGE_CYCLE', `lot ${lotId} cannot be its own parent`);
    if (ids.size !== inputs.length) throw new Refusal('DUPLICATE_INPUT', 'a lot is named twice');
    const drawn = [];
    for (const input of inputs) drawn.push(await drawFromLot(context, input.lotId, input.massMg));
    const lot = blend(drawn, { id: lotId, stamp: context.stamp(), holder: context.caller.partyId, material });
    await context.ledger.create(lot);
    context.tell('LotBlended', lot);
    return lot;
  },

  async drawDownLot(context, { lotId, massMg }) {
    const { lot } = await takeFromLot(context, lotId, massMg);
    context.tell('LotDrawnDown', lot);
    return lot;
  },

  async declareScrap(context, { lotId, fromLotId, massMg }) {
    const { lot, drawn } = await takeFromLot(context, fromLotId, massMg);
    const scrap = scrapOf(lot, { id: lotId, stamp: context.stamp(), drawn });
    await context.ledger.create(scrap);
    context.tell('ScrapDeclared', scrap);
    return scrap;
  },

  async holdLot(context, { lotId, reason }) {
    const before = await context.ledger.requireCurrent('lot', lotId);
    assertLotOwn(before, context.caller.partyId);
    const lot = context.revise(hold(before, reason));
    context.tell('LotHeld', lot);
    return lot;
  },

  async releaseLot(context, { lotId }) {
    const before = await context.ledger.requireCurrent('lot', lotId);
    assertLotOwn(before, context.caller.partyId);
    const lot = context.revise(release(before));
    context.tell('LotReleased', lot);
    return lot;
  },

  async downgradeLot(context, { lotId, material, reason }) {
    const before = await context.ledger.requireCurrent('lot', lotId);
    assertLotOwn(before, context.caller.partyId);
    const lot = context.revise(downgrade(before, material, reason, context.now));
    context.tell('LotDowngraded', lot);
    return lot;
  },

  async reworkLot(context, { lotId, newLotId }) {
    const held = await context.ledger.requireCurrent('lot', lotId);
    assertLotOwn(held, context.caller.partyId);
    const { lot: before, drawn } = drawAll(held);
    context.revise(before);
    const lot = rework(before, { id: newLotId, stamp: context.stamp(), drawn });
    await context.ledger.create(lot);
    context.tell('LotReworked', lot);
    return lot;
  },
};

/** Lots of material: registered, split, blended, drawn down, held, downgraded, reworked. */
@Info({ title: 'LotContract', description: 'Lots of material and their accounts of origins' })
export class LotContract extends Contract {
  constructor() {
    super('LotContract');
  }

  @Transaction()
  @Returns('string')
  public registerLot(context: Context, command: string): Promise<string> {
    return execute(context, 'registerLot', command, lotHandlers.registerLot);
  }

  @Transaction()
  @Returns('string')
  public splitLot(context: Context, command: string): Promise<string> {
    return execute(context, 'splitLot', command, lotHandlers.splitLot);
  }

  @Transaction()
  @Returns('string')
  public blendLots(context: Context, command: string): Promise<string> {
    return execute(context, 'blendLots', command, lotHandlers.blendLots);
  }

  @Transaction()
  @Returns('string')
  public drawDownLot(context: Context, command: string): Promise<string> {
    return execute(context, 'drawDownLot', command, lotHandlers.drawDownLot);
  }

  @Transaction()
  @Returns('string')
  public declareScrap(context: Context, command: string): Promise<string> {
    return execute(context, 'declareScrap', command, lotHandlers.declareScrap);
  }

  @Transaction()
  @Returns('string')
  public holdLot(context: Context, command: string): Promise<string> {
    return execute(context, 'holdLot', command, lotHandlers.holdLot);
  }

  @Transaction()
  @Returns('string')
  public releaseLot(context: Context, command: string): Promise<string> {
    return execute(context, 'releaseLot', command, lotHandlers.releaseLot);
  }

  @Transaction()
  @Returns('string')
  public downgradeLot(context: Context, command: string): Promise<string> {
    return execute(context, 'downgradeLot', command, lotHandlers.downgradeLot);
  }

  @Transaction()
  @Returns('string')
  public reworkLot(context: Context, command: string): Promise<string> {
    return execute(context, 'reworkLot', command, lotHandlers.reworkLot);
  }
}
