export {
  accountMassMg,
  addAccounts,
  drawAccount,
  elementMasses,
  reclassify,
  scaleAccount,
  withoutCertificates,
} from './account/element-account.js';
export type { ElementMasses, Origin } from './account/element-account.js';
export { proportion } from './account/proportion.js';
export { addBases, basisOf, drawBasis, NO_BASIS } from './account/recovery-basis.js';
export { assessLot, isRecovered, recoveryRates, recycledShares } from './certificate/certificate-rules.js';
export { certificatesIn, stands } from './certificate/certificate-standing.js';
export { recycledContent, requireRecycledContentRules } from './certificate/recycled-content-rules.js';
export { COLLECTIONS } from './collections.js';
export type { PrivateCollection } from './collections.js';
export { CONTRACT_SOURCE } from './contract-source.js';
export { MAX_PRIVATE_DETAIL_BYTES, PRIVATE_TRANSIENT_FIELD } from './kernel/private-detail.js';
export { mayHold, PARTY_ATTRIBUTE, REGULATOR_MSP, ROLES_ATTRIBUTE } from './kernel/caller.js';
export { indexKeyType } from './kernel/ledger.js';
export { Refusal, REFUSALS } from './kernel/refusal.js';
export type { RefusalCode } from './kernel/refusal.js';
export { DOWNGRADES, drawLot } from './lot/lot-rules.js';
export type { DrawnMatter } from './lot/lot-rules.js';
export { balanceElements } from './process/element-balance.js';
export type { ElementBalance, MeasuredOutput } from './process/element-balance.js';
export { isRecoveredProduct, KINDS_BY_ROUTE, OUTPUTS_BY_KIND, ROLES_BY_KIND } from './process/process-kind.js';
export { computeStep } from './process/process-rules.js';
export type { StepOutcome, StepStatement } from './process/process-rules.js';
export { stepCarbon, totalCarbonG } from './process/step-carbon.js';
export { recoveredAccount } from './process/waste-origin.js';
export { attestationExpiry } from './estimate/attestation-rules.js';
export { evaluateSortingPolicy } from './sorting/sorting-rules.js';
export type { SortingCase } from './sorting/sorting-rules.js';
