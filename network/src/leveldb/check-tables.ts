import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { NetworkError } from '../network-error.js';
import { maskedCrc32c } from './crc32c.js';
import { readLiveTables } from './live-tables.js';
import { decompressSnappy } from './snappy.js';
import { readVarint } from './varint.js';

/** The last eight bytes of every table (doc/table_format.md). */
const TABLE_MAGIC = 0xdb4775248b80fb57n;
const FOOTER_BYTES = 48;
/** Compression type and checksum behind every block. */
const TRAILER_BYTES = 5;
const SNAPPY = 1;

/**
 * Where another process has the database open, a compaction may take a table away between the list and the look; the
 * list is read again then. Damage stays.
 */
const ATTEMPTS = 3;
const RETRY_MS = 50;

interface BlockHandle {
  readonly offset: number;
  readonly size: number;
}

/**
 * Checks every block of every table of a LevelDB database against its checksum. LevelDB has these checksums and does not
 * look at them: it answers from a damaged table, and a compaction of one ends the whole process by an assertion.
 * To be called before this process opens the database; nothing is done where there is none.
 * @throws NetworkError `LEDGER_DAMAGED` naming the file.
 */
export async function checkTables(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await checkLiveTables(directory);
      return;
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await delay(RETRY_MS);
    }
  }
}

async function checkLiveTables(directory: string): Promise<void> {
  const tables = await readLiveTables(directory);
  if (tables === null) return;
  for (const [number, size] of tables) {
    const path = await tablePath(directory, number);
    if (path === null) throw damaged(join(directory, `${fileName(number)}.ldb`), 'is missing');
    checkTable(path.path, path.content, size);
  }
}

async function tablePath(directory: string, number: number): Promise<{ path: string; content: Buffer } | null> {
  // Tables of LevelDB before 1.14 end in .sst; it still reads them.
  for (const extension of ['ldb', 'sst']) {
    const path = join(directory, `${fileName(number)}.${extension}`);
    try {
      return { path, content: await readFile(path) };
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        throw new NetworkError('LEDGER_DAMAGED', `${path} cannot be read`, { cause: error });
      }
    }
  }
  return null;
}

function fileName(number: number): string {
  return String(number).padStart(6, '0');
}

function checkTable(path: string, content: Buffer, size: number): void {
  if (content.length !== size) throw damaged(path, `is ${content.length} bytes long, not ${size}`);
  const footer = content.subarray(-FOOTER_BYTES);
  if (footer.length < FOOTER_BYTES || footer.readBigUInt64LE(FOOTER_BYTES - 8) !== TABLE_MAGIC) {
    throw damaged(path, 'does not end as a table does');
  }
  try {
    const metaIndex = readHandle(footer, 0);
    const index = readHandle(footer, metaIndex.end);
    for (const { handle } of [metaIndex, index]) {
      for (const listed of handlesIn(openBlock(path, content, handle))) openBlock(path, content, listed, false);
    }
  } catch (error) {
    if (error instanceof NetworkError) throw error;
    throw damaged(path, 'does not read back', error);
  }
}

/** The block's content, once its checksum holds. */
function openBlock(path: string, content: Buffer, { offset, size }: BlockHandle, decompress = true): Buffer {
  const end = offset + size + TRAILER_BYTES;
  if (end > content.length) throw damaged(path, `has a block beyond its end, at ${offset}`);
  const stored = content.readUInt32LE(end - 4);
  if (stored !== maskedCrc32c(content.subarray(offset, end - 4))) {
    throw damaged(path, `has a block at ${offset} that fails its checksum`);
  }
  const block = content.subarray(offset, offset + size);
  return decompress && content.readUInt8(offset + size) === SNAPPY ? decompressSnappy(block) : block;
}

/** Values of an index block: each entry is shared, unshared and value length, then key and value (doc/table_format.md). */
function* handlesIn(block: Buffer): Generator<BlockHandle> {
  const restarts = block.readUInt32LE(block.length - 4);
  const end = block.length - 4 - restarts * 4;
  let position = 0;
  while (position < end) {
    const shared = readVarint(block, position);
    const unshared = readVarint(block, shared.end);
    const length = readVarint(block, unshared.end);
    const value = length.end + unshared.value;
    yield readHandle(block, value).handle;
    position = value + length.value;
  }
}

function readHandle(bytes: Buffer, start: number): { handle: BlockHandle; end: number } {
  const offset = readVarint(bytes, start);
  const size = readVarint(bytes, offset.end);
  return { handle: { offset: offset.value, size: size.value }, end: size.end };
}

function damaged(path: string, what: string, cause?: unknown): NetworkError {
  return new NetworkError('LEDGER_DAMAGED', `${path} ${what}`, { cause });
}
