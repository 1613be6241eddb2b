import { strict as assert } from 'node:assert';
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, credentials } from '@grpc/grpc-js';
import { connect, EndorseError, type Gateway, hash, signers } from '@hyperledger/fabric-gateway';
import { createPrivateKey } from 'node:crypto';

import { decodeBlock } from '../../src/block/decode-block.js';
import type { Identity, LedgerConnection } from '../../src/client/ledger-connection.js';
import { type EmbeddedNetwork, openEmbeddedNetwork } from '../../src/embedded/embedded-network.js';
import { connectGrpc } from '../../src/grpc/connect-grpc.js';
import { type ServedNetwork, serveNetwork } from '../../src/grpc/serve-network.js';

const contracts = { module: new URL('../embedded/ledger-contract.js', import.meta.url).href, export: 'contracts' };

describe('a network behind TLS ports', function () {
  this.timeout(30_000);
  let dataDir: string;
  let network: EmbeddedNetwork;
  let served: ServedNetwork;
  let identity: Identity;
  let connection: LedgerConnection;

  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'served-'));
    network = await openEmbeddedNetwork({ dataDir, contracts });
    served = await serveNetwork(network, 0);
    identity = await network.enrol('OemMSP', { id: 'User1', role: 'client', attributes: { party: 'oem' } });
  });

  after(async () => {
    await served.close();
    await network.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  beforeEach(() => {
    connection = connectGrpc(served.endpoints[0]!, identity);
  });

  afterEach(() => connection.close());

  it('has one port for each organisation', () => {
    assert.deepEqual(
      served.endpoints.map(({ mspId, peerName }) => [mspId, peerName]),
      network.organisations.map(({ mspId, domain }) => [mspId, `peer0.${domain}`]),
    );
    assert.equal(new Set(served.endpoints.map(({ port }) => port)).size, 4);
  });

  it('submits, evaluates and streams as in process', async () => {
    const { blockNumber, transactionId } = await connection.submit('LedgerContract:put', ['key', 'value']);
    assert.equal(Buffer.from(await connection.evaluate('LedgerContract:get', ['key'])).toString(), 'value');
    for await (const block of connection.blockEvents({ startBlock: blockNumber })) {
      const decoded = decodeBlock(block);
      assert.equal(decoded.transactions[0]?.transactionId, transactionId);
      break;
    }
    await connection.submit('LedgerContract:emit', ['Told', 'news']);
    for await (const event of connection.chaincodeEvents({ startBlock: 0n })) {
      assert.equal(event.eventName, 'Told');
      break;
    }
  });

  it('answers a contract’s refusal with its code', async () => {
    await assert.rejects(connection.submit('LedgerContract:refuse', ['LOT_OVERDRAWN: 3 mg left']), {
      code: 'CONTRACT_REFUSED',
      contractCode: 'LOT_OVERDRAWN',
    });
    await assert.rejects(connection.evaluate('LedgerContract:refuse', ['LOT_OVERDRAWN: 3 mg left']), {
      code: 'CONTRACT_REFUSED',
      contractCode: 'LOT_OVERDRAWN',
    });
  });

  it('takes many submissions side by side', async () => {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_unused, index) =>
        connection.submit('LedgerContract:register', [`g-${index}`, 'x']),
      ),
    );
    assert.equal(new Set(results.map(({ transactionId }) => transactionId)).size, 100);
  });

  describe('to the stock client with its own signer and hash', () => {
    let client: Client;
    let gateway: Gateway;

    beforeEach(() => {
      const { port, tlsRootCertificatePem } = served.endpoints[0]!;
      client = new Client(`localhost:${port}`, credentials.createSsl(Buffer.from(tlsRootCertificatePem)));
      gateway = connect({
        client,
        identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
        signer: signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem)),
        hash: hash.sha256,
      });
    });

    afterEach(() => {
      gateway.close();
      client.close();
    });

    it('submits', async () => {
      const contract = gateway.getNetwork('passports').getContract('passport');
      assert.equal(Buffer.from(await contract.submitTransaction('LedgerContract:put', 'k', 'v')).toString(), 'v');
    });

    it('fails with the client’s own errors, each organisation named in the details', async () => {
      const contract = gateway.getNetwork('passports').getContract('passport');
      await assert.rejects(contract.submitTransaction('LedgerContract:refuse', 'NO: reason'), (error) => {
        assert.ok(error instanceof EndorseError);
        assert.ok(error.details.some(({ mspId, message }) => mspId === 'OemMSP' && message.includes('NO: reason')));
        return true;
      });
    });

    it('takes transactions that were signed elsewhere', async () => {
      const contract = gateway.getNetwork('passports').getContract('passport');
      const sign = (digest: Uint8Array): Promise<Uint8Array> =>
        Promise.resolve(signers.newPrivateKeySigner(createPrivateKey(identity.privateKeyPem))(digest));
      const unsigned = contract.newProposal('LedgerContract:put', { arguments: ['offline', 'signed'] });
      const proposal = gateway.newSignedProposal(unsigned.getBytes(), await sign(unsigned.getDigest()));
      const unsignedTransaction = await proposal.endorse();
      const transaction = gateway.newSignedTransaction(
        unsignedTransaction.getBytes(),
        await sign(unsignedTransaction.getDigest()),
      );
      const unsignedCommit = await transaction.submit();
      const commit = gateway.newSignedCommit(unsignedCommit.getBytes(), await sign(unsignedCommit.getDigest()));
      assert.equal((await commit.getStatus()).successful, true);
      assert.equal(createHash('sha256').update(unsigned.getBytes()).digest().length, 32);
    });
  });

  it('leaves no port open where one of them is taken', async () => {
    const { port } = served.endpoints[3]!;
    await assert.rejects(serveNetwork(network, port - 3), { code: 'PORT_UNAVAILABLE' });
  });

  it('fails as unavailable where nothing listens', async () => {
    const nobody = connectGrpc({ ...served.endpoints[0]!, port: 1 }, identity);
    await assert.rejects(nobody.evaluate('LedgerContract:get', ['key']), { code: 'EVALUATE_FAILED' });
    nobody.close();
  });
});
