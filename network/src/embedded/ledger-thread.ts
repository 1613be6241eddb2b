import { Worker } from 'node:worker_threads';

import { NetworkError } from '../network-error.js';
import { WorkerChannel, type CallHandler } from './worker-channel.js';

/** A worker thread of the ledger and the channel to it. */
export class LedgerThread {
  readonly channel: WorkerChannel;
  readonly #worker: Worker;
  #ended = false;
  #stopping = false;

  /**
   * @param module - File of the thread's module, relative to this one.
   * @param onLost - Called once where the thread ends without having been asked to.
   */
  constructor(
    module: string,
    workerData: unknown,
    handlers: Readonly<Record<string, CallHandler>>,
    onLost: (error: NetworkError) => void,
  ) {
    this.#worker = new Worker(new URL(module, import.meta.url), {
      workerData,
      // Messages die young: with Node's default of 16 MB a tenth of the time goes into collecting them.
      resourceLimits: { maxYoungGenerationSizeMb: 128 },
    });
    this.channel = new WorkerChannel(this.#worker, handlers);
    const end = (what: string, cause?: unknown): void => {
      if (this.#ended) return;
      this.#ended = true;
      const error = this.#stopping
        ? new NetworkError('LEDGER_CLOSED', 'the ledger is closed')
        : new NetworkError('LEDGER_FAILED', what, cause === undefined ? {} : { cause });
      this.channel.break(error);
      if (!this.#stopping) onLost(error);
    };
    this.#worker.on('error', (error) => end(`a thread of the ledger died: ${error.message}`, error));
    this.#worker.on('exit', (code) => end(`a thread of the ledger ended with code ${code}`));
  }

  /** Lets the thread close what it holds, then ends it. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (!this.#ended) await this.channel.call('close', []).catch(() => undefined);
    await this.#worker.terminate();
  }

  /** Ends the thread at once, as if it had died. */
  async kill(): Promise<void> {
    await this.#worker.terminate();
  }
}
