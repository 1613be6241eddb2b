import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, digestOf, type Digest, type Measurement } from '@battery-passport/schemas';
import { EstimatorError } from '../estimator-error.js';
import { parseMeasurement } from '../read-measurement.js';
import { writeDurably } from './durable-file.js';

/** A measurement that is kept, with the digest of its canonical text. */
export interface KeptMeasurement {
  digest: Digest;
  measurement: Measurement;
}

const NAME = /^(\d{14})-([0-9a-f]{64})\.json$/;

/**
 * Keeps measurements as files, one directory a pack, named by date and digest: `PK-0001/20260301080000-9f…e2.json`. The same
 * measurement twice is one file.
 */
export class MeasurementStore {
  readonly #directory: string;

  /** @param directory - Made when it is first written to. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Keeps a measurement.
   * @returns Its digest, and whether it is new.
   * @throws EstimatorError `MEASUREMENT_INVALID` when it does not say when it was measured: an attestation's age counts from
   * there.
   */
  async put(measurement: Measurement): Promise<{ digest: Digest; isNew: boolean }> {
    const { measuredAt } = measurement;
    if (measuredAt === undefined) {
      throw new EstimatorError({ code: 'MEASUREMENT_INVALID', message: 'a kept measurement needs its measuredAt' });
    }
    const digest = digestOf(measurement);
    const directory = this.#directoryOf(measurement.packId);
    const name = `${measuredAt.replace(/\D/g, '')}-${digest.slice('sha256:'.length)}.json`;
    await mkdir(directory, { recursive: true });
    if ((await this.#names(measurement.packId)).includes(name)) return { digest, isNew: false };
    await writeDurably(join(directory, name), canonicalJson(measurement));
    return { digest, isNew: true };
  }

  /**
   * The latest measurement of a pack, or of one module of it.
   * @throws EstimatorError `STORE_CORRUPT` when the file is not what was kept.
   */
  async latest(packId: string, moduleId?: string): Promise<KeptMeasurement | undefined> {
    for (const name of (await this.#names(packId)).reverse()) {
      const kept = await this.#read(packId, name);
      if (kept.measurement.moduleId === moduleId) return kept;
    }
    return undefined;
  }

  /**
   * A measurement by its digest.
   * @throws EstimatorError `STORE_CORRUPT`.
   */
  async get(packId: string, digest: string): Promise<KeptMeasurement | undefined> {
    const suffix = `-${digest.replace(/^sha256:/, '')}.json`;
    const name = (await this.#names(packId)).find((one) => one.endsWith(suffix));
    return name === undefined ? undefined : this.#read(packId, name);
  }

  #directoryOf(packId: string): string {
    return join(this.#directory, packId);
  }

  async #names(packId: string): Promise<string[]> {
    try {
      return (await readdir(this.#directoryOf(packId))).filter((name) => NAME.test(name)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  async #read(packId: string, name: string): Promise<KeptMeasurement> {
    const corrupt = (why: string, cause?: unknown): EstimatorError =>
      new EstimatorError({ code: 'STORE_CORRUPT', message: `kept measurement ${packId}/${name} ${why}`, cause });
    const text = await readFile(join(this.#directoryOf(packId), name), 'utf8');
    let measurement: Measurement;
    try {
      measurement = parseMeasurement(JSON.parse(text));
    } catch (cause) {
      throw corrupt('cannot be read', cause);
    }
    const digest = digestOf(measurement);
    if (digest.slice('sha256:'.length) !== NAME.exec(name)?.[2]) throw corrupt(`has the digest ${digest}`);
    return { digest, measurement };
  }
}
