import type {
  AssayRecord,
  CertificatePreview,
  CertificateRecord,
  certificateTransactions,
  GradeSpecificationRecord,
  LotRecord,
  RecycledContentRecord,
  recycledContentTransactions,
} from '@battery-passport/schemas';
import { Context, Contract } from 'fabric-contract-api';
import { measureGrade } from '../grade/grade-rules.js';
import { Info, Returns, Transaction } from '../kernel/annotations.js';
import { execute } from '../kernel/execute.js';
import type { Handlers } from '../kernel/handler.js';
import type { Ledger } from '../kernel/ledger.js';
import { evaluate, type Queries } from '../kernel/query.js';
import { Refusal } from '../kernel/refusal.js';
import { privatePart, type TransactionContext } from '../kernel/transaction-context.js';
import { assertLotUsable } from '../lot/lot-rules.js';
import {
  accept,
  assertCustodyModel,
  assessLot,
  contest,
  resolve,
  revoke,
  tagLot,
  untagLot,
} from './certificate-rules.js';
import { requireLatestCertificate, sortCertificates, stands } from './certificate-standing.js';
import { recycledContent, requireRecycledContentRules } from './recycled-content-rules.js';

/** Unique name of a pack's standing claim of recycled content. */
const STANDING_CLAIM = 'recycledContent~standing';

type SubmittedName = Exclude<keyof typeof certificateTransactions, 'previewCertificate'>;

/** What the certificate transactions do. */
export const certificateHandlers: Handlers<SubmittedName | keyof typeof recycledContentTransactions> = {
  async issueCertificate(context, command) {
    const { caller, ledger } = context;
    const { certificateId, lotId, supersedes } = command;
    const held = await ledger.requireCurrent('lot', lotId);
    assertLotUsable(held, caller.partyId);
    let lot = held;
    if (supersedes !== undefined) {
      const old = await context.supersede('certificate', supersedes.id, certificateId, supersedes.reason);
      if (old.lotId !== lotId) {
        throw new Refusal('CORRECTION_CONFLICT', `certificate ${old.id} is of lot ${old.lotId}`);
      }
      lot = untagLot(lot, old.id);
    }
    const preview = await assess(ledger, lot, command);
    assertCustodyModel(lot, command.chainOfCustodyModel);
    const certificate: CertificateRecord = {
      recordType: 'certificate',
      id: certificateId,
      ...context.stamp(),
      lotId,
      assayId: command.assayId,
      specRecordId: command.specRecordId,
      issuerId: caller.partyId,
      issuedAt: context.now,
      chainOfCustodyModel: command.chainOfCustodyModel,
      ...preview,
      state: preview.outcome === 'met' ? 'issued' : 'refused',
      ...(supersedes === undefined ? {} : { supersedes }),
      ...privatePart(command.private),
    };
    await ledger.create(certificate);
    if (preview.outcome === 'met') lot = tagLot(lot, certificateId);
    if (lot !== held) context.revise(lot);
    context.tell(preview.outcome === 'met' ? 'CertificateIssued' : 'CertificateRefused', certificate);
    return certificate;
  },

  async acceptCertificate(context, { certificateId, lotId, incomingAssayId }) {
    const { certificate, lot } = await requireBought(context, certificateId, lotId);
    if (incomingAssayId !== undefined) {
      const { shortfalls } = await measureIncoming(context.ledger, certificate, lot, incomingAssayId);
      const [missed] = shortfalls;
      if (missed !== undefined) {
        throw new Refusal('INCOMING_ASSAY_FAILS', `assay ${incomingAssayId}: ${missed.property} ${missed.cause}`);
      }
    }
    const accepted = context.revise(
      accept(certificate, {
        by: context.caller.partyId,
        lotId: lot.id,
        at: context.now,
        ...(incomingAssayId === undefined ? {} : { incomingAssayId }),
      }),
    );
    context.tell('CertificateAccepted', accepted);
    return accepted;
  },

  async contestCertificate(context, { certificateId, lotId, incomingAssayId, reason }) {
    const { certificate, lot } = await requireBought(context, certificateId, lotId);
    const shortfalls =
      incomingAssayId === undefined
        ? []
        : (await measureIncoming(context.ledger, certificate, lot, incomingAssayId)).shortfalls;
    const contested = context.revise(
      contest(certificate, {
        by: context.caller.partyId,
        lotId: lot.id,
        reason,
        at: context.now,
        shortfalls,
        ...(incomingAssayId === undefined ? {} : { incomingAssayId }),
      }),
    );
    context.tell('CertificateContested', contested);
    return contested;
  },

  async resolveContest(context, { certificateId, outcome, resolution }) {
    const { caller, ledger } = context;
    const certificate = await ledger.requireCurrent('certificate', certificateId);
    const conceding = certificate.issuerId === caller.partyId && outcome === 'upheld';
    const withdrawing = certificate.contest?.by === caller.partyId && outcome === 'dismissed';
    if (!caller.roles.includes('regulator') && !conceding && !withdrawing) {
      throw new Refusal('NOT_AUTHOR', `party ${caller.partyId} cannot have the contest of ${certificateId} ${outcome}`);
    }
    const resolved = context.revise(
      resolve(certificate, { outcome, by: caller.partyId, at: context.now, text: resolution }),
    );
    context.tell(outcome === 'upheld' ? 'CertificateRevoked' : 'ContestDismissed', resolved);
    return resolved;
  },

  async revokeCertificate(context, { certificateId, reason }) {
    const { caller, ledger } = context;
    const certificate = await ledger.requireCurrent('certificate', certificateId);
    if (certificate.issuerId !== caller.partyId && !caller.roles.includes('regulator')) {
      throw new Refusal('NOT_AUTHOR', `certificate ${certificateId} was issued by ${certificate.issuerId}`);
    }
    const revoked = context.revise(revoke(certificate, { by: caller.partyId, reason, at: context.now }));
    context.tell('CertificateRevoked', revoked);
    return revoked;
  },

  async claimRecycledContent(context, { claimId, packId, ruleSetId, supersedes }) {
    const { caller, ledger } = context;
    const pack = await ledger.requireCurrent('pack', packId);
    if (pack.createdBy !== caller.partyId && pack.holder !== caller.partyId) {
      throw new Refusal('NOT_HOLDER', `pack ${packId} was neither made nor is held by ${caller.partyId}`);
    }
    if (pack.endedAt !== undefined) throw new Refusal('PASSPORT_ENDED', `pack ${packId} is ${pack.state}`);
    if (pack.contents.length === 0)
      throw new Refusal('CONTENTS_UNKNOWN', `pack ${packId} was made of nothing on record`);
    const rules = requireRecycledContentRules(ruleSetId, pack.placedOnMarketAt ?? context.now);
    if (supersedes !== undefined) {
      const old = await context.supersede('recycledContent', supersedes.id, claimId, supersedes.reason);
      if (old.packId !== packId) throw new Refusal('CORRECTION_CONFLICT', `claim ${old.id} is of pack ${old.packId}`);
      await ledger.release(STANDING_CLAIM, [packId], old.id);
    }
    const standingClaim = await ledger.claimant(STANDING_CLAIM, [packId]);
    if (standingClaim !== undefined) throw new Refusal('CLAIM_EXISTS', `pack ${packId} has claim ${standingClaim}`);
    await ledger.claim(STANDING_CLAIM, [packId], claimId);
    const { standing, fallen } = await sortCertificates(ledger, pack.contents);
    const claim: RecycledContentRecord = {
      recordType: 'recycledContent',
      id: claimId,
      ...context.stamp(),
      packId,
      ruleSetId,
      ...recycledContent(pack.contents, rules, new Set(standing)),
      certificates: standing,
      excludedCertificates: fallen,
      computedAt: context.now,
      ...(supersedes === undefined ? {} : { supersedes }),
    };
    await ledger.create(claim);
    context.tell('RecycledContentClaimed', claim);
    return claim;
  },
};

/** What the certificate queries answer. */
export const certificateQueries: Queries<'previewCertificate'> = {
  async previewCertificate({ ledger }, command) {
    return await assess(ledger, await ledger.requireCurrent('lot', command.lotId), command);
  },
};

/** What a certificate says, from records that are all of this lot, independent, current, and of credit that stands. */
async function assess(
  ledger: Ledger,
  lot: LotRecord,
  { assayId, specRecordId }: { readonly assayId: string; readonly specRecordId: string },
): Promise<CertificatePreview> {
  await assertCreditUnused(ledger, lot);
  const assay = await ledger.requireCurrent('assay', assayId);
  assertAssayOf(assay, lot, 'certification');
  const specification = await ledger.requireCurrent('gradeSpecification', specRecordId);
  if (specification.state !== 'published') throw new Refusal('GRADE_RETIRED', `grade ${specRecordId} is retired`);
  return assessLot(lot, assay, specification);
}

/**
 * Checks that a lot has no certificate yet, and no credit in it that has fallen.
 * @throws Refusal `CERTIFICATE_EXISTS`, `CERTIFICATE_REVOKED`, `CERTIFICATE_CONTESTED`.
 */
async function assertCreditUnused(ledger: Ledger, lot: LotRecord): Promise<void> {
  const { fallen } = await sortCertificates(ledger, lot.remaining);
  const [fallenId] = fallen;
  if (fallenId !== undefined) {
    const { state } = await ledger.require('certificate', fallenId);
    throw new Refusal(
      state === 'contested' ? 'CERTIFICATE_CONTESTED' : 'CERTIFICATE_REVOKED',
      `lot ${lot.id} holds matter of certificate ${fallenId}, which is ${state}`,
    );
  }
  if (lot.certificateId === undefined) return;
  const standing = await ledger.require('certificate', lot.certificateId);
  throw new Refusal(
    stands(standing) ? 'CERTIFICATE_EXISTS' : 'CERTIFICATE_REVOKED',
    `lot ${lot.id} has certificate ${standing.id}, which is ${standing.state}`,
  );
}

/** @throws Refusal `ASSAY_FOREIGN`, `NOT_INDEPENDENT`. */
function assertAssayOf(assay: AssayRecord, lot: LotRecord, purpose: AssayRecord['purpose']): void {
  if (assay.lotId !== lot.id || assay.purpose !== purpose) {
    throw new Refusal('ASSAY_FOREIGN', `assay ${assay.id} is of lot ${assay.lotId}, for ${assay.purpose}`);
  }
  if (assay.laboratoryId === lot.holder) {
    throw new Refusal('NOT_INDEPENDENT', `laboratory ${assay.laboratoryId} holds lot ${lot.id}`);
  }
}

/**
 * Reads a certificate and the lot by which the caller is its buyer: the certified lot or a part of it.
 * @throws Refusal `OWN_CERTIFICATE`, `NOT_HOLDER`, `ASSAY_FOREIGN`.
 */
async function requireBought(
  { caller, ledger }: TransactionContext,
  certificateId: string,
  partLotId: string | undefined,
): Promise<{ certificate: CertificateRecord; lot: LotRecord }> {
  const certificate = await ledger.requireCurrent('certificate', certificateId);
  if (certificate.issuerId === caller.partyId) {
    throw new Refusal('OWN_CERTIFICATE', `certificate ${certificateId} was issued by ${caller.partyId}`);
  }
  const lot = await ledger.requireCurrent('lot', partLotId ?? certificate.lotId);
  const standing =
    lot.certificateId === undefined ? undefined : await requireLatestCertificate(ledger, lot.certificateId);
  if (lot.holder !== caller.partyId || standing?.id !== certificateId) {
    throw new Refusal('NOT_HOLDER', `party ${caller.partyId} does not hold lot ${lot.id} under ${certificateId}`);
  }
  return { certificate, lot };
}

async function measureIncoming(
  ledger: Ledger,
  certificate: CertificateRecord,
  lot: LotRecord,
  assayId: string,
): Promise<ReturnType<typeof measureGrade>> {
  const assay = await ledger.requireCurrent('assay', assayId);
  assertAssayOf(assay, lot, 'incoming');
  const specification: GradeSpecificationRecord = await ledger.require('gradeSpecification', certificate.specRecordId);
  return measureGrade(specification, assay);
}

/** Certificates of recovered material, and the recycled content that rests on them. */
@Info({ title: 'CertificateContract', description: 'Certificates of recovered material, and recycled content' })
export class CertificateContract extends Contract {
  constructor() {
    super('CertificateContract');
  }

  @Transaction()
  @Returns('string')
  public issueCertificate(context: Context, command: string): Promise<string> {
    return execute(context, 'issueCertificate', command, certificateHandlers.issueCertificate);
  }

  @Transaction()
  @Returns('string')
  public acceptCertificate(context: Context, command: string): Promise<string> {
    return execute(context, 'acceptCertificate', command, certificateHandlers.acceptCertificate);
  }

  @Transaction()
  @Returns('string')
  public contestCertificate(context: Context, command: string): Promise<string> {
    return execute(context, 'contestCertificate', command, certificateHandlers.contestCertificate);
  }

  @Transaction()
  @Returns('string')
  public resolveContest(context: Context, command: string): Promise<string> {
    return execute(context, 'resolveContest', command, certificateHandlers.resolveContest);
  }

  @Transaction()
  @Returns('string')
  public revokeCertificate(context: Context, command: string): Promise<string> {
    return execute(context, 'revokeCertificate', command, certificateHandlers.revokeCertificate);
  }

  @Transaction()
  @Returns('string')
  public claimRecycledContent(context: Context, command: string): Promise<string> {
    return execute(context, 'claimRecycledContent', command, certificateHandlers.claimRecycledContent);
  }

  @Transaction(false)
  @Returns('string')
  public previewCertificate(context: Context, command: string): Promise<string> {
    return evaluate(context, 'previewCertificate', command, certificateQueries.previewCertificate);
  }
}
