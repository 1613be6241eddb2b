import { NetworkError } from '../network-error.js';
import type { LedgerStore } from './ledger-store.js';

/** Tells readers of the chain that it has grown. */
export class ChainHeight {
  #height: number;
  #closed = false;
  readonly #waiting = new Set<() => void>();

  constructor(height: number) {
    this.#height = height;
  }

  /** Number of blocks on disk. */
  get value(): number {
    return this.#height;
  }

  get closed(): boolean {
    return this.#closed;
  }

  grow(height: number): void {
    this.#height = height;
    this.#wake();
  }

  /** Ends every stream that waits for more. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Resolves when the chain is higher than `height`, is closed, or the signal aborts. */
  async above(height: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.#height > height || this.#closed || signal?.aborted === true) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      this.#waiting.add(done);
      signal?.addEventListener('abort', done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }
}

/**
 * Serialised blocks from `first` to `last`, waiting for those that are not there yet; ends when the signal aborts or
 * the ledger closes.
 * @throws NetworkError `LEDGER_DAMAGED` where a block that should be there is not.
 */
export async function* blockStream(
  store: LedgerStore,
  height: ChainHeight,
  first: number,
  last: number,
  signal?: AbortSignal,
): AsyncGenerator<{ number: number; block: Buffer }> {
  for (let number = first; number <= last; number += 1) {
    while (height.value <= number) {
      if (height.closed || signal?.aborted === true) return;
      await height.above(number, signal);
    }
    if (height.closed || signal?.aborted === true) return;
    const block = await store.block(number);
    if (block === null) {
      throw new NetworkError('LEDGER_DAMAGED', `block ${number} is missing`, { blockNumber: BigInt(number) });
    }
    yield { number, block };
  }
}
