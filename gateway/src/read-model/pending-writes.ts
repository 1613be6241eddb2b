/** Reads of a store at one moment. */
export interface StoreReader {
  text(key: string): string | undefined;
  bytes(key: string): Uint8Array | undefined;
}

/** One operation of an atomic batch, as Level takes it. */
export type WriteOperation =
  | { readonly type: 'put'; readonly key: string; readonly value: string; readonly valueEncoding: 'utf8' }
  | { readonly type: 'put'; readonly key: string; readonly value: Uint8Array; readonly valueEncoding: 'view' }
  | { readonly type: 'del'; readonly key: string };

/** The writes of one block before they are a batch: what is read through it sees them already. */
export class PendingWrites implements StoreReader {
  readonly #store: StoreReader;
  readonly #written = new Map<string, string | Uint8Array | null>();

  constructor(store: StoreReader) {
    this.#store = store;
  }

  text(key: string): string | undefined {
    const written = this.#written.get(key);
    if (written === undefined) return this.#store.text(key);
    return typeof written === 'string' ? written : undefined;
  }

  bytes(key: string): Uint8Array | undefined {
    const written = this.#written.get(key);
    if (written === undefined) return this.#store.bytes(key);
    return written instanceof Uint8Array ? written : undefined;
  }

  put(key: string, value: string | Uint8Array): void {
    this.#written.set(key, value);
  }

  del(key: string): void {
    this.#written.set(key, null);
  }

  operations(): WriteOperation[] {
    return Array.from(this.#written, ([key, value]): WriteOperation => {
      if (value === null) return { type: 'del', key };
      return typeof value === 'string'
        ? { type: 'put', key, value, valueEncoding: 'utf8' }
        : { type: 'put', key, value, valueEncoding: 'view' };
    });
  }
}
