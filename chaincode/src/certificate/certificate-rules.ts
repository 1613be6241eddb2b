import type {
  AssayRecord,
  CertificatePreview,
  CertificateRecord,
  ChainOfCustodyModel,
  ElementAccount,
  ElementShares,
  GradeSpecificationRecord,
  LotRecord,
  RecoveryRates,
} from '@battery-passport/schemas';
import { reclassify } from '../account/element-account.js';
import { measureGrade } from '../grade/grade-rules.js';
import { Refusal } from '../kernel/refusal.js';
import { isRecoveredProduct } from '../process/process-kind.js';

const PPM = 1_000_000n;
const MG_PER_KG = 1_000_000n;

/** Elements of cathode active materials; oxygen is not tracked. */
const CATHODE_ELEMENTS: ReadonlySet<string> = new Set(['Li', 'Ni', 'Co', 'Mn', 'Fe', 'P']);
/** Elements that are what a cathode is bought for: its transition metals. */
const TRANSITION_METALS: ReadonlySet<string> = new Set(['Ni', 'Co', 'Mn', 'Fe']);

type Origin = ElementAccount[number]['origins'][number];

/**
 * Computes what a certificate says of what is left of a lot: the one function that a contract and an auditor both run.
 * @throws Refusal `MATERIAL_NOT_CERTIFIABLE`, `GRADE_MISMATCH`, `NOT_RECOVERED`, `LOT_OVERDRAWN`.
 */
export function assessLot(
  lot: LotRecord,
  assay: Pick<AssayRecord, 'results'>,
  specification: Pick<GradeSpecificationRecord, 'limits' | 'chemistry' | 'material' | 'id'>,
): CertificatePreview {
  if (lot.remainingMassMg === 0) throw new Refusal('LOT_OVERDRAWN', `nothing is left of lot ${lot.id}`);
  if (!isRecoveredProduct(lot.material)) {
    throw new Refusal('MATERIAL_NOT_CERTIFIABLE', `${lot.material} of lot ${lot.id} is an intermediate`);
  }
  const { chemistry, material = lot.material } = specification;
  if (lot.chemistry !== chemistry || lot.material !== material) {
    throw new Refusal(
      'GRADE_MISMATCH',
      `grade ${specification.id} is for ${chemistry ?? 'no chemistry'} as ${material}, lot ${lot.id} is not`,
    );
  }
  if (!lot.remaining.some(({ origins }) => origins.some(isRecovered))) {
    throw new Refusal('NOT_RECOVERED', `nothing in lot ${lot.id} is recovered by its lineage`);
  }
  const { shortfalls, guarded } = measureGrade(specification, assay);
  return {
    outcome: shortfalls.length === 0 ? 'met' : 'refused',
    shortfalls,
    guarded,
    material: lot.material,
    ...(chemistry === undefined ? {} : { chemistry }),
    massMg: lot.remainingMassMg,
    account: lot.remaining,
    recycledShares: recycledShares(lot.remaining),
    recovery: recoveryRates(lot),
    carbonGPerKg: Number((BigInt(lot.remainingCarbonG) * MG_PER_KG) / BigInt(lot.remainingMassMg)),
  };
}

/** Whether matter was recovered by lineage on the ledger, and not only by a document. */
export function isRecovered({ kind }: Pick<Origin, 'kind'>): boolean {
  return kind === 'pre-consumer' || kind === 'post-consumer';
}

/** Shares of each element by origin. */
export function recycledShares(account: ElementAccount): ElementShares[] {
  return account.map(({ element, origins }) => {
    const ofMassMg = massOf(origins, () => true);
    const share = (counts: (origin: Origin) => boolean) => ppm(massOf(origins, counts), ofMassMg);
    return {
      element,
      preConsumerPpm: share(({ kind }) => kind === 'pre-consumer'),
      postConsumerPpm: share(({ kind }) => kind === 'post-consumer'),
      declaredPpm: share(({ kind }) => kind === 'declared-pre-consumer' || kind === 'declared-post-consumer'),
      primaryPpm: share(({ kind }) => kind === 'primary'),
    };
  });
}

/**
 * Recovery of the waste that a lot descends from. Of the active material, the part counts whose cathode elements are
 * recovered: lithium and metals that were added on the way are not.
 */
export function recoveryRates({
  remaining,
  remainingActiveMaterialMg,
  remainingBasis,
}: Pick<LotRecord, 'remaining' | 'remainingActiveMaterialMg' | 'remainingBasis'>): RecoveryRates {
  const cathode = remaining.filter(({ element }) => CATHODE_ELEMENTS.has(element)).flatMap(({ origins }) => origins);
  const cathodeMg = massOf(cathode, () => true);
  const recoveredActiveMg =
    cathodeMg === 0n ? 0n : (BigInt(remainingActiveMaterialMg) * massOf(cathode, isRecovered)) / cathodeMg;
  const { activeMaterialMg } = remainingBasis;
  return {
    activeMaterialPpm: activeMaterialMg === 0 ? null : ppm(recoveredActiveMg, BigInt(activeMaterialMg)),
    elements: remainingBasis.elements.map(({ element, massMg }) => {
      const origins = remaining.find((entry) => entry.element === element)?.origins ?? [];
      return { element, ppm: ppm(massOf(origins, isRecovered), BigInt(massMg)) };
    }),
  };
}

/**
 * Checks that a lot's origins bear a chain-of-custody model out: segregated matter is recovered in every transition metal, and
 * matter whose identity is preserved was never blended. Weaker models are always true of a physical account.
 * @throws Refusal `CUSTODY_MODEL_MISMATCH`.
 */
export function assertCustodyModel(lot: LotRecord, model: ChainOfCustodyModel): void {
  if (model !== 'identity-preserved' && model !== 'segregated') return;
  const mixed = lot.remaining.find(
    ({ element, origins }) => TRANSITION_METALS.has(element) && !origins.every(isRecovered),
  );
  if (mixed !== undefined) {
    throw new Refusal('CUSTODY_MODEL_MISMATCH', `${mixed.element} of lot ${lot.id} is not all recovered: not ${model}`);
  }
  if (model === 'identity-preserved' && lot.source.kind === 'blend') {
    throw new Refusal('CUSTODY_MODEL_MISMATCH', `lot ${lot.id} is a blend: not ${model}`);
  }
}

/** Gives a lot its certificate: its recovered matter carries the credit from now on, wherever it goes. */
export function tagLot(lot: LotRecord, certificateId: string): LotRecord {
  return {
    ...lot,
    certificateId,
    remaining: reclassify(lot.remaining, (origin) =>
      isRecovered(origin) && (origin.certificateId === undefined || origin.certificateId === lot.certificateId)
        ? { ...origin, certificateId }
        : origin,
    ),
  };
}

/** Takes a certificate that was corrected off its lot, with its credit. */
export function untagLot(lot: LotRecord, certificateId: string): LotRecord {
  const { certificateId: standing, ...bare } = lot;
  return {
    ...(standing === certificateId ? bare : lot),
    remaining: reclassify(lot.remaining, ({ certificateId: tag, ...origin }) =>
      tag === undefined || tag === certificateId ? origin : { ...origin, certificateId: tag },
    ),
  };
}

/** Accepts an issued certificate. @throws Refusal `ILLEGAL_TRANSITION`. */
export function accept(
  certificate: CertificateRecord,
  acceptance: NonNullable<CertificateRecord['acceptance']>,
): CertificateRecord {
  assertState(certificate, ['issued']);
  return { ...certificate, state: 'accepted', acceptance };
}

/** Contests a certificate that stands. @throws Refusal `ILLEGAL_TRANSITION`. */
export function contest(
  certificate: CertificateRecord,
  contested: NonNullable<CertificateRecord['contest']>,
): CertificateRecord {
  assertState(certificate, ['issued', 'accepted']);
  return { ...certificate, state: 'contested', contest: contested };
}

/** Resolves a contest: upheld, the certificate is revoked; dismissed, it stands as before. @throws Refusal `ILLEGAL_TRANSITION`. */
export function resolve(
  certificate: CertificateRecord,
  resolution: {
    readonly outcome: 'upheld' | 'dismissed';
    readonly by: string;
    readonly at: string;
    readonly text: string;
  },
): CertificateRecord {
  assertState(certificate, ['contested']);
  if (certificate.contest === undefined) throw new TypeError(`certificate ${certificate.id} holds no contest`);
  const { outcome, by, at, text } = resolution;
  const resolved: CertificateRecord = {
    ...certificate,
    contest: { ...certificate.contest, outcome, resolvedBy: by, resolvedAt: at, resolution: text },
  };
  if (outcome === 'upheld') return { ...resolved, state: 'revoked', revocation: { by, reason: text, at } };
  return { ...resolved, state: certificate.acceptance === undefined ? 'issued' : 'accepted' };
}

/** Revokes a certificate whose credit was given. @throws Refusal `ILLEGAL_TRANSITION`. */
export function revoke(
  certificate: CertificateRecord,
  revocation: NonNullable<CertificateRecord['revocation']>,
): CertificateRecord {
  assertState(certificate, ['issued', 'accepted', 'contested']);
  return { ...certificate, state: 'revoked', revocation };
}

function assertState(certificate: CertificateRecord, states: readonly CertificateRecord['state'][]): void {
  if (!states.includes(certificate.state)) {
    throw new Refusal('ILLEGAL_TRANSITION', `certificate ${certificate.id} is ${certificate.state}`);
  }
}

/** Mass of the origins that count, mg; in BigInt, since it is multiplied by a million next. */
export function massOf(origins: readonly Origin[], counts: (origin: Origin) => boolean): bigint {
  return origins.reduce((sum, origin) => (counts(origin) ? sum + BigInt(origin.massMg) : sum), 0n);
}

/** A fraction in ppm, rounded down and at most one: account and basis are drawn apart, so one may lose a milligram more. */
export function ppm(part: bigint, whole: bigint): number {
  if (whole === 0n) return 0;
  const fraction = (part * PPM) / whole;
  return Number(fraction > PPM ? PPM : fraction);
}
