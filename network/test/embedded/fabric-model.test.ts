import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';

import { connect, hash, type Contract, type Transaction } from '@hyperledger/fabric-gateway';
import fc from 'fast-check';

import { inProcessClient } from '../../src/embedded/in-process-transport.js';
import { signLowS } from '../../src/identity/low-s.js';
import { openLedgerReader, verifyLedger, type EmbeddedNetwork } from '../../src/index.js';
import { FabricModel, MODEL_CODE, type ModelCall, type ModelEndorsement } from './fabric-model.js';
import { openTestNetwork, temporaryDirectory } from './open-ledger.js';

type Step =
  | { readonly kind: 'endorse'; readonly call: ModelCall; readonly wholly: boolean }
  /** Submits pending transactions in this order without waiting between them, then waits for all. */
  | { readonly kind: 'submit'; readonly picks: readonly number[] };

const key = fc.constantFrom('a', 'b', 'c', 'd');
const value = fc.constantFrom('', '1', '2', '30');
const mostly = fc.nat(9).map((draw) => draw > 0);
const call: fc.Arbitrary<ModelCall> = fc.oneof(
  fc.record({ name: fc.constant('put' as const), key, value }),
  fc.record({ name: fc.constant('remove' as const), key }),
  fc.record({ name: fc.constant('add' as const), key, amount: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ name: fc.constant('putThenGet' as const), key, value }),
  fc.record({ name: fc.constant('count' as const), from: key, to: fc.constantFrom('b', 'd', 'z'), target: key }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('endorse' as const), call, wholly: mostly }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('submit' as const),
      picks: fc.array(fc.nat(20), { minLength: 1, maxLength: 6 }),
    }),
  },
);

function argumentsOf(given: ModelCall, prefix: string): string[] {
  switch (given.name) {
    case 'put':
    case 'putThenGet':
      return [prefix + given.key, given.value];
    case 'remove':
      return [prefix + given.key];
    case 'add':
      return [prefix + given.key, String(given.amount)];
    case 'count':
      return [prefix + given.from, prefix + given.to, prefix + given.target];
  }
}

describe('the embedded peer beside a simple model of Fabric', () => {
  let network: EmbeddedNetwork;
  let contract: Contract;
  let remove: () => Promise<void>;
  let runs = 0;

  before(async () => {
    const directory = await temporaryDirectory();
    remove = directory.remove;
    network = await openTestNetwork(directory.path, { batch: { maxTransactions: 4, maxWaitMs: 2 } });
    const identity = await network.enrol('OemMSP', { id: 'model', role: 'client' });
    const privateKey = createPrivateKey(identity.privateKeyPem);
    const gateway = connect({
      client: inProcessClient(network.peer('OemMSP')),
      identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificatePem) },
      hash: hash.none,
      signer: (message) => Promise.resolve(signLowS(privateKey, message)),
    });
    contract = gateway.getNetwork('passports').getContract('passport', 'LedgerContract');
  });

  after(async () => {
    await network.close();
    await remove();
  });

  it('gives every program the same results, validation codes, state and history', async function () {
    this.timeout(60_000);
    const seen = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
        const prefix = `run${runs++}-`;
        const model = new FabricModel();
        let pending: { readonly transaction: Transaction; readonly expected: ModelEndorsement }[] = [];
        for (const one of [
          ...steps,
          { kind: 'submit', picks: Array.from({ length: 24 }, (_, index) => index) } as const,
        ]) {
          if (one.kind === 'endorse') {
            const expected = model.endorse(one.call, one.wholly);
            const transaction = await contract
              .newProposal(one.call.name, {
                arguments: argumentsOf(one.call, prefix),
                ...(one.wholly ? {} : { endorsingOrganizations: ['RecyclerMSP'] }),
              })
              .endorse();
            assert.equal(Buffer.from(transaction.getResult()).toString(), expected.result);
            pending.push({ transaction, expected });
            continue;
          }
          const chosen = [...new Set(one.picks)].flatMap((pick) => pending[pick] ?? []);
          pending = pending.filter((candidate) => !chosen.includes(candidate));
          const submitted = [];
          for (const { transaction } of chosen) submitted.push(await transaction.submit());
          for (const [index, { expected }] of chosen.entries()) {
            const status = await submitted[index]!.getStatus();
            assert.equal(status.code, model.commit(expected, status.blockNumber));
            seen.set(status.code, (seen.get(status.code) ?? 0) + 1);
          }
        }
        for (const name of ['a', 'b', 'c', 'd']) {
          const stored = Buffer.from(await contract.evaluateTransaction('get', prefix + name)).toString();
          assert.equal(stored, model.state.get(name)?.value ?? '');
          const history = JSON.parse(
            Buffer.from(await contract.evaluateTransaction('history', prefix + name)).toString(),
          ) as { value: string; isDelete: boolean }[];
          assert.deepEqual(
            history.map((change) => (change.isDelete ? null : change.value)),
            model.history.get(name) ?? [],
          );
        }
      }),
      { numRuns: 60 },
    );
    const reader = await openLedgerReader(network.dataDir);
    assert.deepEqual((await verifyLedger(reader)).findings, []);
    await reader.close();
    // The programs are worth something only if they come upon every outcome.
    for (const code of Object.values(MODEL_CODE))
      assert.ok((seen.get(code) ?? 0) > 0, `no transaction ended with code ${code}`);
  });
});
