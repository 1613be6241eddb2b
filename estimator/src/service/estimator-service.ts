import { join } from 'node:path';
import { digestOf, type DesignFile, type Digest, type EstimateRequestRecord } from '@battery-passport/schemas';
import { attest } from '../attestation/attestation.js';
import { readCharge } from '../cathode/charge-record.js';
import { EstimatorError } from '../estimator-error.js';
import { assertPlausible, parseMeasurement } from '../read-measurement.js';
import { EstimateJournal, type JournalEntry } from './estimate-journal.js';
import { EstimateWorker } from './estimate-worker.js';
import { MeasurementStore, type KeptMeasurement } from './measurement-store.js';

/** A request for an estimate that was opened on the ledger. */
export interface OpenEstimateRequest {
  requestId: string;
  packId: string;
  moduleId?: string;
}

/** Runs a transaction by name; the command is a plain object. Rejects with an error whose `contractCode` is the contract's. */
export type RunTransaction = (transaction: string, command: object) => Promise<unknown>;

/** What became of a request. */
export interface EstimateOutcome {
  requestId: string;
  packId: string;
  state: JournalEntry['state'] | 'waiting' | 'retrying';
  attestationId?: string;
  code?: string;
  message?: string;
}

/** What the service is handed: it knows the ledger only through these. */
export interface EstimatorServiceOptions {
  /** Where measurements and the journal are kept. */
  dataDir: string;
  /** The design file of an identifier. */
  designOf: (designId: string) => DesignFile | undefined;
  submit: RunTransaction;
  evaluate: RunTransaction;
  /**
   * Requests opened on the ledger, from its beginning on every call, then live until the signal aborts. Seeing one twice, or
   * one long answered, does no harm.
   */
  requestEvents: (signal: AbortSignal) => AsyncIterable<OpenEstimateRequest>;
  /** Party identifier of the estimator on the ledger. */
  estimatorPartyId: string;
  /** Which of its keys signs. */
  keyId: string;
  /** That key's secret half as a Multikey. */
  secretKeyMultibase: string;
  /** The time, for an attestation's date of issue. */
  now: () => Date;
  /** Told of every change of a request's state. */
  onOutcome?: (outcome: EstimateOutcome) => void;
  /** First wait after a ledger that could not be reached, ms; doubles up to a minute. */
  retryMs?: number;
}

const DEFAULT_RETRY_MS = 1000;
const MAX_RETRY_MS = 60_000;
/** The contract's refusal of an attestation that it already has: the answer arrived, if unheard. */
const ALREADY_ATTESTED = 'ATTESTATION_EXISTS';

/** Attestation identifiers follow from what they answer, so that sending twice can never make two. */
export function attestationIdOf(requestId: string, measurementDigest: string): string {
  return `AT-${digestOf([requestId, measurementDigest]).slice('sha256:'.length, 'sha256:'.length + 32)}`;
}

/** The code with which a contract refused, absent when the outcome is unknown. */
function contractCodeOf(error: unknown): string | undefined {
  const code = (error as { contractCode?: unknown } | null)?.contractCode;
  return typeof code === 'string' ? code : undefined;
}

/**
 * Answers estimate requests: keeps measurements, waits until a request and a measurement of its pack are both there,
 * estimates, signs, and submits.
 *
 * A credential is written to the journal before it is first sent. After a crash it is sent again as it was, and the contract
 * refuses what it already has, so no request is lost or answered twice.
 */
export class EstimatorService {
  readonly #options: EstimatorServiceOptions;
  readonly #store: MeasurementStore;
  readonly #journal: EstimateJournal;
  readonly #worker = new EstimateWorker();
  readonly #abort = new AbortController();
  readonly #open = new Map<string, OpenEstimateRequest>();
  #work: Promise<void> = Promise.resolve();
  #watching: Promise<void> | undefined;

  private constructor(options: EstimatorServiceOptions, journal: EstimateJournal) {
    this.#options = options;
    this.#journal = journal;
    this.#store = new MeasurementStore(join(options.dataDir, 'measurements'));
  }

  /**
   * Opens the service's data; {@link start} begins the work.
   * @throws EstimatorError `STORE_CORRUPT`.
   */
  static async open(options: EstimatorServiceOptions): Promise<EstimatorService> {
    return new EstimatorService(options, await EstimateJournal.open(join(options.dataDir, 'journal')));
  }

  /** Sends what a crash left signed but unheard, then follows the ledger. */
  start(): void {
    for (const entry of this.#journal.entries()) {
      if (entry.state === 'signed')
        this.#enqueue({ requestId: entry.requestId, packId: entry.packId, ...moduleOf(entry) });
    }
    this.#watching = this.#watch();
  }

  /**
   * Takes a measurement from outside; the same one twice is one.
   * @throws EstimatorError `MEASUREMENT_INVALID`, `DESIGN_MISMATCH`, and as `estimateCathodeState` refuses what no fit is
   * needed to refuse.
   */
  async receiveMeasurement(value: unknown): Promise<{ digest: Digest; isNew: boolean }> {
    const measurement = parseMeasurement(value);
    const design = this.#options.designOf(measurement.designId);
    if (design === undefined) {
      throw new EstimatorError({ code: 'DESIGN_MISMATCH', message: `no design ${measurement.designId} is known` });
    }
    assertPlausible(design, measurement);
    readCharge(measurement.charge, design.nominalCapacityAh);
    const kept = await this.#store.put(measurement);
    for (const request of this.#open.values()) if (request.packId === measurement.packId) this.#enqueue(request);
    return kept;
  }

  /** A kept measurement, so that others can run an estimate again. */
  measurement(packId: string, digest: string): Promise<KeptMeasurement | undefined> {
    return this.#store.get(packId, digest);
  }

  /** Resolves when everything that was known when it was called has been worked off. */
  async idle(): Promise<void> {
    await this.#work;
  }

  /** Stops following and waits for the step under way; nothing half-done is lost. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#watching;
    await this.#work;
    await this.#worker.close();
  }

  #isClosing(): boolean {
    return this.#abort.signal.aborted;
  }

  async #watch(): Promise<void> {
    let wait = this.#options.retryMs ?? DEFAULT_RETRY_MS;
    while (!this.#isClosing()) {
      try {
        for await (const request of this.#options.requestEvents(this.#abort.signal)) {
          wait = this.#options.retryMs ?? DEFAULT_RETRY_MS;
          const known = this.#journal.get(request.requestId)?.state;
          if (known !== 'submitted' && known !== 'refused') this.#enqueue(request);
        }
        if (!this.#isClosing()) await this.#sleep(wait);
      } catch (error) {
        if (this.#isClosing()) return;
        this.#options.onOutcome?.({
          requestId: '',
          packId: '',
          state: 'retrying',
          message: error instanceof Error ? error.message : String(error),
        });
        await this.#sleep(wait);
        wait = Math.min(MAX_RETRY_MS, 2 * wait);
      }
    }
  }

  /** Requests are answered one at a time: the thread is one, and order keeps the journal simple. */
  #enqueue(request: OpenEstimateRequest): void {
    this.#open.set(request.requestId, request);
    this.#work = this.#work.then(async () => {
      let wait = this.#options.retryMs ?? DEFAULT_RETRY_MS;
      while (!this.#isClosing() && this.#open.has(request.requestId)) {
        try {
          await this.#answer(request);
          return;
        } catch (error) {
          // What is wrong with the data stays wrong: only a new measurement can help, and others must not wait behind it.
          if (error instanceof EstimatorError) {
            const { requestId, packId } = request;
            this.#tell({ requestId, packId, state: 'not-estimated', code: error.code, message: error.message });
            return;
          }
          this.#tell({
            requestId: request.requestId,
            packId: request.packId,
            state: 'retrying',
            message: error instanceof Error ? error.message : String(error),
          });
          await this.#sleep(wait);
          wait = Math.min(MAX_RETRY_MS, 2 * wait);
        }
      }
    });
  }

  async #answer(request: OpenEstimateRequest): Promise<void> {
    const { requestId, packId, moduleId } = request;
    const entry = this.#journal.get(requestId);
    if (entry?.state === 'submitted' || entry?.state === 'refused') {
      this.#open.delete(requestId);
      return;
    }
    if (entry?.state === 'signed') {
      await this.#send(entry);
      return;
    }
    const kept = await this.#store.latest(packId, moduleId);
    if (kept === undefined || kept.digest === entry?.measurementDigest) {
      this.#tell({ requestId, packId, state: 'waiting' });
      return;
    }
    if (!(await this.#isOpen(requestId))) {
      this.#open.delete(requestId);
      return;
    }
    const base = { requestId, packId, measurementDigest: kept.digest };
    const design = this.#options.designOf(kept.measurement.designId);
    if (design === undefined) {
      await this.#settle({ ...base, state: 'not-estimated', code: 'DESIGN_MISMATCH', message: 'design not known' });
      return;
    }
    const result = await this.#worker.estimate(design, kept.measurement);
    if ('error' in result) {
      await this.#settle({ ...base, state: 'not-estimated', ...result.error });
      return;
    }
    const { measuredAt } = kept.measurement;
    if (measuredAt === undefined) {
      throw new EstimatorError({ code: 'STORE_CORRUPT', message: `measurement ${kept.digest} has no measuredAt` });
    }
    const credential = attest({
      estimate: result,
      design,
      measurement: kept.measurement,
      estimatorPartyId: this.#options.estimatorPartyId,
      keyId: this.#options.keyId,
      secretKeyMultibase: this.#options.secretKeyMultibase,
      measuredAt,
      issuedAt: `${this.#options.now().toISOString().slice(0, 19)}Z`,
    });
    const signed: JournalEntry = {
      ...base,
      state: 'signed',
      attestationId: attestationIdOf(requestId, kept.digest),
      credential,
    };
    await this.#settle(signed);
    await this.#send(signed);
  }

  async #send(entry: JournalEntry): Promise<void> {
    const { requestId, attestationId, credential } = entry;
    try {
      await this.#options.submit('submitAttestation', { attestationId, requestId, credential });
    } catch (error) {
      const code = contractCodeOf(error);
      // Without a code the outcome is unknown: the same identifier is sent again until the contract answers.
      if (code === undefined) throw error;
      if (code !== ALREADY_ATTESTED) {
        await this.#settle({
          ...entry,
          state: 'refused',
          code,
          message: error instanceof Error ? error.message : code,
        });
        return;
      }
    }
    await this.#settle({ ...entry, state: 'submitted' });
  }

  /** Whether the ledger still waits for an answer. */
  async #isOpen(requestId: string): Promise<boolean> {
    try {
      const record = (await this.#options.evaluate('getRecord', {
        recordType: 'estimateRequest',
        id: requestId,
      })) as EstimateRequestRecord;
      return record.state === 'open';
    } catch (error) {
      if (contractCodeOf(error) !== undefined) return false;
      throw error;
    }
  }

  async #settle(entry: JournalEntry): Promise<void> {
    await this.#journal.put(entry);
    if (entry.state === 'submitted' || entry.state === 'refused') this.#open.delete(entry.requestId);
    const { requestId, packId, state, attestationId, code, message } = entry;
    this.#tell({
      requestId,
      packId,
      state,
      ...(attestationId === undefined ? {} : { attestationId }),
      ...(code === undefined ? {} : { code }),
      ...(message === undefined ? {} : { message }),
    });
  }

  #tell(outcome: EstimateOutcome): void {
    this.#options.onOutcome?.(outcome);
  }

  #sleep(ms: number): Promise<void> {
    const { signal } = this.#abort;
    return new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener('abort', done);
    });
  }
}

function moduleOf(entry: JournalEntry): { moduleId?: string } {
  const moduleId = entry.credential?.credentialSubject.moduleId;
  return moduleId === undefined ? {} : { moduleId };
}
