import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { evaluate } from '../kernel/query.js';
import { Refusal } from '../kernel/refusal.js';
import { runBatch } from './batch.js';
import { assertRecordType, recordQueries, requirePrivatePart } from './record-query.js';

/** What the transactions over every record type do. */
export const recordHandlers: Handlers<'purgePrivateDetail' | 'runBatch'> = {
  async purgePrivateDetail(context, { recordType, id }) {
    const record = await context.ledger.require(assertRecordType(recordType), id);
    if (record.createdBy !== context.caller.partyId) {
      throw new Refusal('NOT_AUTHOR', `${recordType} ${id} was written by ${record.createdBy}`);
    }
    const detail = requirePrivatePart(record);
    context.ledger.purge(detail);
    context.tell('PrivateDetailPurged', record);
    return detail;
  },

  async runBatch(context, command) {
    return { results: await runBatch(context, command) };
  },
};

/** Queries over every record type, purging of confidential detail, and batches. */
@Info({
  title: 'RecordContract',
  description: 'Queries over every record type, purging of confidential detail, batches',
})
export class RecordContract extends Contract {
  constructor() {
    super('RecordContract');
  }

  @Transaction(false)
  @Returns('string')
  public getRecord(context: Context, command: string): Promise<string> {
    return evaluate(context, 'getRecord', command, recordQueries.getRecord);
  }

  @Transaction(false)
  @Returns('string')
  public listRecords(context: Context, command: string): Promise<string> {
    return evaluate(context, 'listRecords', command, recordQueries.listRecords);
  }

  @Transaction(false)
  @Returns('string')
  public getRecordHistory(context: Context, command: string): Promise<string> {
    return evaluate(context, 'getRecordHistory', command, recordQueries.getRecordHistory);
  }

  @Transaction(false)
  @Returns('string')
  public getPrivateDetail(context: Context, command: string): Promise<string> {
    return evaluate(context, 'getPrivateDetail', command, recordQueries.getPrivateDetail);
  }

  @Transaction()
  @Returns('string')
  public purgePrivateDetail(context: Context, command: string): Promise<string> {
    return execute(context, 'purgePrivateDetail', command, recordHandlers.purgePrivateDetail);
  }

  @Transaction()
  @Returns('string')
  public runBatch(context: Context, command: string): Promise<string> {
    return execute(context, 'runBatch', command, recordHandlers.runBatch);
  }
}
