import './quiet-shim.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TRANSACTIONS, transactionDefinitionOf, type TransactionName } from '@battery-passport/schemas';
import { CONTRACT_SOURCE } from '../src/contract-source.js';
import { CONTRACTS } from '../src/contracts.js';
import { HANDLERS } from '../src/handlers.js';

interface Metadata {
  readonly contracts: Readonly<
    Record<
      string,
      {
        readonly transactions: readonly {
          readonly name: string;
          readonly tag: readonly string[];
          readonly parameters?: readonly { readonly name: string; readonly schema: unknown }[];
          readonly returns?: unknown;
        }[];
      }
    >
  >;
}

const require = createRequire(import.meta.url);
const ChaincodeFromContract = require('fabric-shim/lib/contract-spi/chaincodefromcontract.js') as new (
  contracts: unknown[],
  serializers: unknown,
  metadata: unknown,
  title: string,
  version: string,
) => { readonly metadata: Metadata };
const { JSONSerializer } = require('fabric-contract-api') as { JSONSerializer: unknown };

describe('the contracts, as fabric-shim reads them', () => {
  const serializers = { transaction: 'jsonSerializer', serializers: { jsonSerializer: JSONSerializer } };
  const { metadata } = new ChaincodeFromContract([...CONTRACTS], serializers, {}, 'passport', '0.1.0');

  it('have the metadata that is checked in: run chaincode/bin/publish-metadata.js after a change', () => {
    const checkedIn: unknown = JSON.parse(
      readFileSync(new URL('../../contract-metadata.json', import.meta.url), 'utf8'),
    );
    assert.deepEqual(JSON.parse(JSON.stringify(metadata)), checkedIn);
  });

  it('are the transactions of the catalogue, each in its contract, with its kind', () => {
    const found = Object.entries(metadata.contracts)
      .filter(([contract]) => contract !== 'org.hyperledger.fabric')
      .flatMap(([contract, { transactions }]) =>
        transactions.map(({ name, tag }) => `${contract}:${name} ${tag.includes('EVALUATE') ? 'evaluate' : 'submit'}`),
      );
    const wanted = (Object.keys(TRANSACTIONS) as TransactionName[]).map((name) => {
      const { contract, kind } = transactionDefinitionOf(name);
      return `${contract}:${name} ${kind}`;
    });
    assert.deepEqual(found.sort(), wanted.sort());
  });

  it('take one string and return one: under another compiler, or with a type-only Context, they would not', () => {
    for (const [contract, { transactions }] of Object.entries(metadata.contracts)) {
      if (contract === 'org.hyperledger.fabric') continue;
      for (const { name, parameters, returns } of transactions) {
        assert.deepEqual(
          [parameters, returns],
          [[{ name: 'command', description: '', schema: { type: 'string' } }], { type: 'string' }],
          name,
        );
      }
    }
  });

  it('can all run in a batch, but for queries, purges and batches', () => {
    const alone = (Object.keys(TRANSACTIONS) as TransactionName[]).filter((name) => HANDLERS[name] === undefined);
    assert.deepEqual(
      alone.filter((name) => transactionDefinitionOf(name).kind === 'submit'),
      ['purgePrivateDetail', 'runBatch'],
    );
  });

  it('are found by module address and name of export, as a worker thread loads them', async () => {
    const module = (await import(CONTRACT_SOURCE.module)) as Record<string, unknown>;
    assert.equal(module[CONTRACT_SOURCE.export], CONTRACTS);
  });
});
