export { NetworkError } from './network-error.js';
export type { NetworkErrorCode, NetworkErrorDetail } from './network-error.js';
export { GRPC_STATUS, PeerStatusError } from './embedded/peer-service.js';
export type { PeerErrorDetail, PeerService } from './embedded/peer-service.js';
export type {
  Checkpoint,
  HashedStateEntry,
  HistoryEntry,
  LedgerReader,
  PrivateStateEntry,
  StateEntry,
  StrayRecord,
  TransactionIndexEntry,
  Version,
} from './embedded/ledger-reader.js';
export type {
  EventStreamOptions,
  Identity,
  LedgerConnection,
  SubmitOptions,
  SubmitResult,
} from './client/ledger-connection.js';
export { CertificateAuthority } from './identity/certificate-authority.js';
export type { EnrolledIdentity, EnrolmentRequest } from './identity/certificate-authority.js';
export { MembershipRegistry } from './identity/membership-registry.js';
export type { Member, MembershipRoot } from './identity/membership-registry.js';
export type { NodeRole } from './identity/node-role.js';
export { DEFAULT_ORGANISATIONS } from './identity/organisation.js';
export type { Organisation } from './identity/organisation.js';
export { connectLedger } from './client/connect-ledger.js';
export type { LedgerAddress } from './client/connect-ledger.js';
export { decodeBlock } from './block/decode-block.js';
export type { DecodedBlock, DecodedTransaction, DecodedVersion, Signatory } from './block/decode-block.js';
export { readChannelConfig } from './embedded/channel-config.js';
export type {
  ChannelConfig,
  ChannelOrganisation,
  PrivateCollection,
  SequencedConfig,
} from './embedded/channel-config.js';
export {
  DEFAULT_BATCH_LIMITS,
  DEFAULT_REQUIRED_ENDORSEMENTS,
  LEDGER_ADDRESS,
  openEmbeddedNetwork,
} from './embedded/embedded-network.js';
export type { EmbeddedNetwork, EmbeddedNetworkOptions } from './embedded/embedded-network.js';
export type { BatchLimits } from './embedded/committer.js';
export type { ContractSource } from './embedded/contract-runner.js';
export { VALIDATION_CODE } from './embedded/validation-code.js';
export type { ValidationCode } from './embedded/validation-code.js';
export { openLedgerReader } from './embedded/open-ledger-reader.js';
export { verifyLedger } from './audit/verify-ledger.js';
export type { AuditOptions, AuditProgress, AuditReport, BlockSource, ChainAnchor } from './audit/verify-ledger.js';
export type { AuditFinding, AuditFindingCode } from './audit/audit-finding.js';
export { connectGrpc } from './grpc/connect-grpc.js';
export { DEFAULT_FIRST_PORT } from './grpc/grpc-endpoint.js';
export type { GrpcEndpoint } from './grpc/grpc-endpoint.js';
export { serveNetwork } from './grpc/serve-network.js';
export type { ServedNetwork } from './grpc/serve-network.js';
export { EXPORTED_CLIENT, exportNetwork } from './export/export-network.js';
export type { ExportedNetwork, NetworkExport } from './export/export-network.js';
export { connectionBlockSource } from './audit/connection-block-source.js';
export type { ConnectionBlockSource } from './audit/connection-block-source.js';
export { openAuthorities } from './identity/open-authorities.js';
