import type {
  CommandOf,
  LotRecord,
  processTransactions,
  ProcessStepRecord,
  StepInput,
} from '@battery-passport/schemas';
import { instantSeconds } from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import { privatePart, type TransactionContext } from '../kernel/transaction-context.js';
import { assertPeriod } from '../party/party-rules.js';
import { OPENING_KINDS, ROLES_BY_KIND } from './process-kind.js';
import { computeStep, outputLots } from './process-rules.js';
import { requireCarbonFactors } from './step-carbon.js';
import { assertSameInputs, retireOutput } from './step-correction.js';
import { takeInput } from './step-input.js';

type StepCommand = CommandOf<'recordProcessStep'>;

/** What the process transactions do. */
export const processHandlers: Handlers<keyof typeof processTransactions> = {
  async recordProcessStep(context, command) {
    assertMayRun(context, command);
    assertStated(context, command);
    const inputs =
      command.supersedes === undefined ? await takeInputs(context, command) : await correctStep(context, command);
    const operator = context.caller.partyId;
    const takenUpMg = command.takenUpMg ?? 0;
    const reagents = command.reagents ?? [];
    const outcome = computeStep({
      kind: command.kind,
      method: command.method,
      countryCode: command.facility.countryCode,
      inputs,
      outputs: command.outputs,
      takenUpMg,
      energy: command.energy,
      reagents,
      carbonFactors: command.carbonFactors,
    });
    const step: ProcessStepRecord = {
      recordType: 'processStep',
      id: command.stepId,
      ...context.stamp(),
      operator,
      kind: command.kind,
      method: command.method,
      facility: command.facility,
      startedAt: command.startedAt,
      finishedAt: command.finishedAt,
      inputs,
      outputs: command.outputs,
      elementBalance: outcome.elementBalance,
      activeMaterial: outcome.activeMaterial,
      takenUpMg,
      massLossMg: outcome.massLossMg,
      energy: command.energy,
      reagents,
      ...(command.disassembly === undefined ? {} : { disassembly: command.disassembly }),
      carbonG: outcome.carbonG,
      carbon: outcome.carbon,
      carbonFactors: command.carbonFactors,
      documents: command.documents ?? [],
      ...(command.supersedes === undefined ? {} : { supersedes: command.supersedes }),
      ...privatePart(command.private),
    };
    await context.ledger.create(step);
    const lots = outputLots(step, outcome.outputs, context.stamp());
    for (const lot of lots) {
      await context.ledger.create(lot);
      context.tell('LotMade', lot);
    }
    context.tell('ProcessStepRecorded', step);
    return { step, lots };
  },
};

function assertMayRun({ caller }: TransactionContext, { kind }: StepCommand): void {
  const wanted = ROLES_BY_KIND[kind];
  if (!wanted.some((role) => caller.roles.includes(role))) {
    throw new Refusal('ROLE_MISSING', `${kind} is done by ${wanted.join(', ')}`);
  }
}

/** Checks what a schema cannot say of a step by itself. */
function assertStated(context: TransactionContext, command: StepCommand): void {
  context.assertPlausible(command.finishedAt, 'finishedAt');
  assertPeriod(command.startedAt, command.finishedAt);
  requireCarbonFactors(command.carbonFactors, command.finishedAt);
  const names = command.inputs.map(({ recordType, id }) => `${recordType} ${id}`);
  if (new Set(names).size !== names.length) throw new Refusal('DUPLICATE_INPUT', 'an input is named twice');
  const cycle = command.outputs.find(({ lotId }) => names.includes(`lot ${lotId}`));
  if (cycle !== undefined) throw new Refusal('LINEAGE_CYCLE', `lot ${cycle.lotId} cannot be its own parent`);
  assertDisassemblyStated(command);
}

/**
 * A disassembly says how it was done: voltage before opening, electrolyte, time and energy; nothing else says it.
 * @throws Refusal `DISASSEMBLY_RECORD_MISSING`, `DISASSEMBLY_INVALID`.
 */
function assertDisassemblyStated({ kind, disassembly, startedAt, finishedAt, energy, inputs }: StepCommand): void {
  if (disassembly === undefined) {
    if (kind !== 'disassembly') return;
    throw new Refusal('DISASSEMBLY_RECORD_MISSING', 'state the voltage before opening and the electrolyte removed');
  }
  if (!OPENING_KINDS.has(kind) || inputs.every(({ recordType }) => recordType === 'lot')) {
    throw new Refusal('DISASSEMBLY_INVALID', `${kind} of lots opens nothing`);
  }
  if (disassembly.durationMinutes * 60 > instantSeconds(finishedAt) - instantSeconds(startedAt)) {
    throw new Refusal('DISASSEMBLY_INVALID', `${disassembly.durationMinutes} minutes are longer than the step`);
  }
  if (disassembly.energyWh > energy.electricityWh + energy.heatWh) {
    throw new Refusal('DISASSEMBLY_INVALID', `${disassembly.energyWh} Wh are more than the energy of the step`);
  }
  const massMg = inputs.reduce((sum, input) => sum + input.massMg, 0);
  if (disassembly.electrolyteRemovedMg > massMg) {
    throw new Refusal('DISASSEMBLY_INVALID', 'more electrolyte was removed than went in');
  }
}

async function takeInputs(context: TransactionContext, command: StepCommand): Promise<StepInput[]> {
  const inputs: StepInput[] = [];
  for (const input of command.inputs) inputs.push(await takeInput(context, command, input));
  return inputs;
}

/** Replaces a step whose outputs are untouched: its inputs stay drawn as they were, its outputs are replaced by the correction's. */
async function correctStep(context: TransactionContext, command: StepCommand): Promise<StepInput[]> {
  const { supersedes } = command;
  if (supersedes === undefined) throw new TypeError('a correction names what it corrects');
  const old = await context.supersede('processStep', supersedes.id, command.stepId, supersedes.reason);
  assertSameInputs(old, command);
  const lots: LotRecord[] = [];
  for (const { lotId } of old.outputs) lots.push(await context.ledger.requireCurrent('lot', lotId));
  for (const [index, lot] of lots.entries()) {
    const successor = command.outputs[Math.min(index, command.outputs.length - 1)]?.lotId ?? '';
    context.revise(
      retireOutput(lot, old.operator, {
        byId: successor,
        reason: supersedes.reason,
        author: context.caller.partyId,
        at: context.now,
      }),
    );
    context.tell('RecordSuperseded', lot);
  }
  return old.inputs;
}

/** Process steps: disassembly, separation, extraction, regeneration, metallurgy, synthesis. */
@Info({ title: 'ProcessContract', description: 'Process steps with their balances of mass, elements and carbon' })
export class ProcessContract extends Contract {
  constructor() {
    super('ProcessContract');
  }

  @Transaction()
  @Returns('string')
  public recordProcessStep(context: Context, command: string): Promise<string> {
    return execute(context, 'recordProcessStep', command, processHandlers.recordProcessStep);
  }
}
