import { Worker } from 'node:worker_threads';
import type { DesignFile, Measurement } from '@battery-passport/schemas';
import type { Estimate } from '../estimate.js';
import type { Refusal } from '../estimate-directories.js';
import { EstimatorError } from '../estimator-error.js';

/** What the thread is asked. */
export interface EstimateTask {
  id: number;
  design: DesignFile;
  measurement: Measurement;
}

/** What it answers. */
export type EstimateAnswer = { id: number; result: Estimate | Refusal } | { id: number; failure: string };

interface Waiting {
  resolve(result: Estimate | Refusal): void;
  reject(error: Error): void;
}

/** Runs estimates on a thread of their own, started with the first and restarted if it dies. */
export class EstimateWorker {
  #thread: Worker | undefined;
  #nextId = 0;
  readonly #waiting = new Map<number, Waiting>();

  /**
   * Estimates one cell.
   * @throws EstimatorError `FIT_FAILED` when the thread dies over it.
   */
  estimate(design: DesignFile, measurement: Measurement): Promise<Estimate | Refusal> {
    const thread = (this.#thread ??= this.#start());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      thread.postMessage({ id, design, measurement } satisfies EstimateTask);
    });
  }

  /** Ends the thread; what is still waiting fails. */
  async close(): Promise<void> {
    const thread = this.#thread;
    this.#thread = undefined;
    await thread?.terminate();
    this.#failAll('the estimator is closed');
  }

  #start(): Worker {
    const thread = new Worker(new URL('./estimate-worker-thread.js', import.meta.url));
    thread.unref();
    thread.on('message', (answer: EstimateAnswer) => {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('result' in answer) waiting?.resolve(answer.result);
      else waiting?.reject(new EstimatorError({ code: 'FIT_FAILED', message: answer.failure }));
    });
    const died = (why: string): void => {
      if (this.#thread !== thread) return;
      this.#thread = undefined;
      this.#failAll(why);
    };
    thread.on('error', (error) => died(error instanceof Error ? error.message : 'the estimation thread failed'));
    thread.on('exit', () => died('the estimation thread ended'));
    return thread;
  }

  #failAll(message: string): void {
    for (const waiting of this.#waiting.values()) waiting.reject(new EstimatorError({ code: 'FIT_FAILED', message }));
    this.#waiting.clear();
  }
}
