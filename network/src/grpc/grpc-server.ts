import { once } from 'node:events';
import { createServer } from 'node:net';

import {
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerWritableStream,
  type ServiceError,
} from '@grpc/grpc-js';

import { GRPC_STATUS, type PeerService, PeerStatusError } from '../embedded/peer-service.js';
import type { KeyedCertificate } from '../identity/certificate.js';
import { NetworkError } from '../network-error.js';
import { DELIVER_SERVICE, GATEWAY_SERVICE } from './peer-methods.js';
import { toServiceError } from './status-metadata.js';

/** The only address that is listened on: whoever may come from elsewhere comes through a proxy that the operator chose. */
export const LOOPBACK = '127.0.0.1';

/** Largest message taken from a client, bytes; a batch command stays well below. */
export const MAX_REQUEST_BYTES = 16 * 1024 * 1024;

/** Calls that one connection may have open at once, event streams among them. */
export const MAX_CONCURRENT_CALLS = 2_500;

/** How long open calls may take to end when the server closes, ms. */
const CLOSE_GRACE_MS = 2_000;

/** One organisation's peer behind one port. */
export interface ServedPeer {
  readonly service: PeerService;
  readonly tls: KeyedCertificate;
  /** 0 lets the system choose. */
  readonly port: number;
}

/** A listening port. */
export interface GrpcServer {
  readonly port: number;
  /** Ends every stream, lets other calls finish for two seconds at most, and frees the port. */
  close(): Promise<void>;
}

type UnaryWork = (request: Uint8Array, signal: AbortSignal) => Promise<Uint8Array>;
type StreamWork = (request: Uint8Array, signal: AbortSignal) => AsyncIterable<Uint8Array>;

/**
 * Serves one peer to stock Fabric Gateway clients over TLS on the loopback address.
 * @throws NetworkError `PORT_UNAVAILABLE` where the port cannot be listened on.
 */
export async function serveGrpc({ service, tls, port }: ServedPeer): Promise<GrpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': MAX_REQUEST_BYTES,
    'grpc.max_send_message_length': -1,
    'grpc.max_concurrent_streams': MAX_CONCURRENT_CALLS,
  });
  const calls = new OpenCalls();
  addServices(server, service, calls);
  const credentials = ServerCredentials.createSsl(
    null,
    [{ private_key: Buffer.from(tls.privateKeyPem), cert_chain: Buffer.from(tls.certificatePem) }],
    false,
  );
  const bound = await listen(server, port, credentials);
  return { port: bound, close: () => close(server, calls) };
}

function addServices(server: Server, service: PeerService, calls: OpenCalls): void {
  server.addService(GATEWAY_SERVICE, {
    evaluate: unary((request) => service.evaluate(request), calls),
    endorse: unary((request) => service.endorse(request), calls),
    submit: unary((request) => service.submit(request), calls),
    commitStatus: unary((request, signal) => service.commitStatus(request, signal), calls),
    chaincodeEvents: serverStream((request, signal) => service.chaincodeEvents(request, signal), calls),
  });
  server.addService(DELIVER_SERVICE, {
    deliver: duplexStream((request, signal) => service.deliver(request, signal), calls),
    deliverFiltered: duplexStream((request, signal) => service.deliverFiltered(request, signal), calls),
    deliverWithPrivateData: duplexStream((request, signal) => service.deliverWithPrivateData(request, signal), calls),
  });
}

async function listen(server: Server, port: number, credentials: ServerCredentials): Promise<number> {
  if (port !== 0) await assertFree(port);
  return new Promise((resolve, reject) => {
    server.bindAsync(`${LOOPBACK}:${port}`, credentials, (error, bound) => {
      if (error === null) resolve(bound);
      else reject(portUnavailable(port, error));
    });
  });
}

/** gRPC writes on stderr, past every logger, when it cannot bind; asking first keeps the error to the caller. */
function assertFree(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => reject(portUnavailable(port, error)));
    probe.listen(port, LOOPBACK, () => probe.close(() => resolve()));
  });
}

function portUnavailable(port: number, cause: Error): NetworkError {
  const message = `cannot listen on ${LOOPBACK}:${port}; is another node running?`;
  return new NetworkError('PORT_UNAVAILABLE', message, { cause });
}

async function close(server: Server, calls: OpenCalls): Promise<void> {
  calls.close();
  await new Promise<void>((resolve) => {
    const forced = setTimeout(() => {
      server.forceShutdown();
      resolve();
    }, CLOSE_GRACE_MS);
    server.tryShutdown(() => {
      clearTimeout(forced);
      resolve();
    });
  });
}

function unary(work: UnaryWork, calls: OpenCalls): handleUnaryCall<Uint8Array, Uint8Array> {
  return (call, callback) => {
    const ended = calls.open(call);
    work(call.request, ended.signal)
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(calls.serviceError(error)),
      )
      .finally(() => calls.done(ended));
  };
}

function serverStream(work: StreamWork, calls: OpenCalls): handleServerStreamingCall<Uint8Array, Uint8Array> {
  return (call) => {
    const ended = calls.open(call);
    send(call, work(call.request, ended.signal), ended.signal)
      .then(
        () => call.end(),
        (error: unknown) => call.emit('error', calls.serviceError(error)),
      )
      .finally(() => calls.done(ended));
  };
}

/** Answers each request with its stream, one after the other, as Fabric's deliver service does. */
function duplexStream(work: StreamWork, calls: OpenCalls): handleBidiStreamingCall<Uint8Array, Uint8Array> {
  return (call) => {
    const ended = calls.open(call);
    let answered: Promise<unknown> = Promise.resolve();
    const finish = (error?: unknown): void => {
      if (!calls.done(ended)) return;
      if (error === undefined) call.end();
      else call.emit('error', calls.serviceError(error));
    };
    // Not `for await`: leaving that loop destroys the stream, and its status with it.
    call.on('data', (request: Uint8Array) => {
      call.pause();
      answered = send(call, work(request, ended.signal), ended.signal).then(() => call.resume(), finish);
    });
    call.on('end', () => void answered.then(() => finish()));
  };
}

type OutgoingStream = ServerWritableStream<Uint8Array, Uint8Array> | ServerDuplexStream<Uint8Array, Uint8Array>;

async function send(call: OutgoingStream, messages: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<void> {
  for await (const message of messages) {
    if (signal.aborted) break;
    // A client that reads slowly holds its own stream back, not the peer's memory.
    if (!call.write(message)) await once(call, 'drain', { signal });
  }
  if (signal.aborted) throw new PeerStatusError(GRPC_STATUS.CANCELLED, 'the stream was cancelled');
}

/** The calls that a server is answering, so that closing it can end them. */
class OpenCalls {
  readonly #open = new Set<AbortController>();
  #closing = false;

  /** The call's own signal: aborted when the client cancels, its deadline passes, or the server closes. */
  open(call: { on(event: 'cancelled', listener: () => void): unknown }): AbortController {
    const ended = new AbortController();
    this.#open.add(ended);
    call.on('cancelled', () => ended.abort());
    if (this.#closing) ended.abort();
    return ended;
  }

  /** False where it was done before. */
  done(ended: AbortController): boolean {
    return this.#open.delete(ended);
  }

  close(): void {
    this.#closing = true;
    for (const ended of this.#open) ended.abort();
  }

  /** As {@link toServiceError}; a call cut short by closing is told so, since it may be tried elsewhere. */
  serviceError(error: unknown): ServiceError {
    const answered = error instanceof PeerStatusError && error.status !== GRPC_STATUS.CANCELLED;
    const cutShort = this.#closing && !answered;
    return toServiceError(cutShort ? new PeerStatusError(GRPC_STATUS.UNAVAILABLE, 'the peer is closing') : error);
  }
}
