import { Level } from 'level';
import { GatewayError } from '../gateway-error.js';
import type { StoreReader, WriteOperation } from './pending-writes.js';

const WRITE_BUFFER_BYTES = 16 * 1024 * 1024;
// With every encoding named, Level takes options as they are; else it would copy them at each read.
const AS_TEXT = { keyEncoding: 'utf8', valueEncoding: 'utf8' } as const;
const AS_BYTES = { keyEncoding: 'utf8', valueEncoding: 'buffer' } as const;

// In Node, Level is classic-level's class; the package's types only tell what it has in browsers too.
const levelFiles = Level as unknown as { destroy(directory: string): Promise<void> };

type Snapshot = ReturnType<Level['snapshot']>;

/** Reads of the store as it was at one moment; a frozen one holds on to that moment until it is closed. */
export interface StoreMoment extends StoreReader {
  /** Keys and values of a range, in key order. */
  entries(range?: EntryRange): AsyncIterable<readonly [key: string, value: Uint8Array]>;
  /** Whether a range has a key. */
  isAny(range: EntryRange): Promise<boolean>;
  /** To be called before the store changes: until then reads need no snapshot, and take half the time. */
  freeze(): void;
  close(): Promise<void>;
}

/** Bounds of a range of keys, as Level takes them. */
export interface EntryRange {
  readonly gt?: string;
  readonly gte?: string;
  readonly lt?: string;
  readonly reverse?: boolean;
  readonly limit?: number;
}

/** The read model's Level store: batches in, moments out, Level's errors as ours. */
export class LevelStore implements StoreReader {
  readonly #level: Level;

  private constructor(level: Level) {
    this.#level = level;
  }

  /** @throws GatewayError `NODE_RUNNING` where another process has it open, `READ_MODEL_DAMAGED` where Level cannot. */
  static async open(directory: string): Promise<LevelStore> {
    // LevelDB reads uncompressed blocks straight from the files that it maps, without a copy or a cache of its own.
    const level = new Level(directory, { compression: false, writeBufferSize: WRITE_BUFFER_BYTES });
    try {
      await level.open();
    } catch (cause) {
      const { code } = ((cause as Error).cause ?? {}) as { code?: unknown };
      throw code === 'LEVEL_LOCKED'
        ? new GatewayError({ code: 'NODE_RUNNING', message: `${directory} is open in another process`, cause })
        : new GatewayError({
            code: 'READ_MODEL_DAMAGED',
            message: `${directory} does not open; start with --rebuild`,
            cause,
          });
    }
    return new LevelStore(level);
  }

  /** Removes a closed store's files, and only those that LevelDB made. */
  static async destroy(directory: string): Promise<void> {
    await levelFiles.destroy(directory);
  }

  text(key: string): string | undefined {
    return attempt(() => this.#level.getSync(key));
  }

  bytes(key: string): Uint8Array | undefined {
    return attempt(() => this.#level.getSync<string, Uint8Array>(key, AS_BYTES));
  }

  /**
   * Writes a batch, all of it or nothing. It is not synced: what a power cut takes is projected again, since the
   * checkpoint goes with it.
   */
  async write(operations: readonly WriteOperation[]): Promise<void> {
    try {
      await this.#level.batch<string, string | Uint8Array>([...operations], {});
    } catch (cause) {
      throw unreadable(cause);
    }
  }

  /** The store as it is now. */
  moment(): StoreMoment {
    const level = this.#level;
    let frozen: { readonly snapshot: Snapshot } | undefined;
    let asText: (typeof AS_TEXT & { readonly snapshot: Snapshot }) | undefined;
    let asBytes: typeof AS_BYTES & { readonly snapshot?: Snapshot } = AS_BYTES;
    return {
      text: (key) =>
        attempt(() => (asText === undefined ? level.getSync(key) : level.getSync<string, string>(key, asText))),
      bytes: (key) => attempt(() => level.getSync<string, Uint8Array>(key, asBytes)),
      entries: (range = {}) =>
        level.iterator<string, Uint8Array>({ ...range, ...frozen, valueEncoding: 'view', highWaterMarkBytes: 1 << 20 }),
      isAny: async (range) => (await level.keys({ ...range, ...frozen, limit: 1 }).all()).length > 0,
      freeze: () => {
        if (frozen !== undefined) return;
        frozen = { snapshot: attempt(() => level.snapshot()) };
        asText = { ...AS_TEXT, ...frozen };
        asBytes = { ...AS_BYTES, ...frozen };
      },
      close: async () => frozen?.snapshot.close(),
    };
  }

  async close(): Promise<void> {
    await this.#level.close();
  }
}

function attempt<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): GatewayError {
  const { code } = cause as { code?: unknown };
  return code === 'LEVEL_DATABASE_NOT_OPEN' || code === 'LEVEL_SNAPSHOT_NOT_OPEN' || code === 'LEVEL_RESOURCE_NOT_OPEN'
    ? new GatewayError({ code: 'INTERNAL', message: 'the read model is closed', cause })
    : new GatewayError({
        code: 'READ_MODEL_DAMAGED',
        message: 'the read model cannot be read or written; start with --rebuild',
        cause,
      });
}
