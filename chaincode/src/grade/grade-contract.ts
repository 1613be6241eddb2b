import type { AssayRecord, GradeSpecificationRecord, gradeTransactions } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import { privatePart, type TransactionContext } from '../kernel/transaction-context.js';
import { assertLimits, assertOnce, assertScope, gradeRecordId } from './grade-rules.js';

/** What the grade transactions do. */
export const gradeHandlers: Handlers<keyof typeof gradeTransactions> = {
  async publishGradeSpecification(context, { specId, version, title, chemistry, material, limits, note, documents }) {
    assertLimits(limits);
    assertScope(chemistry, material);
    await retireVersionBefore(context, specId, version);
    const specification: GradeSpecificationRecord = {
      recordType: 'gradeSpecification',
      id: gradeRecordId(specId, version),
      ...context.stamp(),
      specId,
      version,
      issuerId: context.caller.partyId,
      title,
      ...(chemistry === undefined ? {} : { chemistry }),
      ...(material === undefined ? {} : { material }),
      limits,
      ...(note === undefined ? {} : { note }),
      state: 'published',
      documents: documents ?? [],
    };
    await context.ledger.create(specification);
    context.tell('GradeSpecificationPublished', specification);
    return specification;
  },

  async recordAssay(context, command) {
    const { caller, ledger } = context;
    context.assertPlausible(command.measuredAt, 'measuredAt', { at: command.sampledAt, what: 'sampledAt' });
    assertOnce(command.results);
    const lot = await ledger.requireCurrent('lot', command.lotId);
    if (lot.holder === caller.partyId || lot.createdBy === caller.partyId) {
      throw new Refusal('NOT_INDEPENDENT', `party ${caller.partyId} has to do with lot ${lot.id} itself`);
    }
    if (command.supersedes !== undefined) {
      const old = await context.supersede('assay', command.supersedes.id, command.assayId, command.supersedes.reason);
      if (old.lotId !== command.lotId || old.purpose !== command.purpose) {
        throw new Refusal('CORRECTION_CONFLICT', `assay ${old.id} is of lot ${old.lotId}, for ${old.purpose}`);
      }
    }
    const assay: AssayRecord = {
      recordType: 'assay',
      id: command.assayId,
      ...context.stamp(),
      lotId: command.lotId,
      laboratoryId: caller.partyId,
      sampledAt: command.sampledAt,
      measuredAt: command.measuredAt,
      purpose: command.purpose,
      results: command.results,
      documents: command.documents ?? [],
      ...(command.supersedes === undefined ? {} : { supersedes: command.supersedes }),
      ...privatePart(command.private),
    };
    await ledger.create(assay);
    context.tell('AssayRecorded', assay);
    return assay;
  },
};

/** Retires the version before, which the same party has to have published. @throws Refusal `GRADE_VERSION_INVALID`. */
async function retireVersionBefore(context: TransactionContext, specId: string, version: number): Promise<void> {
  if (version === 1) return;
  const before = await context.ledger.read('gradeSpecification', gradeRecordId(specId, version - 1));
  if (before?.state !== 'published' || before.issuerId !== context.caller.partyId) {
    throw new Refusal('GRADE_VERSION_INVALID', `version ${version} of ${specId} does not follow one of this party`);
  }
  context.revise({ ...before, state: 'retired' });
}

/** Grade specifications and assays. */
@Info({ title: 'GradeContract', description: 'Grade specifications of cathode makers and assays of laboratories' })
export class GradeContract extends Contract {
  constructor() {
    super('GradeContract');
  }

  @Transaction()
  @Returns('string')
  public publishGradeSpecification(context: Context, command: string): Promise<string> {
    return execute(context, 'publishGradeSpecification', command, gradeHandlers.publishGradeSpecification);
  }

  @Transaction()
  @Returns('string')
  public recordAssay(context: Context, command: string): Promise<string> {
    return execute(context, 'recordAssay', command, gradeHandlers.recordAssay);
  }
}
