import type { CommandOf, EstimatorScoreRecord, FindingRecord, RecordOf } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { evaluate, type Queries } from '../kernel/query.js';
import { Refusal } from '../kernel/refusal.js';
import { privatePart, type TransactionContext } from '../kernel/transaction-context.js';
import { countAnswer, scoreId, trackRecord, useProfile, type ScoreSubject } from './finding-rules.js';

/** Unique name of a cell that a laboratory has reported for an attestation: an answer is counted once. */
const TESTED_CELL = 'finding~cell';

/** What the finding transactions do. */
export const findingHandlers: Handlers<'recordFinding'> = {
  async recordFinding(context, command) {
    const { caller, ledger } = context;
    const attestation = await ledger.requireCurrent('attestation', command.attestationId);
    if (attestation.estimatorId === caller.partyId) {
      throw new Refusal('NOT_INDEPENDENT', `party ${caller.partyId} cannot test its own attestation`);
    }
    context.assertPlausible(command.measuredAt, 'measuredAt', {
      at: attestation.measuredAt,
      what: 'the measurement that it tests',
    });
    if (command.supersedes !== undefined) await takeBack(context, command, command.supersedes);
    for (const serial of command.cellSerials) await claimCell(context, command, serial);
    const pack = await ledger.require('pack', attestation.packId);
    const subject: ScoreSubject = {
      estimatorId: attestation.estimatorId,
      methodName: attestation.method.name,
      methodVersion: attestation.method.version,
      chemistry: attestation.chemistry,
      use: useProfile(pack, await ledger.require('design', pack.designId)),
    };
    const finding: FindingRecord = {
      recordType: 'finding',
      id: command.findingId,
      ...context.stamp(),
      attestationId: attestation.id,
      packId: attestation.packId,
      laboratoryId: caller.partyId,
      estimatorId: attestation.estimatorId,
      cellSerials: command.cellSerials,
      attestedClass: attestation.cathodeClass,
      measuredClass: command.measuredClass,
      agrees: attestation.cathodeClass === command.measuredClass,
      method: command.method,
      ...(command.quantities === undefined ? {} : { quantities: command.quantities }),
      use: subject.use,
      scoreId: scoreId(subject),
      measuredAt: command.measuredAt,
      documents: command.documents ?? [],
      ...(command.supersedes === undefined ? {} : { supersedes: command.supersedes }),
      ...privatePart(command.private),
    };
    await ledger.create(finding);
    await score(context, subject, finding);
    context.tell('FindingRecorded', finding);
    return finding;
  },
};

/** What the finding queries answer. */
export const findingQueries: Queries<'getEstimatorRecord'> = {
  async getEstimatorRecord({ ledger, stub }, wanted) {
    const ids: string[] = [];
    const iterator = await stub.getStateByPartialCompositeKey('estimatorScore', []);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
      ids.push(stub.splitCompositeKey(next.value.key).attributes[0] ?? '');
    }
    await iterator.close();
    const scores = await Promise.all(ids.map((id) => ledger.require('estimatorScore', id)));
    return trackRecord(scores.filter((score) => isWanted(score, wanted)));
  },
};

function isWanted(score: EstimatorScoreRecord, wanted: CommandOf<'getEstimatorRecord'>): boolean {
  const { estimatorId, methodName, methodVersion, chemistry, use } = wanted;
  return (
    (estimatorId === undefined || score.estimatorId === estimatorId) &&
    (methodName === undefined || score.methodName === methodName) &&
    (methodVersion === undefined || score.methodVersion === methodVersion) &&
    (chemistry === undefined || score.chemistry === chemistry) &&
    (use === undefined || score.use === use)
  );
}

async function claimCell(
  { ledger, caller }: TransactionContext,
  { attestationId, findingId }: CommandOf<'recordFinding'>,
  serial: string,
): Promise<void> {
  const cell = [attestationId, caller.partyId, serial];
  const by = await ledger.claimant(TESTED_CELL, cell);
  if (by !== undefined) throw new Refusal('FINDING_EXISTS', `cell ${serial} is reported in finding ${by} already`);
  await ledger.claim(TESTED_CELL, cell, findingId);
}

/** Takes a finding back that is corrected: its cells are free to be reported again, and it is counted no more. */
async function takeBack(
  context: TransactionContext,
  command: CommandOf<'recordFinding'>,
  supersedes: { readonly id: string; readonly reason: string },
): Promise<void> {
  const { ledger } = context;
  const old = await context.supersede('finding', supersedes.id, command.findingId, supersedes.reason);
  if (old.attestationId !== command.attestationId || old.laboratoryId !== context.caller.partyId) {
    throw new Refusal(
      'CORRECTION_CONFLICT',
      `finding ${old.id} of ${old.laboratoryId} tests attestation ${old.attestationId}`,
    );
  }
  for (const serial of old.cellSerials) {
    await ledger.release(TESTED_CELL, [old.attestationId, old.laboratoryId, serial], old.id);
  }
  const before = await ledger.require('estimatorScore', old.scoreId);
  context.revise({
    ...before,
    confusion: countAnswer(before.confusion, old.attestedClass, old.measuredClass, -1),
  });
}

async function score(
  context: TransactionContext,
  subject: ScoreSubject,
  { scoreId: id, attestedClass, measuredClass }: FindingRecord,
): Promise<void> {
  const before: RecordOf<'estimatorScore'> | undefined = await context.ledger.read('estimatorScore', id);
  const confusion = countAnswer(before?.confusion ?? [], attestedClass, measuredClass, 1);
  if (before !== undefined) {
    context.revise({ ...before, confusion });
    return;
  }
  await context.ledger.create({ recordType: 'estimatorScore', id, ...context.stamp(), ...subject, confusion });
}

/** Findings after opening, and how often estimators were right. */
@Info({ title: 'FindingContract', description: 'Findings after opening, and how often estimators were right' })
export class FindingContract extends Contract {
  constructor() {
    super('FindingContract');
  }

  @Transaction()
  @Returns('string')
  public recordFinding(context: Context, command: string): Promise<string> {
    return execute(context, 'recordFinding', command, findingHandlers.recordFinding);
  }

  @Transaction(false)
  @Returns('string')
  public getEstimatorRecord(context: Context, command: string): Promise<string> {
    return evaluate(context, 'getEstimatorRecord', command, findingQueries.getEstimatorRecord);
  }
}
