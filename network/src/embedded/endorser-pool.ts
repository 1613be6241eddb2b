import type { NetworkError } from '../network-error.js';
import type { EndorserWorkerData } from './endorser-worker.js';
import { LedgerThread } from './ledger-thread.js';
import { GRPC_STATUS, PeerStatusError } from './peer-service.js';

/** How a pool of endorsing threads is run. */
export interface EndorserPoolOptions {
  readonly threads: number;
  /** A contract that has not answered after this time is ended, thread and all (Fabric's chaincode.executetimeout). */
  readonly executeTimeoutMs: number;
  readonly data: EndorserWorkerData;
  /** Told where a thread that died can't be replaced. */
  readonly onFailure: (error: NetworkError) => void;
}

interface Slot {
  readonly thread: LedgerThread;
  readonly ready: Promise<unknown>;
  /** Whether `ready` has resolved: loading contracts may take longer than running one. */
  open: boolean;
}

/**
 * The threads that run contracts. One that dies or hangs is replaced: what it was working on fails, which is safe to
 * send again, and nothing that was committed depends on it.
 */
export class EndorserPool {
  readonly #options: EndorserPoolOptions;
  readonly #slots: Slot[] = [];
  #watch: NodeJS.Timeout | undefined;
  #turn = 0;
  #stopped = false;

  constructor(options: EndorserPoolOptions) {
    this.#options = options;
  }

  /** Starts the threads. @throws NetworkError `CONTRACTS_UNLOADABLE`, `LEDGER_DAMAGED` */
  async open(): Promise<void> {
    for (let index = 0; index < this.#options.threads; index += 1) this.#slots.push(this.#start(index));
    const openings = await Promise.allSettled(this.#slots.map(({ ready }) => ready));
    for (const opening of openings) if (opening.status === 'rejected') throw opening.reason;
    this.#watch = setInterval(() => this.#endHanging(), Math.max(50, this.#options.executeTimeoutMs / 4));
    this.#watch.unref();
  }

  /** Calls a handler of the next thread in turn. */
  async call(method: 'evaluate' | 'endorse', args: readonly unknown[]): Promise<unknown> {
    this.#turn = (this.#turn + 1) % this.#slots.length;
    const slot = this.#slots[this.#turn];
    if (slot === undefined) throw new PeerStatusError(GRPC_STATUS.UNAVAILABLE, 'no thread runs contracts');
    await slot.ready;
    return slot.thread.channel.call(method, args);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    for (const { thread } of this.#slots) await thread.stop();
  }

  #start(index: number): Slot {
    const thread = new LedgerThread('./endorser-worker.js', this.#options.data, {}, () => this.#replace(index));
    const slot: Slot = {
      thread,
      open: false,
      ready: thread.channel.call('open', []).then(() => {
        slot.open = true;
      }),
    };
    return slot;
  }

  #replace(index: number): void {
    // A thread that dies while the pool is being opened fails the opening.
    if (this.#stopped || this.#watch === undefined) return;
    const slot = this.#start(index);
    this.#slots[index] = slot;
    slot.ready.catch((error: unknown) => {
      this.#stopped = true;
      this.#options.onFailure(error as NetworkError);
    });
  }

  #endHanging(): void {
    const limit = performance.now() - this.#options.executeTimeoutMs;
    for (const { thread, open } of this.#slots) {
      if (!open) continue;
      const oldest = thread.channel.oldestCallAt;
      if (oldest !== undefined && oldest < limit) void thread.kill();
    }
  }
}
