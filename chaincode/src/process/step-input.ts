import {
  instantSeconds,
  type LotRecord,
  type ModuleRecord,
  type PackRecord,
  type ProcessKind,
  type ProcessStepRecord,
  type Route,
  type StepInput,
  type StepInputStatement,
} from '@battery-passport/schemas';
import { accountMassMg, elementMasses } from '../account/element-account.js';
import { basisOf } from '../account/recovery-basis.js';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { drawFromLot } from '../lot/lot-use.js';
import { NO_MATTER } from '../pack/matter.js';
import { assertPackOwn, wasOnMarket } from '../pack/pack-rules.js';
import { isRecycling, KINDS_BY_ROUTE, OPENING_KINDS } from './process-kind.js';
import { recoveredAccount } from './waste-origin.js';

/** How many lots are read at most to find the disassembly that electrodes come from. */
const MAX_ANCESTORS = 64;

/** When a step took place and what it did. */
export type StepOccasion = Pick<ProcessStepRecord, 'kind' | 'startedAt' | 'finishedAt'>;

/**
 * Takes an input into a step: draws it from its lot, or ends the passport of the pack, or takes the module apart.
 * @throws Refusal `RECORD_NOT_FOUND`, `RECORD_SUPERSEDED`, `NOT_HOLDER`, `ASSET_OFFERED`, `LOT_HELD`, `LOT_OVERDRAWN`,
 * `CERTIFICATE_REVOKED`, `INPUT_UNFIT`, `TIME_IMPLAUSIBLE`, `SEPARATION_UNPREPARED`, `PASSPORT_ENDED`, `WRONG_ROUTE`,
 * `ILLEGAL_TRANSITION`, `OVERWEIGHT`.
 */
export async function takeInput(
  context: TransactionContext,
  step: StepOccasion,
  input: StepInputStatement,
): Promise<StepInput> {
  switch (input.recordType) {
    case 'lot':
      return await takeLot(context, step, input);
    case 'pack':
      return await takePack(context, step, input);
    case 'module':
      return await takeModule(context, step, input);
  }
}

async function takeLot(
  context: TransactionContext,
  step: StepOccasion,
  { id, massMg }: StepInputStatement,
): Promise<StepInput> {
  const { ledger } = context;
  const { lot, drawn } = await drawFromLot(context, id, massMg);
  const isScrap = lot.material === 'process-scrap';
  if (!isRecycling(step.kind) && lot.wasteStatus !== 'none' && !isScrap) {
    throw new Refusal('INPUT_UNFIT', `lot ${id} is ${lot.wasteStatus} waste: recycle it before ${step.kind}`);
  }
  if (lot.source.stepId !== undefined) {
    assertAfter(step, (await ledger.require('processStep', lot.source.stepId)).finishedAt, `lot ${id} was made`);
  }
  if (step.kind === 'foil-separation' && lot.activeMaterialMg > 0 && !isScrap) await assertPrepared(context, lot);
  return {
    recordType: 'lot',
    id,
    ...drawn,
    account: recoveredAccount(step.kind, {
      recordType: 'lot',
      wasteStatus: lot.wasteStatus,
      account: drawn.account,
      isScrap,
    }),
    wasteStatus: lot.wasteStatus,
    ...(lot.chemistry === undefined ? {} : { chemistry: lot.chemistry }),
  };
}

async function takePack(
  context: TransactionContext,
  step: StepOccasion,
  { id, massMg }: StepInputStatement,
): Promise<StepInput> {
  const { ledger } = context;
  const pack = await ledger.requireCurrent('pack', id);
  assertOpens(step.kind, `pack ${id}`);
  assertPackOwn(pack, context.caller.partyId);
  const onMarket = wasOnMarket(pack);
  if (pack.state === 'sorted') {
    await assertRouted(context, pack, step.kind);
  } else if (pack.state !== 'manufactured' || onMarket) {
    throw new Refusal('ILLEGAL_TRANSITION', `pack ${id} is ${pack.state}: collect and sort it first`);
  }
  if (pack.collection !== undefined) assertAfter(step, pack.collection.collectedAt, `pack ${id} was collected`);
  const taken = await takeWhole(context, step, pack, massMg, onMarket ? 'post-consumer' : 'pre-consumer');
  context.revise({
    ...pack,
    ...NO_MATTER,
    state: 'recycled',
    endedAt: step.finishedAt,
    endReason: 'recycled',
    modules: pack.modules.map((module) => (module.state === 'fitted' ? { ...module, state: 'dismantled' } : module)),
  });
  context.tell('PackRecycled', pack);
  return taken;
}

async function takeModule(
  context: TransactionContext,
  step: StepOccasion,
  { id, massMg }: StepInputStatement,
): Promise<StepInput> {
  const { ledger } = context;
  const module = await ledger.requireCurrent('module', id);
  assertOpens(step.kind, `module ${id}`);
  if (module.holder !== context.caller.partyId) {
    throw new Refusal('NOT_HOLDER', `module ${id} is held by ${module.holder}`);
  }
  if (module.pendingOfferId !== undefined) {
    throw new Refusal('ASSET_OFFERED', `module ${id} is offered in ${module.pendingOfferId}`);
  }
  switch (module.state) {
    case 'routed':
      assertRoute(module.route, step.kind, `module ${id}`);
      break;
    case 'loose':
      break;
    case 'fitted':
    case 'dismantled':
      throw new Refusal('ILLEGAL_TRANSITION', `module ${id} is ${module.state}`);
  }
  const former = module.packId === undefined ? undefined : await ledger.require('pack', module.packId);
  const wasteStatus = former !== undefined && wasOnMarket(former) ? 'post-consumer' : 'pre-consumer';
  const taken = await takeWhole(context, step, module, massMg, wasteStatus);
  context.revise({ ...module, ...NO_MATTER, state: 'dismantled', wasteStatus });
  context.tell('ModuleDismantled', module);
  return taken;
}

/** All that is in a pack or module. Its own waste is the basis of its recovery, and of its burden only manufacturing waste keeps any. */
async function takeWhole(
  context: TransactionContext,
  step: StepOccasion,
  whole: PackRecord | ModuleRecord,
  massMg: number,
  wasteStatus: 'pre-consumer' | 'post-consumer',
): Promise<StepInput> {
  const elementsMg = accountMassMg(whole.contents);
  if (elementsMg > massMg) {
    throw new Refusal('OVERWEIGHT', `elements of ${elementsMg} mg cannot be in ${whole.id}, weighed as ${massMg} mg`);
  }
  const design = await context.ledger.require('design', whole.designId);
  const { recordType, id, activeMaterialMg } = whole;
  return {
    recordType,
    id,
    massMg,
    chemistry: design.cathodeChemistry,
    account: recoveredAccount(step.kind, { recordType, wasteStatus, account: whole.contents, isScrap: false }),
    activeMaterialMg,
    carbonG: wasteStatus === 'post-consumer' ? 0 : whole.carbonG,
    basis: basisOf(activeMaterialMg, elementMasses(whole.contents)),
    wasteStatus,
  };
}

function assertOpens(kind: ProcessKind, what: string): void {
  if (!OPENING_KINDS.has(kind)) throw new Refusal('INPUT_UNFIT', `${kind} does not take ${what}: take it apart first`);
}

async function assertRouted(context: TransactionContext, pack: PackRecord, kind: ProcessKind): Promise<void> {
  if (pack.sortingDecisionId === undefined) throw new Refusal('WRONG_ROUTE', `pack ${pack.id} has no route`);
  const decision = await context.ledger.require('sortingDecision', pack.sortingDecisionId);
  if (decision.attestationCorrectedBy !== undefined) {
    throw new Refusal('WRONG_ROUTE', `the estimate of decision ${decision.id} was corrected: sort the pack again`);
  }
  assertRoute(decision.route, kind, `pack ${pack.id}`);
}

function assertRoute(route: Route | undefined, kind: ProcessKind, what: string): void {
  if (route === undefined || !KINDS_BY_ROUTE[route].includes(kind)) {
    throw new Refusal('WRONG_ROUTE', `${what} is routed to ${route ?? 'nothing'}, not to ${kind}`);
  }
}

/**
 * Checks that electrodes come from cells that were opened on record: every line of the lot's descent leads to a
 * disassembly, over splits and blends.
 * @throws Refusal `SEPARATION_UNPREPARED`.
 */
async function assertPrepared(context: TransactionContext, lot: LotRecord): Promise<void> {
  const waiting = [lot];
  const seen = new Set([lot.id]);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { stepId, parents } = next.source;
    if (stepId !== undefined) {
      const step = await context.ledger.require('processStep', stepId);
      if (step.kind === 'disassembly' && step.disassembly !== undefined) continue;
      throw unprepared(lot.id, `lot ${next.id} was made by ${step.kind}`);
    }
    if (parents.length === 0) throw unprepared(lot.id, `lot ${next.id} was ${next.source.kind}`);
    for (const { id } of parents) {
      if (seen.has(id)) continue;
      seen.add(id);
      if (seen.size > MAX_ANCESTORS) throw unprepared(lot.id, 'it has too many parents to be followed');
      waiting.push(await context.ledger.require('lot', id));
    }
  }
}

function unprepared(lotId: string, why: string): Refusal {
  return new Refusal(
    'SEPARATION_UNPREPARED',
    `lot ${lotId} does not come from a disassembly with voltage and electrolyte on record: ${why}`,
  );
}

function assertAfter(step: StepOccasion, earliest: string, what: string): void {
  if (instantSeconds(step.startedAt) < instantSeconds(earliest)) {
    throw new Refusal('TIME_IMPLAUSIBLE', `the step started ${step.startedAt}, ${what} ${earliest}`);
  }
}
