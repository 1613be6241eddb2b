export { canonicalJson, parseCanonicalJson } from './canonical-json.js';
export type { CanonicalJsonLimits } from './canonical-json.js';
export { CREDENTIALS_V2_CONTEXT, signCredential, verifyCredential } from './credential/credential.js';
export type { SignedCredential, SigningOptions, UnsignedCredential } from './credential/credential.js';
export { EDDSA_JCS_2022 } from './credential/data-integrity-proof.js';
export type { DataIntegrityProof } from './credential/data-integrity-proof.js';
export { generateEd25519KeyPair, publicKeyMultibaseOf } from './credential/ed25519.js';
export type { Ed25519KeyPair } from './credential/ed25519.js';
export {
  decodePublicKeyMultibase,
  decodeSecretKeyMultibase,
  encodePublicKeyMultibase,
  encodeSecretKeyMultibase,
  verificationMethodOf,
} from './credential/multikey.js';
export { DIGEST_PATTERN, digestOf, digestOfBytes } from './digest.js';
export type { Digest } from './digest.js';
export { SchemaError } from './schema-error.js';
export type { SchemaErrorCode } from './schema-error.js';
export {
  isRecordType,
  isTransactionName,
  qualifiedTransactionName,
  RECORDS,
  recordDefinitionOf,
  referencesOf,
  transactionDefinitionOf,
  TRANSACTIONS,
} from './catalogue.js';
export type { AnyRecord, CommandOf, RecordOf, RecordType, ResultOf, TransactionName } from './catalogue.js';
export {
  ElementAccount,
  MAX_ORIGINS_PER_ELEMENT,
  ORIGIN_KINDS,
  OriginKind,
  originKey,
  OriginShare,
} from './element-account.js';
export { Fact, TransactionEvent } from './event.js';
export { Gtin, gtinCheckDigit, GtinSerial, isGtin, parseDigitalLinkPath, toDigitalLinkPath } from './gs1.js';
export { CountryCode, Identifier, Instant, LongText, MspId, RegionCode, Sha256Digest, Text } from './identifier.js';
export { instantAt, instantSeconds, isInstant } from './instant.js';
export { publishedSchemas } from './published-schemas.js';
export { CATHODE_CHEMISTRIES, CathodeChemistry, ELEMENTS, ElementSymbol } from './quantity.js';
export {
  commandSchema,
  DocumentReference,
  Documents,
  PrivateDetail,
  recordDefinition,
  recordSchema,
  Supersedes,
} from './record.js';
export type { RecordDefinition, RecordReference } from './record.js';
export { isRole, Role, ROLES } from './role.js';
export { AccreditationRecord, Ed25519Multikey, PartyKey, PartyRecord } from './subjects/party.js';
export type { partyTransactions } from './subjects/party.js';
export {
  ASSET_TYPES,
  AssetReference,
  Composition,
  CompositionEntry,
  DueDiligence,
  LOT_MATERIALS,
  LotMaterial,
  LotRecord,
  LotSource,
  Price,
  RecoveryBasis,
  Site,
} from './subjects/lot.js';
export type { lotTransactions } from './subjects/lot.js';
export { CUSTODY_ROLES, CustodyOfferRecord } from './subjects/custody.js';
export type { custodyTransactions } from './subjects/custody.js';
export { IdentifierPage, RecordVersion } from './subjects/record-query.js';
export type { recordQueryTransactions } from './subjects/record-query.js';
export { DEFAULT_SORTING_POLICY } from './default-sorting-policy.js';
export { DesignRecord } from './subjects/design.js';
export type { designTransactions } from './subjects/design.js';
export {
  ATTESTATION_VALIDITY_DAYS,
  AttestationRecord,
  CapacityEstimate,
  CATHODE_CLASSES,
  CathodeClass,
  ESTIMATE_CREDENTIAL_TYPE,
  ESTIMATE_PURPOSES,
  ESTIMATED_QUANTITIES,
  EstimateCredential,
  EstimateRequestRecord,
  EstimateSubject,
  LossEstimate,
  partyKeyUrn,
  partyUrn,
  RatioEstimate,
} from './subjects/estimate.js';
export type { estimateTransactions, EstimatedQuantity } from './subjects/estimate.js';
export {
  Collection,
  ConsumedMaterial,
  MAX_MODULES_PER_PACK,
  ModuleRecord,
  PACK_STATES,
  PackModule,
  PackRecord,
  RepairRecord,
  Route,
  ROUTES,
} from './subjects/pack.js';
export type { packTransactions } from './subjects/pack.js';
export {
  REGENERATION_METHODS,
  RegenerationMethod,
  SortingCondition,
  SortingDecisionRecord,
  SortingPolicyRecord,
  sortingPolicyRecordId,
  SortingRule,
} from './subjects/sorting.js';
export type { sortingTransactions } from './subjects/sorting.js';
export { UseRecord } from './subjects/use.js';
export type { useTransactions } from './subjects/use.js';
export {
  ACCESS,
  ACCESS_CLASSES,
  accessClassOf,
  AUDIENCE_ACCESS,
  AUDIENCES,
  audiencesOf,
  maySee,
  visiblePart,
} from './access.js';
export type { AccessClass, AccessViewer, Audience, RecordAccess } from './access.js';
export {
  CARBON_FACTOR_SETS,
  carbonFactorSet,
  RECOVERY_RULE_SETS,
  recoveryRuleSetAt,
  RECYCLED_CONTENT_RULE_SETS,
  recycledContentRuleSet,
  VIRGIN_CATHODE_BASELINES,
} from './rule-sets.js';
export type {
  CarbonFactorSet,
  CathodeCarbonBaseline,
  RecoveryRuleSet,
  RecycledContentMinimum,
  RecycledContentRuleSet,
} from './rule-sets.js';
export {
  CertificatePreview,
  CertificateRecord,
  CHAIN_OF_CUSTODY_MODELS,
  ChainOfCustodyModel,
  ElementShares,
  GradeShortfall,
  RecoveryRates,
} from './subjects/certificate.js';
export type { certificateTransactions } from './subjects/certificate.js';
export {
  ConfusionEntry,
  EstimatorScoreRecord,
  EstimatorTrackRecord,
  FindingQuantities,
  FindingRecord,
  USE_PROFILES,
  UseProfile,
} from './subjects/finding.js';
export type { findingTransactions } from './subjects/finding.js';
export {
  AssayRecord,
  AssayResult,
  GRADE_PROPERTIES,
  GradeLimit,
  GradeProperty,
  GradeSpecificationRecord,
} from './subjects/grade.js';
export type { gradeTransactions } from './subjects/grade.js';
export {
  Disassembly,
  ElementBalanceEntry,
  PROCESS_KINDS,
  ProcessKind,
  ProcessStepRecord,
  Reagent,
  RECYCLING_KINDS,
  StepCarbon,
  StepEnergy,
  StepInput,
  StepInputStatement,
  StepOutput,
} from './subjects/process.js';
export type { processTransactions } from './subjects/process.js';
export { RecycledContentRecord, RecycledContentShares, RecycledContentTest } from './subjects/recycled-content.js';
export type { recycledContentTransactions } from './subjects/recycled-content.js';
export { transaction } from './transaction.js';
export type { TransactionDefinition } from './transaction.js';
export {
  assertCommand,
  assertRecord,
  assertSchema,
  MAX_COMMAND_BYTES,
  MAX_COMMAND_DEPTH,
  parseCommand,
} from './validation.js';
export { DesignFile, ReferenceSpectrum } from './design-file.js';
export {
  MAX_CHARGE_SAMPLES,
  MAX_SPECTRA,
  MAX_SPECTRUM_POINTS,
  MeasuredSpectrum,
  Measurement,
  SENSOR_PROFILES,
} from './measurement.js';
