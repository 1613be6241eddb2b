import assert from 'node:assert/strict';
import { createPrivateKey, randomBytes } from 'node:crypto';

import { connect, EndorseError, GatewayError, hash, type Contract, type Gateway } from '@hyperledger/fabric-gateway';
import { common, gateway as messages, peer } from '@hyperledger/fabric-protos';

import { inProcessClient } from '../../src/embedded/in-process-transport.js';
import { GRPC_STATUS, PeerStatusError, VALIDATION_CODE, type EmbeddedNetwork, type Identity } from '../../src/index.js';
import { signLowS } from '../../src/identity/low-s.js';
import { CertificateAuthority } from '../../src/identity/certificate-authority.js';
import { rejectsWith } from '../ledger-suite.js';
import { openTestNetwork, temporaryDirectory } from './open-ledger.js';

// What a client that does not play by the rules gets: the stock client's offline signing lets each message be altered.

describe('an embedded peer', () => {
  let network: EmbeddedNetwork;
  let directory: { path: string; remove: () => Promise<void> };
  let identity: Identity;
  let gateway: Gateway;
  let contract: Contract;

  const signerOf = (privateKeyPem: string) => {
    const key = createPrivateKey(privateKeyPem);
    return (message: Uint8Array) => Promise.resolve(signLowS(key, message));
  };
  const openGateway = (user: Identity, mspId = user.mspId): Gateway =>
    connect({
      client: inProcessClient(network.peer(user.mspId)),
      identity: { mspId, credentials: Buffer.from(user.certificatePem) },
      hash: hash.none,
      signer: signerOf(user.privateKeyPem),
    });
  const contractOf = (from: Gateway, channel = 'passports', chaincode = 'passport'): Contract =>
    from.getNetwork(channel).getContract(chaincode, 'LedgerContract');

  before(async () => {
    directory = await temporaryDirectory();
    network = await openTestNetwork(directory.path);
    identity = await network.enrol('OemMSP', { id: 'client', role: 'client' });
    gateway = openGateway(identity);
    contract = contractOf(gateway);
  });

  after(async () => {
    await network.close();
    await directory.remove();
  });

  const failsWith = async (status: number, work: Promise<unknown>): Promise<GatewayError> => {
    try {
      await work;
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      assert.equal(error.code, status, error.message);
      return error;
    }
    throw new assert.AssertionError({ message: `expected status ${status}, nothing was thrown` });
  };

  it('flags a transaction that walked a range in which a key has appeared since as a phantom read', async () => {
    await contract.submitTransaction('put', 'ph-1', 'x');
    const counting = await contract.newProposal('count', { arguments: ['ph-', 'ph-~', 'counted'] }).endorse();
    await contract.submitTransaction('put', 'ph-2', 'x');
    const status = await (await counting.submit()).getStatus();
    assert.equal(status.code, VALIDATION_CODE.PHANTOM_READ_CONFLICT);
    assert.equal(Buffer.from(await contract.evaluateTransaction('get', 'counted')).toString(), '');
  });

  it('flags a transaction whose read has changed since, and takes one whose read has not', async () => {
    await contract.submitTransaction('put', 'mv', '1');
    const stale = await contract.newProposal('add', { arguments: ['mv', '10'] }).endorse();
    const unaffected = await contract.newProposal('add', { arguments: ['other', '10'] }).endorse();
    await contract.submitTransaction('add', 'mv', '1');
    assert.equal((await (await stale.submit()).getStatus()).code, VALIDATION_CODE.MVCC_READ_CONFLICT);
    assert.equal((await (await unaffected.submit()).getStatus()).code, VALIDATION_CODE.VALID);
    assert.equal(Buffer.from(await contract.evaluateTransaction('get', 'mv')).toString(), '2');
  });

  it('commits a transaction once, however often it is submitted', async () => {
    const endorsed = await contract.newProposal('add', { arguments: ['once', '1'] }).endorse();
    const submitted = await endorsed.submit();
    await endorsed.submit();
    const { code, blockNumber } = await submitted.getStatus();
    assert.equal(code, VALIDATION_CODE.VALID);
    await endorsed.submit();
    await contract.submitTransaction('put', 'afterwards', 'x');
    assert.deepEqual(
      { code, blockNumber },
      (({ code: again, blockNumber: number }) => ({ code: again, blockNumber: number }))(await submitted.getStatus()),
    );
    assert.equal(Buffer.from(await contract.evaluateTransaction('get', 'once')).toString(), '1');
  });

  it('refuses an envelope that its creator did not sign', async () => {
    const endorsed = await contract.newProposal('put', { arguments: ['forged', 'x'] }).endorse();
    const forged = gateway.newSignedTransaction(endorsed.getBytes(), randomBytes(70));
    await failsWith(GRPC_STATUS.PERMISSION_DENIED, forged.submit());
  });

  const withAlteredAction = async (key: string, alter: (action: peer.ChaincodeActionPayload) => void) => {
    const endorsed = await contract.newProposal('put', { arguments: [key, 'x'] }).endorse();
    const prepared = messages.PreparedTransaction.deserializeBinary(endorsed.getBytes());
    const envelope = prepared.getEnvelope() ?? new common.Envelope();
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const transaction = peer.Transaction.deserializeBinary(payload.getData_asU8());
    const [only] = transaction.getActionsList();
    assert.ok(only);
    const action = peer.ChaincodeActionPayload.deserializeBinary(only.getPayload_asU8());
    alter(action);
    only.setPayload(action.serializeBinary());
    payload.setData(transaction.serializeBinary());
    envelope.setPayload(payload.serializeBinary());
    prepared.setEnvelope(envelope);
    const submitted = await gateway.newTransaction(prepared.serializeBinary()).submit();
    return (await submitted.getStatus()).code;
  };

  it('flags a transaction whose endorsed result was altered', async () => {
    const code = await withAlteredAction('altered', (action) => {
      const endorsed = action.getAction();
      const response = peer.ProposalResponsePayload.deserializeBinary(
        endorsed?.getProposalResponsePayload_asU8() ?? new Uint8Array(),
      );
      const inner = peer.ChaincodeAction.deserializeBinary(response.getExtension_asU8());
      const written = Buffer.from(inner.getResults_asU8());
      written[written.length - 1] = (written[written.length - 1] ?? 0) ^ 1;
      inner.setResults(written);
      response.setExtension$(inner.serializeBinary());
      endorsed?.setProposalResponsePayload(response.serializeBinary());
    });
    assert.equal(code, VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE);
  });

  it('flags a transaction that carries one endorsement twice', async () => {
    const code = await withAlteredAction('twice', (action) => {
      const [first] = action.getAction()?.getEndorsementsList() ?? [];
      assert.ok(first);
      action.getAction()?.setEndorsementsList([first, first]);
    });
    assert.equal(code, VALIDATION_CODE.ENDORSEMENT_POLICY_FAILURE);
  });

  it('flags a transaction that was endorsed for other arguments', async () => {
    const code = await withAlteredAction('switched', (action) => {
      const payload = Buffer.from(action.getChaincodeProposalPayload_asU8()).toString('latin1');
      action.setChaincodeProposalPayload(Buffer.from(payload.replace('switched', 'SWITCHED'), 'latin1'));
    });
    assert.equal(code, VALIDATION_CODE.INVALID_ENDORSER_TRANSACTION);
  });

  it('flags a transaction whose id is not the hash of its nonce and creator, and keeps the id for its owner', async () => {
    const owner = await contract.newProposal('put', { arguments: ['owner', 'x'] }).endorse();
    const endorsed = await contract.newProposal('put', { arguments: ['renamed', 'x'] }).endorse();
    const prepared = messages.PreparedTransaction.deserializeBinary(endorsed.getBytes());
    const envelope = prepared.getEnvelope() ?? new common.Envelope();
    const payload = common.Payload.deserializeBinary(envelope.getPayload_asU8());
    const header = payload.getHeader() ?? new common.Header();
    const channelHeader = common.ChannelHeader.deserializeBinary(header.getChannelHeader_asU8());
    channelHeader.setTxId(owner.getTransactionId());
    header.setChannelHeader(channelHeader.serializeBinary());
    payload.setHeader(header);
    envelope.setPayload(payload.serializeBinary());
    prepared.setEnvelope(envelope);
    prepared.setTransactionId(owner.getTransactionId());
    const submitted = await gateway.newTransaction(prepared.serializeBinary()).submit();
    assert.equal((await submitted.getStatus()).code, VALIDATION_CODE.BAD_PROPOSAL_TXID);
    const owned = await owner.submit();
    await contract.submitTransaction('put', 'after the owner', 'x');
    assert.equal((await owned.getStatus()).code, VALIDATION_CODE.VALID);
  });

  it('refuses a proposal with a wrong signature, another channel or another chaincode', async () => {
    const proposal = contract.newProposal('get', { arguments: ['k'] });
    const forged = gateway.newSignedProposal(proposal.getBytes(), randomBytes(70));
    await failsWith(GRPC_STATUS.PERMISSION_DENIED, forged.evaluate());
    await failsWith(GRPC_STATUS.NOT_FOUND, contractOf(gateway, 'elsewhere').evaluateTransaction('get', 'k'));
    await failsWith(GRPC_STATUS.NOT_FOUND, contractOf(gateway, 'passports', 'other').evaluateTransaction('get', 'k'));
  });

  it('refuses a stranger, and a member who claims another organisation', async () => {
    const elsewhere = await temporaryDirectory();
    const organisation = { mspId: 'OemMSP', domain: 'oem.example.com', endorses: true };
    const stranger = await CertificateAuthority.createOrOpen(elsewhere.path, organisation);
    const foreign = await stranger.enrol({ id: 'stranger', role: 'client' });
    await failsWith(GRPC_STATUS.PERMISSION_DENIED, contractOf(openGateway(foreign)).evaluateTransaction('get', 'k'));
    const claimed = contractOf(openGateway(identity, 'RecyclerMSP'));
    await failsWith(GRPC_STATUS.PERMISSION_DENIED, claimed.evaluateTransaction('get', 'k'));
    await elsewhere.remove();
  });

  it('refuses a commit status whose request is not signed by its identity', async () => {
    const submitted = await (await contract.newProposal('put', { arguments: ['status', 'x'] }).endorse()).submit();
    const forged = gateway.newSignedCommit(submitted.getBytes(), randomBytes(70));
    await failsWith(GRPC_STATUS.PERMISSION_DENIED, forged.getStatus());
    assert.equal((await submitted.getStatus()).successful, true);
  });

  it('gives up waiting for a commit status at the caller’s deadline', async () => {
    const endorsed = await contract.newProposal('put', { arguments: ['never', 'x'] }).endorse();
    const request = new messages.CommitStatusRequest();
    request.setChannelId('passports');
    request.setTransactionId(endorsed.getTransactionId());
    const signed = new messages.SignedCommitStatusRequest();
    const template = messages.SignedCommitStatusRequest.deserializeBinary(
      (await (await contract.newProposal('put', { arguments: ['template', 'x'] }).endorse()).submit()).getBytes(),
    );
    request.setIdentity(messages.CommitStatusRequest.deserializeBinary(template.getRequest_asU8()).getIdentity_asU8());
    signed.setRequest(request.serializeBinary());
    const commit = gateway.newCommit(signed.serializeBinary());
    await failsWith(GRPC_STATUS.DEADLINE_EXCEEDED, commit.getStatus({ deadline: Date.now() + 50 }));
  });

  it('refuses malformed messages as invalid arguments', async () => {
    const service = network.peer('OemMSP');
    for (const method of ['evaluate', 'endorse', 'submit', 'commitStatus'] as const) {
      await assert.rejects(service[method](Buffer.from('0a05ff', 'hex')), (error) => {
        assert.ok(error instanceof PeerStatusError);
        assert.equal(error.status, GRPC_STATUS.INVALID_ARGUMENT);
        return true;
      });
    }
  });

  it('refuses a transaction above the size limit', async () => {
    const endorsed = await contract.newProposal('put', { arguments: ['large', 'x'.repeat(6 * 1024 * 1024)] }).endorse();
    await failsWith(GRPC_STATUS.INVALID_ARGUMENT, endorsed.submit());
  });

  it('ends a contract that does not answer, and goes on', async () => {
    const own = await temporaryDirectory();
    const hasty = await openTestNetwork(own.path, { executeTimeoutMs: 300 });
    const connection = hasty.connect(await hasty.enrol('OemMSP', { id: 'client', role: 'client' }));
    await connection.submit('LedgerContract:put', ['k', 'kept']);
    await rejectsWith('ENDORSE_FAILED', connection.submit('LedgerContract:spin', []));
    assert.equal(Buffer.from(await connection.evaluate('LedgerContract:get', ['k'])).toString(), 'kept');
    await hasty.close();
    await own.remove();
  });

  it('names the organisation, its peer and the contract’s message in an endorsement’s error details', async () => {
    const error = await failsWith(GRPC_STATUS.ABORTED, contract.submitTransaction('refuse', 'LOT_HELD: no'));
    assert.ok(error instanceof EndorseError);
    assert.deepEqual(error.details, [
      { address: 'peer0.oem.example.com', mspId: 'OemMSP', message: 'chaincode response 500, LOT_HELD: no' },
    ]);
  });

  it('resumes contract events after a transaction, and filtered blocks name the events', async () => {
    const first = await contract.submitAsync('emit', { arguments: ['One', '1'] });
    const { blockNumber } = await first.getStatus();
    const second = await contract.submitAsync('emit', { arguments: ['Two', '2'] });
    await second.getStatus();
    const checkpoint = { getBlockNumber: () => blockNumber, getTransactionId: () => first.getTransactionId() };
    const events = await gateway.getNetwork('passports').getChaincodeEvents('passport', { checkpoint });
    for await (const event of events) {
      assert.equal(event.eventName, 'Two');
      break;
    }
    events.close();
    const blocks = await gateway.getNetwork('passports').getFilteredBlockEvents({ startBlock: blockNumber });
    for await (const block of blocks) {
      const [transaction] = block.getFilteredTransactionsList();
      assert.equal(transaction?.getTxid(), first.getTransactionId());
      const [action] = transaction.getTransactionActions()?.getChaincodeActionsList() ?? [];
      assert.equal(action?.getChaincodeEvent()?.getEventName(), 'One');
      assert.equal(action.getChaincodeEvent()?.getPayload_asU8().length, 0);
      break;
    }
    blocks.close();
  });
});
