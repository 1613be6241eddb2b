import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

import { blockHeaderBytes, blockHeaderHash } from '../../src/block/block.js';
import { decodeBlock } from '../../src/index.js';

describe('the hash of a block header', () => {
  // DER by hand: SEQUENCE { INTEGER, OCTET STRING, OCTET STRING } (Fabric protoutil/blockutils.go, BlockHeaderBytes).
  const cases = [
    { number: 0, integer: '020100' },
    { number: 127, integer: '02017f' },
    { number: 128, integer: '02020080' },
    { number: 256, integer: '02020100' },
    { number: 0x80000000, integer: '02050080000000' },
  ];
  for (const { number, integer } of cases) {
    it(`covers the DER encoding of the header of block ${number}`, () => {
      const header = { number, previousHash: Buffer.alloc(0), dataHash: Buffer.alloc(32, 7) };
      const content = `${integer}04000420${'07'.repeat(32)}`;
      const expected = `30${(content.length / 2).toString(16).padStart(2, '0')}${content}`;
      assert.equal(blockHeaderBytes(header).toString('hex'), expected);
      const hash = createHash('sha256').update(Buffer.from(expected, 'hex')).digest('hex');
      assert.equal(blockHeaderHash(header).toString('hex'), hash);
    });
  }
});

describe('decodeBlock', () => {
  it('throws BLOCK_MALFORMED on bytes that are not a block', () => {
    for (const malformed of ['ff', '0a05ff', '1205ffffffffff']) {
      assert.throws(() => decodeBlock(Buffer.from(malformed, 'hex')), { code: 'BLOCK_MALFORMED' });
    }
  });
});
