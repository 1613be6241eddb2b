import { EventEmitter } from 'node:events';

import { status, type CallOptions, type Client, type Deadline, type ServiceError } from '@grpc/grpc-js';
import type { GrpcClient } from '@hyperledger/fabric-gateway';

import { toServiceError } from '../grpc/status-metadata.js';
import { GRPC_STATUS, PeerStatusError, type PeerService } from './peer-service.js';

type UnaryMethod = 'evaluate' | 'endorse' | 'submit' | 'commitStatus';
type StreamMethod = 'chaincodeEvents' | 'deliver' | 'deliverFiltered' | 'deliverWithPrivateData';

const UNARY_METHODS: Readonly<Record<string, UnaryMethod>> = {
  '/gateway.Gateway/Evaluate': 'evaluate',
  '/gateway.Gateway/Endorse': 'endorse',
  '/gateway.Gateway/Submit': 'submit',
  '/gateway.Gateway/CommitStatus': 'commitStatus',
};

const STREAM_METHODS: Readonly<Record<string, StreamMethod>> = {
  '/gateway.Gateway/ChaincodeEvents': 'chaincodeEvents',
  '/protos.Deliver/Deliver': 'deliver',
  '/protos.Deliver/DeliverFiltered': 'deliverFiltered',
  '/protos.Deliver/DeliverWithPrivateData': 'deliverWithPrivateData',
};

/**
 * A peer in the same process, as the stock client wants to see it: grpc's three request methods, without a socket.
 * Messages are serialised all the same, so that nothing the client does later can reach into the ledger.
 */
export function inProcessClient(service: PeerService): GrpcClient {
  const transport: Pick<Client, 'makeUnaryRequest' | 'makeServerStreamRequest' | 'makeBidiStreamRequest'> = {
    makeUnaryRequest: ((
      path: string,
      serialize: (message: unknown) => Buffer,
      deserialize: (bytes: Buffer) => unknown,
      message: unknown,
      options: CallOptions,
      callback: (error: ServiceError | null, value?: unknown) => void,
    ) => {
      const method = UNARY_METHODS[path];
      // Only a commit status waits for what may never come; the others answer soon, cancelled or not.
      const controller = method === 'commitStatus' ? new AbortController() : undefined;
      const answered =
        method === undefined
          ? Promise.reject(unimplemented(path))
          : service[method](serialize(message), controller?.signal);
      const limited = withDeadline(answered, options.deadline, controller);
      limited.then(
        (bytes) => callback(null, deserialize(asBuffer(bytes))),
        (error: unknown) => callback(toClientError(error)),
      );
      return Object.assign(new EventEmitter(), { cancel: () => controller?.abort() });
    }) as unknown as Client['makeUnaryRequest'],
    makeServerStreamRequest: ((
      path: string,
      serialize: (message: unknown) => Buffer,
      deserialize: (bytes: Buffer) => unknown,
      message: unknown,
      options: CallOptions,
    ) => {
      const stream = new ResponseStream(deserialize, options.deadline);
      stream.start(openStream(service, path, serialize(message), stream.signal));
      return stream;
    }) as unknown as Client['makeServerStreamRequest'],
    makeBidiStreamRequest: ((
      path: string,
      serialize: (message: unknown) => Buffer,
      deserialize: (bytes: Buffer) => unknown,
      options: CallOptions,
    ) => {
      const stream = new ResponseStream(deserialize, options.deadline);
      return Object.assign(stream, {
        write: (message: unknown) => stream.start(openStream(service, path, serialize(message), stream.signal)),
      });
    }) as unknown as Client['makeBidiStreamRequest'],
  };
  return transport as GrpcClient;
}

/** The part of a grpc readable stream that the stock client uses: it is walked once, and cancelled. */
class ResponseStream {
  readonly #deserialize: (bytes: Buffer) => unknown;
  readonly #controller = new AbortController();
  #source: AsyncIterable<Uint8Array> | undefined;

  constructor(deserialize: (bytes: Buffer) => unknown, deadline: Deadline | undefined) {
    this.#deserialize = deserialize;
    const wait = deadline === undefined ? Infinity : Number(deadline) - Date.now();
    if (Number.isFinite(wait)) {
      const timer = setTimeout(() => this.#controller.abort(deadlineExceeded()), Math.max(0, wait));
      this.signal.addEventListener('abort', () => clearTimeout(timer));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  start(source: AsyncIterable<Uint8Array>): void {
    this.#source = source;
  }

  cancel(): void {
    this.#controller.abort();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator {
    try {
      for await (const bytes of this.#source ?? []) yield this.#deserialize(asBuffer(bytes));
      if (this.signal.aborted) {
        const reason: unknown = this.signal.reason;
        throw reason instanceof PeerStatusError
          ? reason
          : new PeerStatusError(GRPC_STATUS.CANCELLED, 'Cancelled on client');
      }
    } catch (error) {
      throw toClientError(error);
    } finally {
      this.#controller.abort();
    }
  }
}

function openStream(
  service: PeerService,
  path: string,
  request: Uint8Array,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const method = STREAM_METHODS[path];
  if (method === undefined) throw toClientError(unimplemented(path));
  return service[method](request, signal);
}

async function withDeadline<T>(
  answered: Promise<T>,
  deadline: Deadline | undefined,
  controller: AbortController | undefined,
): Promise<T> {
  if (deadline === undefined || deadline === Infinity) return answered;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => {
        reject(deadlineExceeded());
        controller?.abort();
      },
      Math.max(0, Number(deadline) - Date.now()),
    );
  });
  try {
    return await Promise.race([answered, expired]);
  } finally {
    clearTimeout(timer);
  }
}

/** The error as grpc's client words it. */
function toClientError(error: unknown): ServiceError {
  const answered = toServiceError(error);
  return Object.assign(answered, { message: `${answered.code} ${status[answered.code]}: ${answered.details}` });
}

function unimplemented(path: string): PeerStatusError {
  return new PeerStatusError(GRPC_STATUS.UNIMPLEMENTED, `unknown method ${path}`);
}

function deadlineExceeded(): PeerStatusError {
  return new PeerStatusError(GRPC_STATUS.DEADLINE_EXCEEDED, 'Deadline exceeded');
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
