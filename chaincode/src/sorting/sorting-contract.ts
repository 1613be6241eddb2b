import {
  sortingPolicyRecordId,
  type AttestationRecord,
  type ModuleRecord,
  type PackRecord,
  type SortingDecisionRecord,
  type SortingPolicyRecord,
  type SortingRule,
  type sortingTransactions,
  type Supersedes,
} from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { assertKeyGood, assertUsable } from '../estimate/attestation-rules.js';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { end, fittedModules } from '../pack/pack-rules.js';
import { requireOwnPack } from '../pack/pack-use.js';
import { removeModule } from '../pack/remove-module.js';
import { assertPolicy, evaluateSortingPolicy, wasteStatusOf } from './sorting-rules.js';

/** What the sorting transactions do. */
export const sortingHandlers: Handlers<keyof typeof sortingTransactions> = {
  async publishSortingPolicy(context, content) {
    assertPolicy(content);
    await assertNextVersion(context, content.policyId, content.version);
    const policy: SortingPolicyRecord = {
      recordType: 'sortingPolicy',
      id: sortingPolicyRecordId(content.policyId, content.version),
      ...context.stamp(),
      ...content,
      state: 'published',
    };
    await context.ledger.create(policy);
    context.tell('SortingPolicyPublished', policy);
    return policy;
  },

  async retireSortingPolicy(context, { policyRecordId, reason }) {
    const policy = await context.ledger.requireCurrent('sortingPolicy', policyRecordId);
    assertPublisher(context, policy);
    if (policy.state !== 'published')
      throw new Refusal('ILLEGAL_TRANSITION', `policy ${policyRecordId} is retired already`);
    const retired = context.revise({ ...policy, state: 'retired', retirement: { reason, at: context.now } });
    context.tell('SortingPolicyRetired', retired);
    return retired;
  },

  async sortPack(context, { decisionId, packId, attestationId, policyRecordId, supersedes }) {
    const { ledger } = context;
    const pack = await requireOwnPack(context, packId);
    if (supersedes === undefined) assertUnsorted(pack);
    else await correctDecision(context, pack, decisionId, supersedes);
    const policy = await requirePolicy(context, policyRecordId);
    const attestation = await attestationFor(context, pack, attestationId);
    const rule = await decide(context, policy, pack, attestation);
    const decision = decisionRecord(context, { id: decisionId, pack, policy, rule, attestation, supersedes });
    await ledger.create(decision);
    context.revise({ ...pack, state: 'sorted', sortingDecisionId: decisionId });
    context.tell('PackSorted', decision);
    return decision;
  },

  async sortModules(context, { packId, policyRecordId, modules }) {
    const { ledger } = context;
    const policy = await requirePolicy(context, policyRecordId);
    let pack = await requireOwnPack(context, packId);
    assertUnsorted(pack);
    const whole = pack;
    const decisions: SortingDecisionRecord[] = [];
    for (const { decisionId, moduleId, looseModuleId, attestationId, supersedes } of modules) {
      const attestation = await attestationFor(context, whole, attestationId, moduleId);
      const rule = await decide(context, policy, pack, attestation);
      const decision = decisionRecord(context, {
        id: decisionId,
        pack,
        moduleId,
        policy,
        rule,
        attestation,
        supersedes,
      });
      const route = (module: ModuleRecord): ModuleRecord => ({
        ...module,
        state: 'routed',
        route: rule.route,
        sortingDecisionId: decisionId,
        wasteStatus: wasteStatusOf(rule.route, whole),
        ...(attestation === undefined ? {} : { attestationId: attestation.id }),
      });
      if (supersedes === undefined) {
        assertModuleUnsorted(pack, moduleId);
        const named = { moduleId, ...(looseModuleId === undefined ? {} : { looseModuleId }) };
        pack = (await removeModule(context, pack, named, { state: 'routed', route: rule.route }, route)).pack;
      } else {
        pack = await rerouteModule(context, pack, { moduleId, decisionId, supersedes, route });
      }
      await ledger.create(decision);
      context.tell('ModuleSorted', decision);
      decisions.push(decision);
    }
    if (fittedModules(pack).length === 0) {
      pack = end(pack, context.now, 'taken-apart');
      context.tell('PassportEnded', pack);
    }
    context.revise(pack);
    return { decisions };
  },
};

/** Versions follow one another, and one party or the regulator writes them all. */
async function assertNextVersion(context: TransactionContext, policyId: string, version: number): Promise<void> {
  if (version === 1) return;
  const before = await context.ledger.read('sortingPolicy', sortingPolicyRecordId(policyId, version - 1));
  if (before === undefined) {
    throw new Refusal('POLICY_VERSION_INVALID', `policy ${policyId} has no version ${version - 1}`);
  }
  if (before.createdBy !== context.caller.partyId && !context.caller.roles.includes('regulator')) {
    throw new Refusal('POLICY_VERSION_INVALID', `policy ${policyId} is published by ${before.createdBy}`);
  }
}

function assertPublisher({ caller }: TransactionContext, policy: SortingPolicyRecord): void {
  if (policy.createdBy !== caller.partyId && !caller.roles.includes('regulator')) {
    throw new Refusal('NOT_AUTHOR', `policy ${policy.id} is published by ${policy.createdBy}`);
  }
}

async function requirePolicy({ ledger }: TransactionContext, policyRecordId: string): Promise<SortingPolicyRecord> {
  const policy = await ledger.requireCurrent('sortingPolicy', policyRecordId);
  if (policy.state !== 'published') throw new Refusal('POLICY_RETIRED', `policy ${policyRecordId} is retired`);
  return policy;
}

/** Checks that a pack was taken in and has no route yet. */
function assertUnsorted(pack: PackRecord): void {
  if (pack.state === 'sorted') {
    throw new Refusal('ALREADY_SORTED', `pack ${pack.id} is sorted by ${pack.sortingDecisionId ?? ''}`);
  }
  if (pack.state !== 'collected') throw new Refusal('ILLEGAL_TRANSITION', `pack ${pack.id} is ${pack.state}`);
}

/** Checks that a module did not leave its pack on a route already. */
function assertModuleUnsorted(pack: PackRecord, moduleId: string): void {
  const place = pack.modules.find((module) => module.moduleId === moduleId);
  if (place?.state === 'routed') {
    throw new Refusal('ALREADY_SORTED', `module ${moduleId} is routed to ${place.route ?? ''}`);
  }
}

/** Marks the standing decision of a pack as corrected; a pack that has gone its way is not sorted again. */
async function correctDecision(
  context: TransactionContext,
  pack: PackRecord,
  decisionId: string,
  { id, reason }: Supersedes,
): Promise<void> {
  if (pack.state !== 'sorted' || pack.sortingDecisionId !== id) {
    throw new Refusal('CORRECTION_CONFLICT', `pack ${pack.id} does not stand sorted by ${id}`);
  }
  await context.supersede('sortingDecision', id, decisionId, reason, true);
}

/** Gives a module that still lies as it was routed another route. */
async function rerouteModule(
  context: TransactionContext,
  pack: PackRecord,
  {
    moduleId,
    decisionId,
    supersedes,
    route,
  }: {
    readonly moduleId: string;
    readonly decisionId: string;
    readonly supersedes: Supersedes;
    readonly route: (module: ModuleRecord) => ModuleRecord;
  },
): Promise<PackRecord> {
  const place = pack.modules.find((module) => module.moduleId === moduleId && module.state === 'routed');
  const module = place?.recordId === undefined ? undefined : await context.ledger.read('module', place.recordId);
  if (module?.state !== 'routed' || module.sortingDecisionId !== supersedes.id) {
    throw new Refusal('CORRECTION_CONFLICT', `module ${moduleId} does not stand sorted by ${supersedes.id}`);
  }
  if (module.holder !== context.caller.partyId) {
    throw new Refusal('NOT_HOLDER', `module ${module.id} is held by ${module.holder}`);
  }
  await context.supersede('sortingDecision', supersedes.id, decisionId, supersedes.reason, true);
  const rerouted = context.revise(route(module));
  return {
    ...pack,
    modules: pack.modules.map((other) =>
      other === place && rerouted.route !== undefined ? { ...other, route: rerouted.route } : other,
    ),
  };
}

/**
 * The attestation that a decision rests on: the one that is named, else the latest of the pack if it still counts. So an
 * estimate that is there can't be left out.
 */
async function attestationFor(
  { ledger, now }: TransactionContext,
  pack: PackRecord,
  attestationId: string | undefined,
  moduleId?: string,
): Promise<AttestationRecord | undefined> {
  if (attestationId !== undefined) {
    const named = await ledger.requireCurrent('attestation', attestationId);
    assertUsable(named, pack, now, moduleId);
    await assertKeyStands(ledger, named, now);
    return named;
  }
  if (pack.attestationId === undefined) return undefined;
  const latest = await ledger.require('attestation', pack.attestationId);
  if (latest.superseded !== undefined) return undefined;
  try {
    assertUsable(latest, pack, now, moduleId);
    await assertKeyStands(ledger, latest, now);
    return latest;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

/** Checks that the key of an attestation was not revoked after it was submitted. */
async function assertKeyStands(
  ledger: TransactionContext['ledger'],
  { estimatorId, keyId, measuredAt, credential }: AttestationRecord,
  now: string,
): Promise<void> {
  const { keys } = await ledger.require('party', estimatorId);
  const key = keys.find((candidate) => candidate.keyId === keyId);
  if (key === undefined) throw new Refusal('ATTESTATION_KEY_INVALID', `party ${estimatorId} has no key ${keyId}`);
  assertKeyGood(key, [measuredAt, credential.proof.created], now);
}

async function decide(
  { ledger }: TransactionContext,
  policy: SortingPolicyRecord,
  pack: PackRecord,
  attestation: AttestationRecord | undefined,
): Promise<SortingRule> {
  if (pack.collection === undefined) throw new Refusal('ILLEGAL_TRANSITION', `pack ${pack.id} was not collected`);
  const { cathodeChemistry } = await ledger.require('design', pack.designId);
  return evaluateSortingPolicy(policy.rules, {
    chemistry: cathodeChemistry,
    condition: pack.collection.condition,
    attestation,
  });
}

function decisionRecord(
  context: TransactionContext,
  parts: {
    readonly id: string;
    readonly pack: PackRecord;
    readonly moduleId?: string;
    readonly policy: SortingPolicyRecord;
    readonly rule: SortingRule;
    readonly attestation: AttestationRecord | undefined;
    readonly supersedes: Supersedes | undefined;
  },
): SortingDecisionRecord {
  const { id, pack, moduleId, policy, rule, attestation, supersedes } = parts;
  return {
    recordType: 'sortingDecision',
    id,
    ...context.stamp(),
    packId: pack.id,
    ...(moduleId === undefined ? {} : { moduleId }),
    ...(attestation === undefined ? {} : { attestationId: attestation.id }),
    policyRecordId: policy.id,
    ruleId: rule.ruleId,
    route: rule.route,
    ...(rule.method === undefined ? {} : { method: rule.method }),
    decidedAt: context.now,
    ...(supersedes === undefined ? {} : { supersedes }),
  };
}

/** Sorting policies, and where packs and modules go by them. */
@Info({ title: 'SortingContract', description: 'Sorting policies, and where packs and modules go by them' })
export class SortingContract extends Contract {
  constructor() {
    super('SortingContract');
  }

  @Transaction()
  @Returns('string')
  public publishSortingPolicy(context: Context, command: string): Promise<string> {
    return execute(context, 'publishSortingPolicy', command, sortingHandlers.publishSortingPolicy);
  }

  @Transaction()
  @Returns('string')
  public retireSortingPolicy(context: Context, command: string): Promise<string> {
    return execute(context, 'retireSortingPolicy', command, sortingHandlers.retireSortingPolicy);
  }

  @Transaction()
  @Returns('string')
  public sortPack(context: Context, command: string): Promise<string> {
    return execute(context, 'sortPack', command, sortingHandlers.sortPack);
  }

  @Transaction()
  @Returns('string')
  public sortModules(context: Context, command: string): Promise<string> {
    return execute(context, 'sortModules', command, sortingHandlers.sortModules);
  }
}
