import type { PackRecord, UseRecord, useTransactions } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import { assertAlive } from '../pack/pack-rules.js';
import { afterUse, assertUse, correctionBaseline, nextBaseline } from './use-rules.js';

/** What the use transactions do. */
export const useHandlers: Handlers<keyof typeof useTransactions> = {
  async recordUse(context, { useRecordId, supersedes, ...use }) {
    const { ledger, caller } = context;
    const pack = await ledger.requireCurrent('pack', use.packId);
    assertAlive(pack);
    assertMayRecord(pack, caller.partyId);
    const wrong =
      supersedes === undefined
        ? undefined
        : await context.supersede('useRecord', supersedes.id, useRecordId, supersedes.reason);
    const baseline = wrong === undefined ? nextBaseline(pack) : correctionBaseline(pack, wrong);
    context.assertPlausible(use.to, 'to');
    assertUse(use, baseline);
    const record: UseRecord = {
      recordType: 'useRecord',
      id: useRecordId,
      ...context.stamp(),
      ...use,
      sequence: baseline.sequence,
      counterStartMah: baseline.counterMah,
      ...(supersedes === undefined ? {} : { supersedes }),
    };
    await ledger.create(record);
    context.revise(afterUse(pack, { ...use, id: useRecordId }, wrong));
    context.tell('UseRecorded', record);
    return record;
  },
};

/** The vehicle's maker reads its telematics, a second-life operator its own system's. @throws Refusal `NOT_HOLDER`. */
function assertMayRecord(pack: PackRecord, partyId: string): void {
  if (pack.holder !== partyId && pack.createdBy !== partyId) {
    throw new Refusal('NOT_HOLDER', `pack ${pack.id} is held by ${pack.holder} and made by ${pack.createdBy}`);
  }
}

/** Periods of use. */
@Info({ title: 'UseContract', description: 'Periods of use' })
export class UseContract extends Contract {
  constructor() {
    super('UseContract');
  }

  @Transaction()
  @Returns('string')
  public recordUse(context: Context, command: string): Promise<string> {
    return execute(context, 'recordUse', command, useHandlers.recordUse);
  }
}
