import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, credentials, type ServiceError, status } from '@grpc/grpc-js';
import { gateway, peer } from '@hyperledger/fabric-protos';

import { type EmbeddedNetwork, openEmbeddedNetwork } from '../../src/embedded/embedded-network.js';
import { type ServedNetwork, serveNetwork } from '../../src/grpc/serve-network.js';

const contracts = { module: new URL('../embedded/ledger-contract.js', import.meta.url).href, export: 'contracts' };
const METHODS = ['Evaluate', 'Endorse', 'Submit', 'CommitStatus', 'ChaincodeEvents'].map(
  (name) => `/gateway.Gateway/${name}`,
);
const DELIVER = ['Deliver', 'DeliverFiltered', 'DeliverWithPrivateData'].map((name) => `/protos.Deliver/${name}`);

describe('a port that is sent what is no request', function () {
  this.timeout(30_000);
  let dataDir: string;
  let network: EmbeddedNetwork;
  let served: ServedNetwork;
  let client: Client;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'malformed-'));
    network = await openEmbeddedNetwork({ dataDir, contracts });
    served = await serveNetwork(network, 0);
    const { port, tlsRootCertificatePem } = served.endpoints[0]!;
    client = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(tlsRootCertificatePem)));
  });

  after(async () => {
    client.close();
    await served.close();
    await network.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  const proposal = new peer.SignedProposal();
  proposal.setProposalBytes(Buffer.from([0x0a, 0x02, 0xff, 0xff]));
  const evaluate = new gateway.EvaluateRequest();
  evaluate.setProposedTransaction(proposal);
  const payloads: [string, Uint8Array][] = [
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('GET / HTTP/1.1')],
    ['a length beyond the end', Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['ones', Buffer.alloc(64, 0xff)],
    ['zeros', Buffer.alloc(64)],
    ['a proposal that does not parse', evaluate.serializeBinary()],
  ];
  for (const [what, payload] of payloads) {
    it(`blames the sender of ${what}, and goes on`, async () => {
      for (const method of METHODS) assertBlamed(await failureOf(client, method, payload), `${method} ${what}`);
      for (const method of DELIVER) {
        const failure = await deliverFailureOf(client, method, payload);
        if (failure !== null) assertBlamed(failure, `${method} ${what}`);
      }
      const connection = network.connect(await network.enrol('OemMSP', { id: 'User1', role: 'client' }));
      await connection.evaluate('LedgerContract:get', ['key']);
    });
  }
});

function assertBlamed({ code, details }: ServiceError, where: string): void {
  const blames = [status.INVALID_ARGUMENT, status.NOT_FOUND, status.PERMISSION_DENIED, status.UNIMPLEMENTED];
  assert.ok(blames.includes(code), `${where}: ${status[code]} ${details}`);
}

function failureOf(client: Client, method: string, payload: Uint8Array): Promise<ServiceError> {
  const echo = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(method, echo, echo, payload, { deadline: Date.now() + 5000 }, (error) => {
      if (error === null) reject(new RangeError(`${method} answered`));
      else resolve(error);
    });
  });
}

/** Null where the stream answered with a status message, as Fabric's deliver service does, and not with an error. */
function deliverFailureOf(client: Client, method: string, payload: Uint8Array): Promise<ServiceError | null> {
  const echo = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
  return new Promise((resolve) => {
    const call = client.makeBidiStreamRequest(method, echo, echo, { deadline: Date.now() + 5000 });
    call.on('error', (error) => resolve(error as ServiceError));
    call.on('data', (bytes: Buffer) => {
      const answer = peer.DeliverResponse.deserializeBinary(bytes);
      assert.notEqual(answer.getStatus(), 200);
      assert.equal(answer.hasBlock(), false);
      call.cancel();
      resolve(null);
    });
    call.write(payload);
  });
}
