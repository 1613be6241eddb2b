import type { AnyRecord, RecordOf, RecordType } from './catalogue.js';
import type { Role } from './role.js';

/**
 * Who a field is for. The four points are those of Annex XIII to Regulation (EU) 2023/1542; `commercial` is what the law gives
 * to nobody: quantities in stock, prices, buyers and recipes, known to the parties of the ledger and its regulator.
 */
export const ACCESS_CLASSES = ['annex-xiii-1', 'annex-xiii-2', 'annex-xiii-3', 'annex-xiii-4', 'commercial'] as const;
export type AccessClass = (typeof ACCESS_CLASSES)[number];

/** Who may ask, as Article 77(2) tells them apart, and the parties of the ledger. */
export const AUDIENCES = ['public', 'legitimate-interest', 'authority', 'commission', 'consortium'] as const;
export type Audience = (typeof AUDIENCES)[number];

/**
 * What each audience sees: a lattice, not a ladder. Authorities (notified bodies, market surveillance) do not get point 4,
 * and those with a legitimate interest do not get point 3. Article 77(2) names the Commission for points 2 and 3; the
 * Commission's guidance of 28 July 2026 counts it in for point 4, so it is an audience of its own.
 */
export const AUDIENCE_ACCESS: Readonly<Record<Audience, readonly AccessClass[]>> = {
  public: ['annex-xiii-1'],
  'legitimate-interest': ['annex-xiii-1', 'annex-xiii-2', 'annex-xiii-4'],
  authority: ['annex-xiii-1', 'annex-xiii-2', 'annex-xiii-3', 'commercial'],
  commission: ['annex-xiii-1', 'annex-xiii-2', 'annex-xiii-3', 'annex-xiii-4'],
  consortium: ['annex-xiii-1', 'commercial'],
};

/** Access to one record type: the class of most fields, and of those that differ. */
export interface RecordAccess<T extends RecordType> {
  readonly fields: Readonly<Partial<Record<keyof RecordOf<T>, AccessClass>>>;
  readonly otherwise: AccessClass;
}

/**
 * The one table of access. Fields of the envelope are public. Numbers in brackets are the points of Annex XIII; chemistry,
 * maker, place and date of manufacture, and carbon footprint are point 1; composition and dismantling point 2(a) and (c);
 * state of health, status, use and negative events point 4.
 */
export const ACCESS: { readonly [T in RecordType]: RecordAccess<T> } = {
  party: { otherwise: 'annex-xiii-1', fields: {} },
  accreditation: { otherwise: 'annex-xiii-1', fields: {} },
  lot: {
    otherwise: 'annex-xiii-1',
    fields: {
      holder: 'commercial',
      state: 'commercial',
      holdReason: 'commercial',
      price: 'commercial',
      remainingMassMg: 'commercial',
      remaining: 'commercial',
      remainingCarbonG: 'commercial',
      remainingActiveMaterialMg: 'commercial',
      remainingBasis: 'commercial',
      pendingOfferId: 'commercial',
    },
  },
  custodyOffer: { otherwise: 'commercial', fields: {} },
  design: {
    otherwise: 'annex-xiii-1',
    fields: {
      anodeChemistry: 'annex-xiii-2',
      cathodeMassMg: 'annex-xiii-2',
      dismantling: 'annex-xiii-2',
      structure: 'annex-xiii-2',
    },
  },
  pack: {
    otherwise: 'annex-xiii-1',
    fields: {
      holder: 'commercial',
      pendingOfferId: 'commercial',
      materials: 'annex-xiii-2',
      modules: 'annex-xiii-2',
      contents: 'annex-xiii-2',
      activeMaterialMg: 'annex-xiii-2',
      state: 'annex-xiii-4',
      endedAt: 'annex-xiii-4',
      endReason: 'annex-xiii-4',
      modulesChangedAt: 'annex-xiii-4',
      collection: 'annex-xiii-4',
      counters: 'annex-xiii-4',
      lastUseTo: 'annex-xiii-4',
      lastUseRecordId: 'annex-xiii-4',
      attestationId: 'annex-xiii-4',
      sortingDecisionId: 'annex-xiii-4',
    },
  },
  module: {
    otherwise: 'annex-xiii-2',
    fields: {
      holder: 'commercial',
      pendingOfferId: 'commercial',
      state: 'annex-xiii-4',
      route: 'annex-xiii-4',
      attestationId: 'annex-xiii-4',
      sortingDecisionId: 'annex-xiii-4',
    },
  },
  repair: { otherwise: 'annex-xiii-4', fields: {} },
  useRecord: { otherwise: 'annex-xiii-4', fields: {} },
  estimateRequest: { otherwise: 'annex-xiii-4', fields: {} },
  attestation: { otherwise: 'annex-xiii-4', fields: {} },
  sortingPolicy: { otherwise: 'annex-xiii-1', fields: {} },
  sortingDecision: { otherwise: 'annex-xiii-4', fields: {} },
  processStep: {
    otherwise: 'commercial',
    fields: {
      operator: 'annex-xiii-1',
      kind: 'annex-xiii-1',
      method: 'annex-xiii-1',
      facility: 'annex-xiii-1',
      startedAt: 'annex-xiii-1',
      finishedAt: 'annex-xiii-1',
      carbonFactors: 'annex-xiii-1',
    },
  },
  finding: { otherwise: 'annex-xiii-4', fields: { documents: 'annex-xiii-3' } },
  estimatorScore: { otherwise: 'annex-xiii-1', fields: {} },
  gradeSpecification: { otherwise: 'annex-xiii-1', fields: {} },
  assay: { otherwise: 'commercial', fields: { documents: 'annex-xiii-3', lotId: 'annex-xiii-1' } },
  certificate: { otherwise: 'annex-xiii-1', fields: { acceptance: 'commercial', contest: 'commercial' } },
  recycledContent: { otherwise: 'annex-xiii-1', fields: {} },
};

/** Fields that every record has and everyone sees; they name no quantity and no customer. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'recordType',
  'id',
  'createdBy',
  'createdAt',
  'createdInTransaction',
  'updatedAt',
  'supersedes',
  'superseded',
  'private',
]);

/** Fields that name a party which sees the whole record: its own things and its own offers. */
const PARTY_FIELDS = ['createdBy', 'holder', 'from', 'to', 'issuerId', 'requestedBy'] as const;

/** Who asks: a party of the ledger or nobody in particular, and the audiences that it belongs to. */
export interface AccessViewer {
  readonly partyId?: string;
  readonly audiences: readonly Audience[];
}

/** The audiences of a party's roles; without a role it is the public. */
export function audiencesOf(roles: readonly Role[]): readonly Audience[] {
  if (roles.length === 0) return ['public'];
  if (roles.includes('regulator')) return ['authority'];
  return ['legitimate-interest', 'consortium'];
}

/** The access class of a record type's field. */
export function accessClassOf(recordType: RecordType, field: string): AccessClass {
  if (ENVELOPE.has(field)) return 'annex-xiii-1';
  const access: {
    readonly fields: Readonly<Record<string, AccessClass | undefined>>;
    readonly otherwise: AccessClass;
  } = ACCESS[recordType];
  return access.fields[field] ?? access.otherwise;
}

/** Whether a viewer may see a field of a record: by an audience, or because the record is its own. */
export function maySee(viewer: AccessViewer, record: AnyRecord, field: string): boolean {
  const wanted = accessClassOf(record.recordType, field);
  if (viewer.audiences.some((audience) => AUDIENCE_ACCESS[audience].includes(wanted))) return true;
  if (wanted === 'annex-xiii-1') return true;
  const { partyId } = viewer;
  if (partyId === undefined) return false;
  const fields = record as unknown as Readonly<Record<string, unknown>>;
  return PARTY_FIELDS.some((name) => fields[name] === partyId);
}

/** A record with only the fields that a viewer may see; a field that is missing here may exist. */
export function visiblePart(viewer: AccessViewer, record: AnyRecord): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(record).filter(([field]) => maySee(viewer, record, field)));
}
