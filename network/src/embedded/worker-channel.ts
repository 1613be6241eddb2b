import { NetworkError, type NetworkErrorCode, type NetworkErrorDetail } from '../network-error.js';
import { GRPC_STATUS, PeerStatusError, type PeerErrorDetail } from './peer-service.js';

/** What `Worker` and `MessagePort` have in common. */
export interface MessageEndpoint {
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** Answers a call from the other thread. */
export type CallHandler = (args: readonly unknown[], call: RunningCall) => unknown;

/** A call that is being answered. */
export interface RunningCall {
  /** Set by a handler that waits: called where the caller has given up. */
  onCancel?: () => void;
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

/**
 * Calls taken up in one turn of the event loop. A burst that is answered as a whole comes back as a burst, and then the
 * threads work one after the other instead of side by side.
 */
const CALLS_PER_TURN = 8;

type CallFrame = Extract<Frame, { readonly type: 'call' }>;

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
  #incoming: CallFrame[] = [];
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
        this.#incoming.push(frame);
        if (this.#incoming.length === 1) this.#takeUp();
        break;
      case 'cancel':
        this.#cancel(frame.id);
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

  #cancel(id: number): void {
    this.#running.get(id)?.onCancel?.();
    const waiting = this.#incoming.findIndex((call) => call.id === id);
    if (waiting === -1) return;
    this.#incoming.splice(waiting, 1);
    const cancelled = new PeerStatusError(GRPC_STATUS.CANCELLED, 'the request was cancelled');
    this.#send({ type: 'error', id, error: toErrorFrame(cancelled) });
  }

  #takeUp(): void {
    setImmediate(() => {
      for (const { id, method, args } of this.#incoming.splice(0, CALLS_PER_TURN)) void this.#answer(id, method, args);
      if (this.#incoming.length > 0) this.#takeUp();
    });
  }

  async #answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    const call: RunningCall = {};
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
      setImmediate(() => {
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
