import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { assertCommand, assertRecord, isRecordType, isTransactionName, SchemaError } from '../src/index.js';
import { RECORDS, TRANSACTIONS } from '../src/index.js';

/** One value that is valid or not; `schema` is a record type, or `command:` and a transaction. */
interface Vector {
  readonly comment: string;
  readonly schema: string;
  readonly value: unknown;
}

interface VectorFile {
  readonly comment: string;
  readonly valid: readonly Vector[];
  readonly invalid: readonly Vector[];
}

const directory = new URL('../../vectors/', import.meta.url);
const files = readdirSync(directory)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, directory), 'utf8')) as Partial<VectorFile>)
  .filter((file): file is VectorFile => file.valid?.[0]?.schema !== undefined);

function assertValid({ schema, value }: Vector): void {
  const command = /^command:(.+)$/.exec(schema)?.[1];
  if (command === undefined) {
    assert.ok(isRecordType(schema), `there is no record type ${schema}`);
    assert.equal((value as { recordType?: unknown }).recordType, schema);
    assertRecord(value);
  } else {
    assert.ok(isTransactionName(command), `there is no transaction ${command}`);
    assertCommand(command, value);
  }
}

for (const { comment, valid, invalid } of files) {
  describe(`schema vectors: ${comment}`, () => {
    for (const vector of valid) {
      it(`accept ${vector.comment}`, () => assertValid(vector));
    }
    for (const vector of invalid) {
      it(`refuse ${vector.comment}`, () => {
        assert.throws(
          () => assertValid(vector),
          (error) => error instanceof SchemaError && error.code === 'SCHEMA_VIOLATION',
        );
      });
    }
    it('hold as many invalid values as valid ones', () => {
      assert.ok(invalid.length >= valid.length, `${invalid.length} invalid, ${valid.length} valid`);
    });
  });
}

describe('schema vectors', () => {
  it('show every record type and every command', () => {
    const shown = new Set(files.flatMap(({ valid }) => valid.map(({ schema }) => schema)));
    const wanted = [...Object.keys(RECORDS), ...Object.keys(TRANSACTIONS).map((name) => `command:${name}`)];
    assert.deepEqual(
      wanted.filter((schema) => !shown.has(schema)),
      [],
    );
  });
});
