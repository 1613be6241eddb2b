import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  assertSchema,
  CountryCode,
  Identifier,
  LongText,
  MspId,
  RegionCode,
  SchemaError,
  Sha256Digest,
  Text,
} from '../src/index.js';
import type { TSchema } from 'typebox';

function accepts(schema: TSchema, value: unknown): boolean {
  try {
    assertSchema(schema, value, 'value');
    return true;
  } catch (error) {
    assert.ok(error instanceof SchemaError && error.code === 'SCHEMA_VIOLATION');
    return false;
  }
}

const cases: [string, TSchema, readonly string[], readonly unknown[]][] = [
  [
    'an identifier',
    Identifier,
    ['a', '0', 'LOT-2031.03_a', 'x'.repeat(64)],
    ['', '-a', '.a', '_a', 'a b', 'a/b', 'a:b', 'a~b', 'ä', 'a\0', 'a\n', 'x'.repeat(65), 7, null, ['a']],
  ],
  ['a country', CountryCode, ['JP', 'ID'], ['jp', 'JPN', 'J', 'J1', 'ЈР', '']],
  [
    'a region',
    RegionCode,
    ['JP-14', 'DE-BY', 'GB-ENG', 'AU-5'],
    ['JP', 'JP-', 'JP-1234', 'jp-14', 'JP14', 'JP-14 Yokohama'],
  ],
  ['an MSP', MspId, ['OemMSP', 'Org1MSP'], ['MSP', 'oem', '1OrgMSP', 'Oem-MSP', 'OemMSP ']],
  [
    'a digest',
    Sha256Digest,
    [`sha256:${'0a'.repeat(32)}`],
    [`sha256:${'0A'.repeat(32)}`, '0a'.repeat(32), 'sha256:0a', `sha512:${'0a'.repeat(32)}`],
  ],
  [
    'a line of text',
    Text,
    ['日産', "O'Brien & Söhne", 'x'.repeat(200)],
    ['', 'a\nb', 'a\tb', '\u007f', '\u0085', 'x'.repeat(201)],
  ],
  ['a reason', LongText, ['x'.repeat(1000)], ['', 'x'.repeat(1001), '\u0000']],
];

for (const [what, schema, good, bad] of cases) {
  describe(what, () => {
    for (const value of good)
      it(`may be ${JSON.stringify(value.slice(0, 40))}`, () => assert.ok(accepts(schema, value)));
    for (const value of bad) {
      it(`is not ${JSON.stringify(value).slice(0, 40)}`, () => assert.ok(!accepts(schema, value)));
    }
  });
}

describe('every identifier', () => {
  it('is its own normal form and needs no escaping in an address', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/), (id) => {
        assert.ok(accepts(Identifier, id));
        assert.equal(id.normalize('NFKC'), id);
        assert.equal(encodeURIComponent(id), id);
      }),
    );
  });
});
