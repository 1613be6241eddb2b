import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonicalJson, parseCanonicalJson } from '../src/canonical-json.js';
import { SchemaError } from '../src/schema-error.js';

interface Vectors {
  canonical: { comment: string; input: string; canonical: string; utf8Hex: string }[];
  numbers: { ieee754: string; canonical: string | null }[];
  limits: { maxBytes: number; maxDepth: number };
  accepted: { comment: string; text: string }[];
  refused: { comment: string; text: string; code: string }[];
}

const vectors = JSON.parse(
  readFileSync(new URL('../../vectors/canonical-json.json', import.meta.url), 'utf8'),
) as Vectors;
const generous = { maxBytes: 1_000_000, maxDepth: 64 };

function doubleOf(ieee754: string): number {
  return Buffer.from(ieee754, 'hex').readDoubleBE();
}

describe('canonical JSON', () => {
  describe('on the official vectors', () => {
    for (const { comment, input, canonical, utf8Hex } of vectors.canonical) {
      it(comment, () => {
        const text = canonicalJson(JSON.parse(input));
        assert.equal(text, canonical);
        assert.equal(Buffer.from(text, 'utf8').toString('hex'), utf8Hex);
        assert.deepEqual(parseCanonicalJson(text, generous), JSON.parse(input));
      });
    }
    for (const { ieee754, canonical } of vectors.numbers) {
      if (canonical === null) {
        it(`refuses the double 0x${ieee754}`, () => {
          assert.throws(() => canonicalJson(doubleOf(ieee754)), { code: 'NOT_SERIALIZABLE' });
        });
      } else {
        it(`writes the double 0x${ieee754} as ${canonical}`, () => {
          assert.equal(canonicalJson(doubleOf(ieee754)), canonical);
        });
      }
    }
  });

  describe('read from a stranger', () => {
    for (const { comment, text } of vectors.accepted) {
      it(`takes ${comment}`, () => {
        assert.equal(canonicalJson(parseCanonicalJson(text, vectors.limits)), text);
      });
    }
    for (const { comment, text, code } of vectors.refused) {
      it(`refuses ${comment} with ${code}`, () => {
        assert.throws(() => parseCanonicalJson(text, vectors.limits), { name: 'SchemaError', code });
      });
    }
    it('refuses ten million opening brackets without running out of stack', () => {
      assert.throws(() => parseCanonicalJson('['.repeat(10_000_000), { maxBytes: 1e8, maxDepth: 8 }), {
        name: 'SchemaError',
      });
      const deep = 200_000;
      assert.throws(() => parseCanonicalJson('['.repeat(deep) + ']'.repeat(deep), { maxBytes: 1e8, maxDepth: 8 }), {
        code: 'INPUT_TOO_DEEP',
      });
    });
    it('never quotes the text in its message', () => {
      assert.throws(
        () => parseCanonicalJson('{"secret":hunter2}', generous),
        (error) => error instanceof SchemaError && !error.message.includes('hunter2'),
      );
    });
  });

  describe('written from a value', () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const cases: [string, unknown, string][] = [
      ['undefined', undefined, 'NOT_SERIALIZABLE'],
      ['a member that is undefined', { a: undefined }, 'NOT_SERIALIZABLE'],
      ['a hole in an array', new Array(1), 'NOT_SERIALIZABLE'],
      ['a function', { a: () => 1 }, 'NOT_SERIALIZABLE'],
      ['an own toJSON', { toJSON: () => 1 }, 'NOT_SERIALIZABLE'],
      ['a symbol', [Symbol('a')], 'NOT_SERIALIZABLE'],
      ['a bigint', { a: 1n }, 'NOT_SERIALIZABLE'],
      ['NaN', [NaN], 'NOT_SERIALIZABLE'],
      ['an infinity', -Infinity, 'NOT_SERIALIZABLE'],
      ['a Date', new Date(0), 'NOT_SERIALIZABLE'],
      ['a Map', new Map(), 'NOT_SERIALIZABLE'],
      ['bytes', new Uint8Array(2), 'NOT_SERIALIZABLE'],
      ['a cycle', cycle, 'NOT_SERIALIZABLE'],
      ['a lone surrogate', ['\ud800'], 'BAD_STRING'],
      ['a lone surrogate in a member name', { '\udc00': 1 }, 'BAD_STRING'],
    ];
    for (const [what, value, code] of cases) {
      it(`refuses ${what} with ${code}`, () => {
        assert.throws(() => canonicalJson(value), { name: 'SchemaError', code });
      });
    }
    it('refuses nesting that no record has', () => {
      let value: unknown = 1;
      for (let depth = 0; depth < 100_000; depth++) value = [value];
      assert.throws(() => canonicalJson(value), { code: 'INPUT_TOO_DEEP' });
    });
    it('takes the same object twice side by side', () => {
      const shared = { a: 1 };
      assert.equal(canonicalJson([shared, shared]), '[{"a":1},{"a":1}]');
    });
    it('takes an object without a prototype', () => {
      assert.equal(canonicalJson(Object.assign(Object.create(null), { b: 1, a: 2 })), '{"a":2,"b":1}');
    });
  });

  it('reads back what it wrote, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (generated) => {
        // JSON itself has no negative zero in its canonical form.
        const value: unknown = JSON.parse(JSON.stringify(generated));
        let text: string;
        try {
          text = canonicalJson(value);
        } catch (error) {
          return error instanceof SchemaError && error.code === 'BAD_STRING';
        }
        if (text.includes('\\u0000')) return true;
        assert.deepEqual(parseCanonicalJson(text, generous), value);
        assert.equal(canonicalJson(reversed(value)), text);
        return true;
      }),
    );
  });

  it('throws nothing but its own error on any text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"a"',
      ':',
      ',',
      '1',
      '-',
      'e',
      '\\',
      '"',
      '\u0000',
      '\ud800',
      ' ',
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((list) => list.join('')),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        try {
          return canonicalJson(parseCanonicalJson(candidate, vectors.limits)) === candidate;
        } catch (error) {
          return error instanceof SchemaError;
        }
      }),
    );
  });

  it('is what an independent implementation writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        assert.equal(canonicalJson(value), canonicalize(value));
      }),
    );
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, reversed(member)]),
  );
}
