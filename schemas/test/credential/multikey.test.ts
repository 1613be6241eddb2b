import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { isEd25519Signature, publicKeyMultibaseOf } from '../../src/credential/ed25519.js';
import {
  decodePublicKeyMultibase,
  decodeSecretKeyMultibase,
  encodePublicKeyMultibase,
  encodeSecretKeyMultibase,
  verificationMethodOf,
} from '../../src/credential/multikey.js';
import { SchemaError } from '../../src/schema-error.js';

const { keyPairs, smallOrderPublicKeys } = JSON.parse(
  readFileSync(new URL('../../../vectors/credential.json', import.meta.url), 'utf8'),
) as {
  keyPairs: { publicKeyMultibase: string; secretKeyMultibase: string }[];
  smallOrderPublicKeys: { order: number; hex: string }[];
};
const [{ publicKeyMultibase, secretKeyMultibase }] = keyPairs as [(typeof keyPairs)[number]];

describe('a Multikey', () => {
  it('of every published pair reads and writes to the same text, and its halves belong together', () => {
    for (const pair of keyPairs) {
      assert.equal(
        encodePublicKeyMultibase(decodePublicKeyMultibase(pair.publicKeyMultibase)),
        pair.publicKeyMultibase,
      );
      assert.equal(
        encodeSecretKeyMultibase(decodeSecretKeyMultibase(pair.secretKeyMultibase)),
        pair.secretKeyMultibase,
      );
      assert.equal(publicKeyMultibaseOf(pair.secretKeyMultibase), pair.publicKeyMultibase);
    }
  });

  it('names itself as a verification method', () => {
    assert.equal(verificationMethodOf('z6Mk'), 'did:key:z6Mk#z6Mk');
  });

  const refused: [string, string][] = [
    ['nothing', ''],
    ['text of another base', `u${publicKeyMultibase.slice(1)}`],
    ['a character outside base58btc', `${publicKeyMultibase.slice(0, -1)}0`],
    ['a key that is too short', publicKeyMultibase.slice(0, -2)],
    ['a secret key', secretKeyMultibase],
    ['a P-256 key', 'zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76'],
    ['a very long text', `z${'6'.repeat(1_000_000)}`],
  ];
  for (const [what, text] of refused) {
    it(`as a public key refuses ${what} with KEY_INVALID`, () => {
      assert.throws(() => decodePublicKeyMultibase(text), { name: 'SchemaError', code: 'KEY_INVALID' });
    });
  }

  for (const { order, hex } of smallOrderPublicKeys) {
    it(`refuses the point ${hex.slice(0, 8)}… of order ${order}, whichever its sign bit`, () => {
      for (const sign of [0x00, 0x80]) {
        const point = Buffer.from(hex, 'hex');
        point[31] = point[31]! | sign;
        assert.throws(() => decodePublicKeyMultibase(encodePublicKeyMultibase(point)), { code: 'KEY_INVALID' });
      }
    });
  }

  it('refuses the point of order 1, under which OpenSSL would take a made-up signature', () => {
    // R and s of zero weight: R is the identity, s is 0. It fits every message whose hash is a multiple of the order.
    const forged = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]);
    const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), identity]);
    assert.ok(
      verify(null, Buffer.from('anything'), createPublicKey({ key: der, format: 'der', type: 'spki' }), forged),
    );
    assert.throws(() => isEd25519Signature(forged, Buffer.from('anything'), encodePublicKeyMultibase(identity)), {
      code: 'KEY_INVALID',
    });
  });

  it('does not quote a secret key in a refusal', () => {
    assert.throws(
      () => decodePublicKeyMultibase(secretKeyMultibase),
      (error) => error instanceof SchemaError && !error.message.includes(secretKeyMultibase.slice(4)),
    );
  });

  it('round-trips any 32 bytes as a secret key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (bytes) => {
        assert.deepEqual(decodeSecretKeyMultibase(encodeSecretKeyMultibase(bytes)), bytes);
      }),
    );
  });

  it('is not made of a key of another length', () => {
    assert.throws(() => encodePublicKeyMultibase(new Uint8Array(31)), RangeError);
  });
});
