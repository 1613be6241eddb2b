import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assertCommand,
  assertRecord,
  assertSchema,
  canonicalJson,
  MAX_COMMAND_BYTES,
  MAX_COMMAND_DEPTH,
  parseCommand,
  PartyRecord,
  SchemaError,
  TransactionEvent,
  type SchemaErrorCode,
} from '../src/index.js';

const refused = (code: SchemaErrorCode) => (error: unknown) => error instanceof SchemaError && error.code === code;
const command = { lotId: 'nickel-1', massMg: 250_000, reason: 'Muster für Würzburg' };

describe('a command from outside', () => {
  it('is read from its canonical JSON', () => {
    assert.deepEqual(parseCommand('drawDownLot', canonicalJson(command)), command);
  });

  const refusals: [string, string, SchemaErrorCode][] = [
    ['too long', `"${'a'.repeat(MAX_COMMAND_BYTES)}"`, 'INPUT_TOO_LARGE'],
    ['too long only in UTF-8', `"${'ä'.repeat(MAX_COMMAND_BYTES / 2)}"`, 'INPUT_TOO_LARGE'],
    ['too deep', `${'['.repeat(MAX_COMMAND_DEPTH + 1)}${']'.repeat(MAX_COMMAND_DEPTH + 1)}`, 'INPUT_TOO_DEEP'],
    ['not JSON', '{lotId:1}', 'NOT_JSON'],
    ['in another spelling', JSON.stringify(command, null, 1), 'NOT_CANONICAL'],
    ['not in NFC', canonicalJson({ ...command, reason: 'Muster für'.normalize('NFD') }), 'BAD_STRING'],
    ['of another shape', canonicalJson({ ...command, holder: 'oem' }), 'SCHEMA_VIOLATION'],
  ];
  for (const [what, text, code] of refusals) {
    it(`is refused with ${code} when it is ${what}`, () => {
      assert.throws(() => parseCommand('drawDownLot', text), refused(code));
    });
  }

  it('is a command or refused with a code, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.json(),
          fc.object().map((value) => JSON.stringify(value)),
        ),
        (text) => {
          assert.throws(
            () => parseCommand('drawDownLot', text),
            (error) => error instanceof SchemaError,
          );
        },
      ),
    );
  });

  it('names the field that it should not have, and no more than the beginning of a long one', () => {
    assert.throws(
      () => assertCommand('releaseLot', { lotId: 'a', ['x'.repeat(1000)]: 1 }),
      (error) => error instanceof SchemaError && error.message.includes('"xxx') && error.message.length < 300,
    );
  });

  it('is not helped by fields that it only inherits', () => {
    const inherited: unknown = Object.create({ lotId: 'a' });
    assert.throws(() => assertCommand('releaseLot', inherited), refused('SCHEMA_VIOLATION'));
  });
});

describe('a record', () => {
  for (const value of [
    null,
    7,
    'lot',
    [],
    {},
    { recordType: 'wallet' },
    { recordType: 'constructor' },
    { recordType: 7 },
  ]) {
    it(`is not ${JSON.stringify(value)}`, () => {
      assert.throws(() => assertRecord(value), refused('SCHEMA_VIOLATION'));
    });
  }

  it('is checked against the schema of the type that it names', () => {
    assert.throws(() => assertSchema(PartyRecord, { recordType: 'lot' }, 'party'), refused('SCHEMA_VIOLATION'));
  });
});

describe('an event', () => {
  it('tells facts, each with its record', () => {
    assertSchema(TransactionEvent, [{ fact: 'LotRegistered', recordType: 'lot', id: 'nickel-1' }], 'event');
  });

  for (const value of [
    [],
    [{ fact: 'lot registered', recordType: 'lot', id: 'a' }],
    [{ fact: 'LotRegistered', id: 'a' }],
    {},
  ]) {
    it(`is not ${JSON.stringify(value)}`, () => {
      assert.throws(() => assertSchema(TransactionEvent, value, 'event'), refused('SCHEMA_VIOLATION'));
    });
  }
});
