import assert from 'node:assert/strict';
import fc from 'fast-check';
import { gtinCheckDigit, isGtin, parseDigitalLinkPath, SchemaError, toDigitalLinkPath } from '../src/index.js';

const gtins = fc.stringMatching(/^[0-9]{13}$/).map((digits) => `${digits}${gtinCheckDigit(digits)}`);
const serials = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/);

describe('a GTIN', () => {
  // GS1 General Specifications, 7.9.1: the worked example of a GTIN-13 (629104150021, check digit 3), led by a zero; and
  // the GTIN of the Digital Link standard's own examples.
  for (const gtin of ['06291041500213', '09506000134352', '00000000000000']) {
    it(`${gtin} has the right check digit`, () => {
      assert.ok(isGtin(gtin));
    });
  }

  it('with any one digit changed is not one', () => {
    fc.assert(
      fc.property(gtins, fc.nat(13), fc.integer({ min: 1, max: 9 }), (gtin, place, by) => {
        const digit = (Number(gtin[place]) + by) % 10;
        assert.ok(!isGtin(`${gtin.slice(0, place)}${digit}${gtin.slice(place + 1)}`));
      }),
    );
  });

  for (const text of ['', '6291041500213', '006291041500213', '0629104150021x', '06291041500213\n', '٠٦٢٩١٠٤١٥٠٠٢١٣']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      assert.ok(!isGtin(text));
    });
  }
});

describe('a GS1 Digital Link path', () => {
  it('reads back as the pack that it was made for', () => {
    fc.assert(
      fc.property(gtins, serials, (gtin, serial) => {
        assert.deepEqual(parseDigitalLinkPath(toDigitalLinkPath({ gtin, serial })), { gtin, serial });
      }),
    );
  });

  it('parses any text or refuses it with its own code', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.string().map((tail) => `/01/06291041500213/21/${tail}`),
        ),
        (path) => {
          try {
            assert.equal(toDigitalLinkPath(parseDigitalLinkPath(path)), path);
          } catch (error) {
            assert.ok(error instanceof SchemaError && error.code === 'GS1_INVALID');
          }
        },
      ),
    );
  });

  for (const path of [
    '/01/06291041500214/21/A1',
    '/01/06291041500213/21/',
    '/01/06291041500213/21/aaaaaaaaaaaaaaaaaaaaa',
    '/01/06291041500213/21/a%20b',
    '/01/06291041500213/21/a/b',
    '/01/06291041500213',
    'https://example.com/01/06291041500213/21/A1',
  ]) {
    it(`is not ${path}`, () => {
      assert.throws(
        () => parseDigitalLinkPath(path),
        (error) => error instanceof SchemaError && error.code === 'GS1_INVALID',
      );
    });
  }
});
