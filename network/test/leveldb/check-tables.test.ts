import { strict as assert } from 'node:assert';
import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Level } from 'level';

import { checkTables } from '../../src/leveldb/check-tables.js';
import { crc32c } from '../../src/leveldb/crc32c.js';
import { readLiveTables } from '../../src/leveldb/live-tables.js';
import { decompressSnappy } from '../../src/leveldb/snappy.js';

describe('crc32c', () => {
  // RFC 3720 B.4.
  const vectors: [string, Buffer, number][] = [
    ['32 bytes of zeroes', Buffer.alloc(32), 0x8a9136aa],
    ['32 bytes of ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
    ['32 bytes rising', Buffer.from(Array.from({ length: 32 }, (_unused, index) => index)), 0x46dd794e],
    ['32 bytes falling', Buffer.from(Array.from({ length: 32 }, (_unused, index) => 31 - index)), 0x113fdb5c],
  ];
  for (const [what, bytes, expected] of vectors) {
    it(`of ${what} is the RFC’s`, () => assert.equal(crc32c(bytes), expected));
  }
  it('of bytes that are no multiple of eight is the check value', () => {
    assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  });
});

describe('decompressSnappy', () => {
  // Length 11; the literal "ab"; six bytes and three bytes from two before.
  const bytes = Buffer.from([11, 0x04, 0x61, 0x62, ((6 - 4) << 2) | 1, 2, ((3 - 1) << 2) | 2, 2, 0]);

  it('reads literals and copies, also such as reach into themselves', () => {
    assert.equal(decompressSnappy(bytes).toString(), 'abababababa');
  });

  it('refuses what is cut, what says another length, and copies from before the start', () => {
    for (let length = 0; length < bytes.length; length += 1) {
      assert.throws(() => decompressSnappy(bytes.subarray(0, length)), RangeError, `${length} bytes`);
    }
    assert.throws(() => decompressSnappy(Buffer.from([2, 0x04, 0x61])), RangeError);
    assert.throws(() => decompressSnappy(Buffer.from([5, 0x00, 0x61, 1, 2])), RangeError);
  });
});

describe('checkTables', function () {
  this.timeout(20_000);
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tables-'));
    // Opened twice: opening turns the log into a table.
    for (let opening = 0; opening < 3; opening += 1) {
      const database = new Level<string, string>(directory, { writeBufferSize: 64 * 1024 });
      for (let page = 0; page < 20; page += 1) {
        await database.batch(
          Array.from({ length: 100 }, (_unused, index) => ({
            type: 'put' as const,
            key: `key-${opening}-${page}-${index}`,
            value: `value ${index} `.repeat(page),
          })),
        );
      }
      await database.close();
    }
  });

  afterEach(() => rm(directory, { recursive: true, force: true }));

  /** Closing in the middle of a compaction leaves tables that belong to nothing. */
  const tableFiles = async (): Promise<string[]> =>
    [...((await readLiveTables(directory)) ?? new Map()).keys()].map((number: number) =>
      join(directory, `${String(number).padStart(6, '0')}.ldb`),
    );

  it('finds nothing wrong in what LevelDB wrote', async () => {
    await checkTables(directory);
    const live = await readLiveTables(directory);
    assert.ok(live !== null && live.size > 0);
  });

  it('has nothing to say where there is no database', async () => {
    await checkTables(join(directory, 'nowhere'));
  });

  it('finds a flipped byte wherever it is, but in the padding of the footer', async () => {
    for (const path of await tableFiles()) {
      const whole = await readFile(path);
      for (let step = 0; step < 6; step += 1) {
        const offset = Math.floor((step * (whole.length - 41)) / 6);
        const spoilt = Buffer.from(whole);
        spoilt[offset]! ^= 1;
        await writeFile(path, spoilt);
        await assert.rejects(checkTables(directory), { code: 'LEDGER_DAMAGED' }, `${path} at ${offset}`);
      }
      await writeFile(path, whole);
    }
  });

  it('finds a table that was cut or lost', async () => {
    const [path] = await tableFiles();
    const whole = await readFile(path!);
    await truncate(path!, whole.length - 1);
    await assert.rejects(checkTables(directory), { code: 'LEDGER_DAMAGED' });
    await rm(path!);
    await assert.rejects(checkTables(directory), { code: 'LEDGER_DAMAGED' });
  });

  it('overlooks a half-written table that a crash left behind', async () => {
    const [path] = await tableFiles();
    await copyFile(path!, join(directory, '999999.ldb'));
    await truncate(join(directory, '999999.ldb'), 100);
    await checkTables(directory);
  });
});
