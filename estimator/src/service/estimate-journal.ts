import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, type EstimateCredential } from '@battery-passport/schemas';
import { EstimatorError } from '../estimator-error.js';
import { writeDurably } from './durable-file.js';

/**
 * How far the answer to one request has come.
 *
 * - `signed`: the credential is fixed and may or may not have reached the ledger; after a restart these same bytes are sent
 *   again, never new ones.
 * - `submitted`: the ledger has it.
 * - `refused`: the ledger said no, for good.
 * - `not-estimated`: the measurement was refused; another measurement may still answer the request.
 */
export interface JournalEntry {
  requestId: string;
  packId: string;
  state: 'signed' | 'submitted' | 'refused' | 'not-estimated';
  measurementDigest: string;
  attestationId?: string;
  credential?: EstimateCredential;
  /** Why it was refused. */
  code?: string;
  message?: string;
}

/** What became of each request, one file each, written before anything is sent. */
export class EstimateJournal {
  readonly #directory: string;
  readonly #entries: Map<string, JournalEntry>;

  private constructor(directory: string, entries: Map<string, JournalEntry>) {
    this.#directory = directory;
    this.#entries = entries;
  }

  /**
   * Opens a journal, making its directory.
   * @throws EstimatorError `STORE_CORRUPT` when an entry cannot be read: guessing could answer a request twice.
   */
  static async open(directory: string): Promise<EstimateJournal> {
    await mkdir(directory, { recursive: true });
    const entries = new Map<string, JournalEntry>();
    for (const name of await readdir(directory)) {
      if (!name.endsWith('.json')) continue;
      const text = await readFile(join(directory, name), 'utf8');
      let entry: JournalEntry;
      try {
        entry = JSON.parse(text) as JournalEntry;
        if (`${entry.requestId}.json` !== name || canonicalJson(entry) !== text) throw new RangeError('altered');
      } catch (cause) {
        throw new EstimatorError({ code: 'STORE_CORRUPT', message: `journal entry ${name} cannot be read`, cause });
      }
      entries.set(entry.requestId, entry);
    }
    return new EstimateJournal(directory, entries);
  }

  /** What is known of a request. */
  get(requestId: string): JournalEntry | undefined {
    return this.#entries.get(requestId);
  }

  /** All entries, in no order. */
  entries(): IterableIterator<JournalEntry> {
    return this.#entries.values();
  }

  /** Writes an entry, synced, before returning. */
  async put(entry: JournalEntry): Promise<void> {
    await writeDurably(join(this.#directory, `${entry.requestId}.json`), canonicalJson(entry));
    this.#entries.set(entry.requestId, entry);
  }
}
