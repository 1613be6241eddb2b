import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import {
  isRecordType,
  isTransactionName,
  qualifiedTransactionName,
  RECORDS,
  recordDefinitionOf,
  ROLES,
  TRANSACTIONS,
  transactionDefinitionOf,
  type RecordType,
  type TransactionName,
} from '../src/index.js';

const recordTypes = Object.keys(RECORDS) as RecordType[];
const names = Object.keys(TRANSACTIONS) as TransactionName[];

interface ObjectSchema {
  readonly properties: Readonly<
    Record<string, { readonly type?: string; readonly enum?: readonly unknown[]; readonly const?: unknown }>
  >;
  readonly required?: readonly string[];
}

/** Every table of records or transactions that a subject exports. */
async function tables(kind: 'Records' | 'Transactions'): Promise<Record<string, unknown>[]> {
  const directory = new URL('../src/subjects/', import.meta.url);
  const modules = await Promise.all(
    readdirSync(directory)
      .filter((name) => name.endsWith('.js'))
      .map((name) => import(new URL(name, directory).href) as Promise<Record<string, unknown>>),
  );
  return modules.flatMap((module) =>
    Object.entries(module).flatMap(([name, value]) => (name.endsWith(kind) ? [value as Record<string, unknown>] : [])),
  );
}

describe('the catalogue', () => {
  it('holds every record and transaction of every subject, and no name twice', async () => {
    const records = (await tables('Records')).flatMap((table) => Object.keys(table));
    const transactions = (await tables('Transactions')).flatMap((table) => Object.keys(table));
    assert.deepEqual(records.sort(), [...recordTypes].sort());
    assert.deepEqual(transactions.sort(), [...names].sort());
  });

  for (const recordType of recordTypes) {
    it(`lists ${recordType} by fields that it has, as text`, () => {
      const { schema, indexes } = recordDefinitionOf(recordType);
      const { properties } = schema as unknown as ObjectSchema;
      assert.equal(properties['recordType']?.const, recordType);
      for (const field of indexes) {
        const property = properties[field];
        assert.ok(property?.type === 'string' || property?.enum?.every((value) => typeof value === 'string'), field);
      }
    });
  }

  for (const name of names) {
    it(`says who may send ${name}, and whether confidential detail goes with it`, () => {
      const { contract, roles, description, command, kind, takesPrivateDetail = false } = transactionDefinitionOf(name);
      const { properties } = command as unknown as ObjectSchema;
      assert.match(contract, /^[A-Z][A-Za-z]+Contract$/);
      assert.match(description, /^[A-Z][^]*\.$/);
      assert.equal(qualifiedTransactionName(name), `${contract}:${name}`);
      assert.ok(
        roles === 'anyone' ? kind === 'evaluate' : roles.length > 0 && roles.every((role) => ROLES.includes(role)),
      );
      assert.equal('private' in properties, takesPrivateDetail);
    });
  }

  it('tells its names from those that every object has', () => {
    for (const word of ['constructor', '__proto__', 'toString', '']) {
      assert.ok(!isRecordType(word));
      assert.ok(!isTransactionName(word));
    }
  });
});
