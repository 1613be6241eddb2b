import type { RecordType } from '@battery-passport/schemas';

/** A field that follows an identifier to the record it names. */
export interface LinkToOne {
  readonly field: string;
  readonly to: RecordType;
  /** Field that holds the identifier. */
  readonly by: string;
}

/** A field that lists the records that name this one in an indexed field. */
export interface LinkToMany {
  readonly field: string;
  readonly of: RecordType;
  /** Indexed field of the other record that holds this one's identifier. */
  readonly where: string;
}

/** How people walk from record to record, beyond what a record itself holds. */
export const RECORD_LINKS: Readonly<
  Partial<Record<RecordType, { one?: readonly LinkToOne[]; many?: readonly LinkToMany[] }>>
> = {
  pack: {
    one: [
      { field: 'design', to: 'design', by: 'designId' },
      { field: 'holderParty', to: 'party', by: 'holder' },
      { field: 'previousPack', to: 'pack', by: 'previousPackId' },
      { field: 'nextPack', to: 'pack', by: 'nextPackId' },
      { field: 'attestation', to: 'attestation', by: 'attestationId' },
      { field: 'sortingDecision', to: 'sortingDecision', by: 'sortingDecisionId' },
    ],
    many: [
      { field: 'useRecords', of: 'useRecord', where: 'packId' },
      { field: 'attestations', of: 'attestation', where: 'packId' },
      { field: 'estimateRequests', of: 'estimateRequest', where: 'packId' },
      { field: 'findings', of: 'finding', where: 'packId' },
      { field: 'repairs', of: 'repair', where: 'packId' },
      { field: 'sortingDecisions', of: 'sortingDecision', where: 'packId' },
      { field: 'custody', of: 'custodyOffer', where: 'assetId' },
      { field: 'recycledContent', of: 'recycledContent', where: 'packId' },
    ],
  },
  lot: {
    one: [
      { field: 'holderParty', to: 'party', by: 'holder' },
      { field: 'certificate', to: 'certificate', by: 'certificateId' },
    ],
    many: [
      { field: 'assays', of: 'assay', where: 'lotId' },
      { field: 'certificates', of: 'certificate', where: 'lotId' },
      { field: 'custody', of: 'custodyOffer', where: 'assetId' },
    ],
  },
  module: { many: [{ field: 'custody', of: 'custodyOffer', where: 'assetId' }] },
  attestation: {
    one: [
      { field: 'pack', to: 'pack', by: 'packId' },
      { field: 'request', to: 'estimateRequest', by: 'requestId' },
      { field: 'estimator', to: 'party', by: 'estimatorId' },
    ],
    many: [{ field: 'findings', of: 'finding', where: 'attestationId' }],
  },
  finding: { one: [{ field: 'attestation', to: 'attestation', by: 'attestationId' }] },
  estimateRequest: { one: [{ field: 'attestation', to: 'attestation', by: 'attestationId' }] },
  sortingDecision: {
    one: [
      { field: 'pack', to: 'pack', by: 'packId' },
      { field: 'attestation', to: 'attestation', by: 'attestationId' },
      { field: 'policy', to: 'sortingPolicy', by: 'policyRecordId' },
    ],
  },
  assay: { one: [{ field: 'lot', to: 'lot', by: 'lotId' }] },
  certificate: {
    one: [
      { field: 'lot', to: 'lot', by: 'lotId' },
      { field: 'assay', to: 'assay', by: 'assayId' },
      { field: 'specification', to: 'gradeSpecification', by: 'specRecordId' },
      { field: 'incomingAssay', to: 'assay', by: 'incomingAssayId' },
      { field: 'issuer', to: 'party', by: 'issuerId' },
    ],
  },
  recycledContent: { one: [{ field: 'pack', to: 'pack', by: 'packId' }] },
  custodyOffer: {
    one: [
      { field: 'fromParty', to: 'party', by: 'from' },
      { field: 'toParty', to: 'party', by: 'to' },
    ],
  },
};
