/**
 * Every reason for which this layer refuses something.
 *
 * - `MEASUREMENT_INVALID`, `DESIGN_INVALID`: not of the stated shape, or series of different lengths.
 * - `DESIGN_MISMATCH`: the measurement is of another design, or its voltages cannot be of this one.
 * - `TIME_NOT_ASCENDING`: times or frequencies stand still or run backwards.
 * - `SENSOR_OUT_OF_RANGE`: a voltage, current or temperature that no sensor in use can have meant.
 * - `CURRENT_REVERSED`: the voltage rises while the current says that the cell is discharged.
 * - `CHARGE_TOO_SHORT`: too few samples, or too little of the cell's charge, to tell anything.
 * - `FIT_FAILED`: no state of the model explains the measurement.
 * - `ATTESTATION_INVALID`: not an attestation of the stated shape, or its proof does not hold.
 * - `ATTESTATION_MISMATCH`: the attestation says other than the measurement gives.
 * - `STORE_CORRUPT`: a kept measurement or the journal was altered.
 * - `NOT_AUTHENTICATED`, `NOT_AUTHORISED`: the sender of a measurement.
 */
export type EstimatorErrorCode =
  | 'MEASUREMENT_INVALID'
  | 'DESIGN_INVALID'
  | 'DESIGN_MISMATCH'
  | 'TIME_NOT_ASCENDING'
  | 'SENSOR_OUT_OF_RANGE'
  | 'CURRENT_REVERSED'
  | 'CHARGE_TOO_SHORT'
  | 'FIT_FAILED'
  | 'ATTESTATION_INVALID'
  | 'ATTESTATION_MISMATCH'
  | 'STORE_CORRUPT'
  | 'NOT_AUTHENTICATED'
  | 'NOT_AUTHORISED';

/** The one error of this layer: decide on `code`, show `message`, follow `cause`. */
export class EstimatorError extends Error {
  override readonly name = 'EstimatorError';
  readonly code: EstimatorErrorCode;

  constructor({ code, message, cause }: { code: EstimatorErrorCode; message: string; cause?: unknown }) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
