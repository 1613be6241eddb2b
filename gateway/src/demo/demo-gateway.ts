import type { CommandOf, Measurement, RecordOf, RecordType, TransactionName } from '@battery-passport/schemas';
import type { ConfidentialDetail } from '../submission.js';

/**
 * What the demonstration knows of the system: the gateway's public interface, as each person of the consortium has it with an own
 * token. `subject` is a development enrolment.
 */
export interface DemoGateway {
  /** Key of the estimator service, for the register. */
  readonly estimatorKey: { readonly keyId: string; readonly publicKeyMultibase: string };
  /** Sends a transaction and waits until it is committed; rejects when it is refused. */
  submit<N extends TransactionName>(
    subject: string,
    transaction: N,
    command: CommandOf<N>,
    confidential?: ConfidentialDetail,
  ): Promise<void>;
  /** Sends a transaction that the rules forbid. Resolves to the code of the refusal; rejects when it is taken. */
  submitRefused<N extends TransactionName>(subject: string, transaction: N, command: CommandOf<N>): Promise<string>;
  /** Reads a record as it stands after everything that was submitted before. */
  read<T extends RecordType>(subject: string, recordType: T, id: string): Promise<RecordOf<T>>;
  /** Sends a vehicle's measurement to the estimator service. */
  putMeasurement(subject: string, measurement: Measurement): Promise<void>;
  /** Waits until a request is answered; the attestation's identifier. */
  waitForEstimate(subject: string, requestId: string): Promise<string>;
  /** Told what happens now, and how many acts of how many are done. */
  progress(step: string, done: number, of: number): void;
}
