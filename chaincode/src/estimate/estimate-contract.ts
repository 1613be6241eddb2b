import {
  ESTIMATED_QUANTITIES,
  instantSeconds,
  type AttestationRecord,
  type CommandOf,
  type EstimateRequestRecord,
  type EstimateSubject,
  type estimateTransactions,
  type PackRecord,
} from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import { Refusal } from '../kernel/refusal.js';
import type { TransactionContext } from '../kernel/transaction-context.js';
import { assertAlive } from '../pack/pack-rules.js';
import { assertPeriod } from '../party/party-rules.js';
import {
  accreditationFor,
  assertBound,
  assertConsistent,
  assertFresh,
  assertIssuer,
  assertNotStale,
  assertSigned,
  attestationExpiry,
} from './attestation-rules.js';

/** What the estimate transactions do. */
export const estimateHandlers: Handlers<keyof typeof estimateTransactions> = {
  async requestEstimate(context, { requestId, packId, moduleId, purpose, expiresAt }) {
    const { ledger, caller } = context;
    const pack = await ledger.requireCurrent('pack', packId);
    assertAlive(pack);
    if (pack.holder !== caller.partyId && pack.createdBy !== caller.partyId && !caller.roles.includes('regulator')) {
      throw new Refusal('NOT_HOLDER', `pack ${packId} is held by ${pack.holder} and made by ${pack.createdBy}`);
    }
    if (moduleId !== undefined) assertModuleOf(pack, moduleId);
    assertPeriod(context.now, expiresAt);
    const request: EstimateRequestRecord = {
      recordType: 'estimateRequest',
      id: requestId,
      ...context.stamp(),
      packId,
      ...(moduleId === undefined ? {} : { moduleId }),
      requestedBy: caller.partyId,
      purpose,
      expiresAt,
      state: 'open',
    };
    await ledger.create(request);
    context.tell('EstimateRequested', request);
    return request;
  },

  async withdrawEstimateRequest(context, { requestId }) {
    const request = await context.ledger.requireCurrent('estimateRequest', requestId);
    assertOpen(request);
    if (request.requestedBy !== context.caller.partyId) {
      throw new Refusal('NOT_AUTHOR', `request ${requestId} was made by ${request.requestedBy}`);
    }
    const withdrawn = context.revise({ ...request, state: 'withdrawn' });
    context.tell('EstimateRequestWithdrawn', withdrawn);
    return withdrawn;
  },

  async expireEstimateRequest(context, { requestId }) {
    const request = await context.ledger.requireCurrent('estimateRequest', requestId);
    assertOpen(request);
    if (!isPast(request.expiresAt, context.now)) {
      throw new Refusal('ILLEGAL_TRANSITION', `request ${requestId} is open until ${request.expiresAt}`);
    }
    const expired = context.revise({ ...request, state: 'expired' });
    context.tell('EstimateRequestExpired', expired);
    return expired;
  },

  async submitAttestation(context, command) {
    const { ledger, caller } = context;
    const { attestationId, requestId, credential, supersedes } = command;
    const { credentialSubject: subject } = credential;
    const [existing, request] = await Promise.all([
      ledger.read('attestation', attestationId),
      ledger.requireCurrent('estimateRequest', requestId),
    ]);
    if (existing !== undefined) throw new Refusal('ATTESTATION_EXISTS', `attestation ${attestationId} is there`);
    assertIssuer(credential, caller.partyId);
    assertAnswerable(request, context.now, supersedes !== undefined);
    const pack = await ledger.requireCurrent('pack', request.packId);
    assertAlive(pack);
    assertBound(subject, request, await ledger.require('design', pack.designId));
    const accreditation = accreditationFor(subject, await accreditationsOf(context, caller.partyId));
    const key = assertSigned(credential, await ledger.require('party', caller.partyId), context.now);
    assertDates(context, command, pack);
    assertConsistent(subject);
    if (supersedes !== undefined) await correct(context, command, supersedes, pack);
    const attestation: AttestationRecord = {
      recordType: 'attestation',
      id: attestationId,
      ...context.stamp(),
      packId: subject.packId,
      ...(subject.moduleId === undefined ? {} : { moduleId: subject.moduleId }),
      requestId,
      estimatorId: caller.partyId,
      keyId: key.keyId,
      accreditationId: accreditation.id,
      chemistry: subject.chemistry,
      method: subject.method,
      cathodeClass: subject.cathodeClass,
      classProbabilitiesPpm: subject.classProbabilitiesPpm,
      ...quantitiesOf(subject),
      measurementDigest: subject.measurementDigest,
      designDigest: subject.designDigest,
      measuredAt: subject.measuredAt,
      expiresAt: attestationExpiry(subject.measuredAt, credential.validUntil),
      credential,
      ...(supersedes === undefined ? {} : { supersedes }),
    };
    await ledger.create(attestation);
    context.revise({ ...request, state: 'answered', attestationId });
    await point(context, pack, attestation);
    context.tell('AttestationSubmitted', attestation);
    return attestation;
  },
};

function assertModuleOf(pack: PackRecord, moduleId: string): void {
  if (!pack.modules.some((module) => module.moduleId === moduleId || module.recordId === moduleId)) {
    throw new Refusal('MODULE_NOT_FITTED', `module ${moduleId} is not of pack ${pack.id}`);
  }
}

function assertOpen({ id, state }: EstimateRequestRecord): void {
  if (state !== 'open') throw new Refusal('REQUEST_CLOSED', `request ${id} is ${state}`);
}

function isPast(instant: string, now: string): boolean {
  return instantSeconds(now) > instantSeconds(instant);
}

/** Checks that a request can take an answer: a first one while it is open, a correction when it has one. */
function assertAnswerable(request: EstimateRequestRecord, now: string, isCorrection: boolean): void {
  if (request.state === 'answered') {
    if (isCorrection) return;
    throw new Refusal('ATTESTATION_EXISTS', `request ${request.id} is answered by ${request.attestationId ?? ''}`);
  }
  assertOpen(request);
  if (isCorrection) throw new Refusal('ILLEGAL_TRANSITION', `request ${request.id} has no answer to correct`);
  if (isPast(request.expiresAt, now)) {
    throw new Refusal('REQUEST_CLOSED', `request ${request.id} was open until ${request.expiresAt}`);
  }
}

async function accreditationsOf({ ledger }: TransactionContext, estimatorId: string) {
  const ids = await ledger.list('accreditation', 'estimatorId', estimatorId);
  return Promise.all(ids.map((id) => ledger.require('accreditation', id)));
}

/** Checks the dates of a measurement and of its signature against the pack's life and the transaction's time. */
function assertDates(
  context: TransactionContext,
  { credential }: CommandOf<'submitAttestation'>,
  pack: PackRecord,
): void {
  const { measuredAt } = credential.credentialSubject;
  context.assertPlausible(measuredAt, 'measuredAt', { at: pack.manufacturedAt, what: 'manufacturedAt' });
  context.assertPlausible(credential.proof.created, 'proof.created', { at: measuredAt, what: 'measuredAt' });
  assertFresh({ measuredAt, expiresAt: attestationExpiry(measuredAt, credential.validUntil) }, context.now);
  if (credential.credentialSubject.moduleId === undefined) assertNotStale(measuredAt, pack);
}

/** Marks the corrected answer, and the sorting that rests on it. */
async function correct(
  context: TransactionContext,
  { attestationId, requestId }: CommandOf<'submitAttestation'>,
  { id, reason }: { readonly id: string; readonly reason: string },
  pack: PackRecord,
): Promise<void> {
  const wrong = await context.supersede('attestation', id, attestationId, reason);
  if (wrong.requestId !== requestId) {
    throw new Refusal('ATTESTATION_FOREIGN', `attestation ${id} answers request ${wrong.requestId}`);
  }
  const module = wrong.moduleId === undefined ? undefined : await moduleOf(context, pack, wrong.moduleId);
  const decisionId = (module ?? pack).sortingDecisionId;
  if (decisionId === undefined) return;
  const decision = await context.ledger.require('sortingDecision', decisionId);
  if (decision.attestationId !== id) return;
  context.tell('SortingDecisionShaken', context.revise({ ...decision, attestationCorrectedBy: attestationId }));
}

/** Notes an attestation as the latest one of its pack or module. */
async function point(context: TransactionContext, pack: PackRecord, attestation: AttestationRecord): Promise<void> {
  if (attestation.moduleId !== undefined) {
    const module = await moduleOf(context, pack, attestation.moduleId);
    if (module !== undefined) context.revise({ ...module, attestationId: attestation.id });
    return;
  }
  const latest =
    pack.attestationId === undefined ? undefined : await context.ledger.require('attestation', pack.attestationId);
  const isOlder =
    latest !== undefined &&
    latest.superseded === undefined &&
    instantSeconds(latest.measuredAt) > instantSeconds(attestation.measuredAt);
  if (!isOlder) context.revise({ ...pack, attestationId: attestation.id });
}

function moduleOf({ ledger }: TransactionContext, pack: PackRecord, moduleId: string) {
  const place = pack.modules.find((module) => module.moduleId === moduleId || module.recordId === moduleId);
  return ledger.read('module', place?.recordId ?? moduleId);
}

function quantitiesOf(subject: EstimateSubject): Pick<EstimateSubject, (typeof ESTIMATED_QUANTITIES)[number]> {
  const { lli, lamPe, lamNe, crackAreaRatio, surfaceLayerRatio, capacity, soh } = subject;
  return { lli, lamPe, lamNe, crackAreaRatio, surfaceLayerRatio, capacity, soh };
}

/** Estimate requests and the attestations that answer them. */
@Info({ title: 'EstimateContract', description: 'Estimate requests and the attestations that answer them' })
export class EstimateContract extends Contract {
  constructor() {
    super('EstimateContract');
  }

  @Transaction()
  @Returns('string')
  public requestEstimate(context: Context, command: string): Promise<string> {
    return execute(context, 'requestEstimate', command, estimateHandlers.requestEstimate);
  }

  @Transaction()
  @Returns('string')
  public withdrawEstimateRequest(context: Context, command: string): Promise<string> {
    return execute(context, 'withdrawEstimateRequest', command, estimateHandlers.withdrawEstimateRequest);
  }

  @Transaction()
  @Returns('string')
  public expireEstimateRequest(context: Context, command: string): Promise<string> {
    return execute(context, 'expireEstimateRequest', command, estimateHandlers.expireEstimateRequest);
  }

  @Transaction()
  @Returns('string')
  public submitAttestation(context: Context, command: string): Promise<string> {
    return execute(context, 'submitAttestation', command, estimateHandlers.submitAttestation);
  }
}
