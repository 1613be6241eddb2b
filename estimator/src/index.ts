export { attest, attestationSubject } from './attestation/attestation.js';
export type { AttestationOptions } from './attestation/attestation.js';
export { verifyAttestation } from './attestation/verify-attestation.js';
export type { AttestationCheck } from './attestation/verify-attestation.js';
export { DAMAGED_RATIO, DEPLETED_LAM_PE } from './cathode/cathode-class.js';
export type { Quantity } from './cathode/posterior.js';
export { estimateCathodeState, METHOD, QUANTITY_NAMES } from './estimate.js';
export type { Estimate, QuantityName } from './estimate.js';
export { estimateDirectories, estimateOrRefuse, readJsonFile } from './estimate-directories.js';
export type { Refusal } from './estimate-directories.js';
export { EstimatorError } from './estimator-error.js';
export type { EstimatorErrorCode } from './estimator-error.js';
export { assertPlausible, parseDesign, parseMeasurement } from './read-measurement.js';
export { attestationIdOf, EstimatorService } from './service/estimator-service.js';
export type {
  EstimateOutcome,
  EstimatorServiceOptions,
  OpenEstimateRequest,
  RunTransaction,
} from './service/estimator-service.js';
export { createMeasurementRouter } from './service/measurement-router.js';
export type { MeasurementRouterOptions, MeasurementSender } from './service/measurement-router.js';
export type { KeptMeasurement } from './service/measurement-store.js';
