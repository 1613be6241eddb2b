import { NetworkError, type NetworkErrorCode, type NetworkErrorDetail } from '../network-error.js';
import { PeerStatusError, type PeerErrorDetail } from './peer-service.js';

/** What `Worker` and `MessagePort` have in common. */
export interface MessageEndpoint {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Answers a call from the other thread. */
export type CallHandler = (args: readonly unknown[], call: RunningCall) => unknown;

/** A call that is being answered. */
export class RunningCall {
  #controller: AbortController | undefined;

  /** Aborts where the caller gave up; made when first asked for, since most calls never look at it. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  cancel(): void {
    this.#controller?.abort();
  }
}

type ErrorFrame =
  | {
      readonly kind: 'peer';
      readonly message: string;
      readonly status: number;
      readonly details: readonly PeerErrorDetail[];
    }
  | {
      readonly kind: 'network';
      readonly message: string;
      readonly code: NetworkErrorCode;
      readonly detail: NetworkErrorDetail;
    }
  | { readonly kind: 'other'; readonly message: string };

type Frame =
  | { readonly type: 'call'; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: ErrorFrame };

interface PendingCall {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly startedAt: number;
}

/**
 * Calls between two threads. Frames of one turn of the event loop travel as one message, since a message costs more than
 * what is in it; bytes are moved, not copied twice.
 */
export class WorkerChannel {
  readonly #endpoint: MessageEndpoint;
  readonly #handlers: Readonly<Record<string, CallHandler>>;
  readonly #pending = new Map<number, PendingCall>();
  readonly #running = new Map<number, RunningCall>();
  #outgoing: Frame[] = [];
  #nextId = 1;
  #broken: Error | undefined;

  constructor(endpoint: MessageEndpoint, handlers: Readonly<Record<string, CallHandler>>) {
    this.#endpoint = endpoint;
    this.#handlers = handlers;
    endpoint.on('message', (message) => {
      for (const frame of message as Frame[]) this.#receive(frame);
    });
  }

  /** Calls a handler of the other thread. Rejects with the error it threw: `PeerStatusError` and `NetworkError` arrive whole. */
  call(method: string, args: readonly unknown[], signal?: AbortSignal): Promise<unknown> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const id = this.#nextId++;
    const answered = new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, startedAt: performance.now() });
    });
    this.#send({ type: 'call', id, method, args: args.map(movable) });
    if (signal !== undefined) {
      const cancel = (): void => this.#send({ type: 'cancel', id });
      if (signal.aborted) cancel();
      else {
        signal.addEventListener('abort', cancel, { once: true });
        return answered.finally(() => signal.removeEventListener('abort', cancel));
      }
    }
    return answered;
  }

  /** When the oldest unanswered call was made, on the clock of `performance.now`. */
  get oldestCallAt(): number | undefined {
    for (const { startedAt } of this.#pending.values()) return startedAt;
    return undefined;
  }

  /** Ends every call: the other thread is gone. */
  break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case 'call':
        void this.#answer(frame.id, frame.method, frame.args);
        break;
      case 'cancel':
        this.#running.get(frame.id)?.cancel();
        break;
      case 'answer':
        this.#pending.get(frame.id)?.resolve(frame.value);
        this.#pending.delete(frame.id);
        break;
      case 'error':
        this.#pending.get(frame.id)?.reject(fromErrorFrame(frame.error));
        this.#pending.delete(frame.id);
        break;
    }
  }

  async #answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    const call = new RunningCall();
    this.#running.set(id, call);
    try {
      const handler = this.#handlers[method];
      if (handler === undefined) throw new TypeError(`no handler for ${method}`);
      const value = movable(await handler(args, call));
      this.#send({ type: 'answer', id, value });
    } catch (error) {
      this.#send({ type: 'error', id, error: toErrorFrame(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #send(frame: Frame): void {
    this.#outgoing.push(frame);
    if (this.#outgoing.length === 1) {
      queueMicrotask(() => {
        const frames = this.#outgoing;
        this.#outgoing = [];
        this.#endpoint.postMessage(frames, []);
      });
    }
  }
}

/** A view into a larger buffer is posted with all of that buffer: copies out what is meant. */
function movable(value: unknown): unknown {
  if (value instanceof Uint8Array && value.byteLength !== value.buffer.byteLength) return Uint8Array.from(value);
  return value;
}

function toErrorFrame(error: unknown): ErrorFrame {
  if (error instanceof PeerStatusError) {
    return { kind: 'peer', message: error.message, status: error.status, details: error.details };
  }
  if (error instanceof NetworkError) {
    const { message, code, contractCode, transactionId, validationCode, blockNumber } = error;
    const detail = {
      ...(contractCode === undefined ? {} : { contractCode }),
      ...(transactionId === undefined ? {} : { transactionId }),
      ...(validationCode === undefined ? {} : { validationCode }),
      ...(blockNumber === undefined ? {} : { blockNumber }),
    };
    return { kind: 'network', message, code, detail };
  }
  return { kind: 'other', message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}

function fromErrorFrame(frame: ErrorFrame): Error {
  switch (frame.kind) {
    case 'peer':
      return new PeerStatusError(frame.status, frame.message, frame.details);
    case 'network':
      return new NetworkError(frame.code, frame.message, frame.detail);
    case 'other':
      return new NetworkError('LEDGER_FAILED', frame.message);
  }
}
