import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { gateway, google } from '@hyperledger/fabric-protos';

import { type PeerService, PeerStatusError } from '../../src/embedded/peer-service.js';
import { type GrpcServer, MAX_REQUEST_BYTES, serveGrpc } from '../../src/grpc/grpc-server.js';
import type { KeyedCertificate } from '../../src/identity/certificate.js';
import { CertificateAuthority } from '../../src/identity/certificate-authority.js';
import { DEFAULT_ORGANISATIONS } from '../../src/identity/organisation.js';

const bytes = (text: string): Buffer => Buffer.from(text);
const echo = (value: Uint8Array): Buffer => Buffer.from(value);

describe('serveGrpc', () => {
  let directory: string;
  let authority: CertificateAuthority;
  let tls: KeyedCertificate;
  let server: GrpcServer;
  let client: Client;
  let cancelled: number;

  /** Answers in ways that a transport has to carry, no ledger behind it. */
  const service: PeerService = {
    mspId: 'OemMSP',
    evaluate: (request) => Promise.resolve(Buffer.concat([bytes('evaluated '), request])),
    endorse: () =>
      Promise.reject(
        new PeerStatusError(status.ABORTED, 'failed to endorse', [
          { address: 'peer0.oem.example.com:7051', mspId: 'OemMSP', message: 'LOT_OVERDRAWN: 3 mg left' },
        ]),
      ),
    submit: () => Promise.reject(new TypeError('secret detail')),
    commitStatus: (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          cancelled += 1;
          reject(new PeerStatusError(status.CANCELLED, 'gone'));
        });
      }),
    chaincodeEvents: async function* (request) {
      for (let index = 0; index < 3; index += 1)
        yield await Promise.resolve(Buffer.concat([request, bytes(String(index))]));
    },
    deliver: async function* (request, signal) {
      yield Buffer.concat([request, bytes('!')]);
      if (request[0] === 'w'.charCodeAt(0)) {
        await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        cancelled += 1;
      }
    },
    deliverFiltered: async function* () {
      yield await Promise.reject(new PeerStatusError(status.PERMISSION_DENIED, 'not yours'));
    },
    deliverWithPrivateData: async function* () {
      yield* await Promise.resolve([]);
    },
  };

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'grpc-'));
    authority = await CertificateAuthority.createOrOpen(join(directory, 'oem'), DEFAULT_ORGANISATIONS[0]!);
    tls = await authority.enrolTls({ id: 'peer0.oem.example.com', hosts: ['peer0.oem.example.com', 'localhost'] });
  });

  after(() => rm(directory, { recursive: true, force: true }));

  beforeEach(async () => {
    cancelled = 0;
    server = await serveGrpc({ service, tls, port: 0 });
    client = connect(server.port, authority.tlsRootCertificatePem);
  });

  afterEach(async () => {
    client.close();
    await server.close();
  });

  it('carries requests and responses as they are', async () => {
    assert.equal((await unary(client, 'gateway.Gateway/Evaluate', bytes('this'))).toString(), 'evaluated this');
  });

  it('carries the status, its message and what each node said', async () => {
    await assert.rejects(unary(client, 'gateway.Gateway/Endorse', bytes('')), (error: ServiceError) => {
      assert.equal(error.code, status.ABORTED);
      assert.equal(error.details, 'failed to endorse');
      const [details] = error.metadata.get('grpc-status-details-bin');
      const decoded = google.rpc.Status.deserializeBinary(details as Buffer);
      const detail = gateway.ErrorDetail.deserializeBinary(decoded.getDetailsList()[0]!.getValue_asU8());
      assert.equal(detail.getMspId(), 'OemMSP');
      assert.equal(detail.getMessage(), 'LOT_OVERDRAWN: 3 mg left');
      return true;
    });
  });

  it('keeps the words of an unforeseen failure to itself', async () => {
    await assert.rejects(unary(client, 'gateway.Gateway/Submit', bytes('')), (error: ServiceError) => {
      assert.equal(error.code, status.INTERNAL);
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  });

  it('ends the work behind a call whose deadline passed or that was cancelled', async () => {
    await assert.rejects(unary(client, 'gateway.Gateway/CommitStatus', bytes(''), Date.now() + 100), {
      code: status.DEADLINE_EXCEEDED,
    });
    const call = client.makeServerStreamRequest('/gateway.Gateway/ChaincodeEvents', echo, echo, bytes('a'));
    call.on('error', () => undefined);
    call.cancel();
    const waiting = client.makeBidiStreamRequest('/protos.Deliver/Deliver', echo, echo);
    waiting.on('error', () => undefined);
    waiting.write(bytes('wait'));
    await new Promise((resolve) => waiting.once('data', resolve));
    waiting.cancel();
    await until(() => cancelled === 2);
  });

  it('streams events and ends', async () => {
    const call = client.makeServerStreamRequest('/gateway.Gateway/ChaincodeEvents', echo, echo, bytes('e'));
    const events: string[] = [];
    for await (const event of call) events.push(String(event));
    assert.deepEqual(events, ['e0', 'e1', 'e2']);
  });

  it('answers each request of a duplex stream in turn and ends after the last', async () => {
    const call = client.makeBidiStreamRequest('/protos.Deliver/Deliver', echo, echo);
    call.write(bytes('a'));
    call.write(bytes('b'));
    call.end();
    const answers: string[] = [];
    for await (const answer of call) answers.push(String(answer));
    assert.deepEqual(answers, ['a!', 'b!']);
  });

  it('carries the status of a duplex stream that fails', async () => {
    const call = client.makeBidiStreamRequest('/protos.Deliver/DeliverFiltered', echo, echo);
    call.write(bytes('a'));
    await assert.rejects(
      (async () => {
        for await (const answer of call) assert.fail(String(answer));
      })(),
      { code: status.PERMISSION_DENIED },
    );
  });

  it('refuses a message beyond the limit and goes on', async () => {
    await assert.rejects(unary(client, 'gateway.Gateway/Evaluate', Buffer.alloc(MAX_REQUEST_BYTES + 1)), {
      code: status.RESOURCE_EXHAUSTED,
    });
    assert.equal((await unary(client, 'gateway.Gateway/Evaluate', bytes('x'))).toString(), 'evaluated x');
  });

  it('does not know methods that are not the protocol’s', async () => {
    await assert.rejects(unary(client, 'gateway.Gateway/Drop', bytes('')), { code: status.UNIMPLEMENTED });
  });

  it('is trusted by its own organisation’s TLS root only', async () => {
    const stranger = await CertificateAuthority.createOrOpen(join(directory, 'stranger'), DEFAULT_ORGANISATIONS[0]!);
    const deceived = connect(server.port, stranger.tlsRootCertificatePem);
    await assert.rejects(
      unary(deceived, 'gateway.Gateway/Evaluate', bytes(''), Date.now() + 1000),
      (error: ServiceError) => [status.UNAVAILABLE, status.DEADLINE_EXCEEDED].includes(error.code),
    );
    deceived.close();
  });

  it('says that it is closing to those who wait, and frees the port', async () => {
    const waiting = client.makeBidiStreamRequest('/protos.Deliver/Deliver', echo, echo);
    const ended = new Promise<ServiceError>((resolve) => waiting.once('error', resolve));
    waiting.write(bytes('wait'));
    await new Promise((resolve) => waiting.once('data', resolve));
    const { port } = server;
    await server.close();
    assert.equal((await ended).code, status.UNAVAILABLE);
    server = await serveGrpc({ service, tls, port });
    assert.equal(server.port, port);
  });

  it('refuses a port that is taken', async () => {
    await assert.rejects(serveGrpc({ service, tls, port: server.port }), { code: 'PORT_UNAVAILABLE' });
  });
});

function connect(port: number, tlsRootCertificatePem: string): Client {
  return new Client(`127.0.0.1:${port}`, credentials.createSsl(Buffer.from(tlsRootCertificatePem)), {
    'grpc.ssl_target_name_override': 'peer0.oem.example.com',
  });
}

function unary(client: Client, method: string, request: Uint8Array, deadline = Date.now() + 5000): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(`/${method}`, echo, echo, request, { deadline }, (error, response) => {
      if (error !== null) reject(error);
      else resolve(Buffer.from(response ?? []));
    });
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 200 && !condition(); round += 1) await delay(10);
  assert.ok(condition());
}
