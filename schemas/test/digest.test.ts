import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { DIGEST_PATTERN, digestOf, digestOfBytes } from '../src/digest.js';

describe('digest', () => {
  it('is the SHA-256 of the canonical text, named', () => {
    const expected = createHash('sha256').update('{"a":"€","b":1}', 'utf8').digest('hex');
    assert.equal(digestOf({ b: 1, a: '€' }), `sha256:${expected}`);
    assert.match(digestOf({}), new RegExp(DIGEST_PATTERN));
  });

  it('of bytes agrees with the published vector of the empty message (FIPS 180-4)', () => {
    assert.equal(
      digestOfBytes(new Uint8Array(0)),
      'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('refuses a value that JSON cannot carry', () => {
    assert.throws(() => digestOf({ a: NaN }), { code: 'NOT_SERIALIZABLE' });
  });
});
