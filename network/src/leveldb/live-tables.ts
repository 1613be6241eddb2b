import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { maskedCrc32c } from './crc32c.js';
import { readVarint } from './varint.js';

/** Size of the blocks that LevelDB's logs, its manifest among them, are written in (doc/log_format.md). */
const LOG_BLOCK_BYTES = 32_768;
const LOG_HEADER_BYTES = 7;
const FIRST = 2;
const LAST = 4;
const FULL = 1;

/** Tags of a `VersionEdit` (db/version_edit.cc). */
const EDIT = {
  COMPARATOR: 1,
  LOG_NUMBER: 2,
  NEXT_FILE: 3,
  LAST_SEQUENCE: 4,
  COMPACT_POINTER: 5,
  DELETED_FILE: 6,
  NEW_FILE: 7,
  PREVIOUS_LOG: 9,
} as const;

/**
 * Reads which table files a LevelDB database consists of: a crash leaves files behind that belong to nothing.
 * @returns Size in bytes by file number, or null where the manifest does not read back, which LevelDB itself refuses.
 */
export async function readLiveTables(directory: string): Promise<ReadonlyMap<number, number> | null> {
  try {
    const current = await readFile(join(directory, 'CURRENT'), 'utf8');
    const manifest = await readFile(join(directory, current.trimEnd()));
    const tables = new Map<number, number>();
    for (const edit of logRecords(manifest)) applyEdit(edit, tables);
    return tables;
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}

function* logRecords(log: Buffer): Generator<Buffer> {
  let parts: Buffer[] = [];
  let position = 0;
  while (position + LOG_HEADER_BYTES <= log.length) {
    const left = LOG_BLOCK_BYTES - (position % LOG_BLOCK_BYTES);
    if (left < LOG_HEADER_BYTES) {
      position += left;
      continue;
    }
    const checksum = log.readUInt32LE(position);
    const length = log.readUInt16LE(position + 4);
    const type = log.readUInt8(position + 6);
    const end = position + LOG_HEADER_BYTES + length;
    // The last record may be cut off by a crash; LevelDB ends there too.
    if (end > log.length) return;
    if (checksum !== maskedCrc32c(log.subarray(position + 6, end))) throw new RangeError('a record fails its checksum');
    if (type === FULL || type === FIRST) parts = [];
    parts.push(log.subarray(position + LOG_HEADER_BYTES, end));
    if (type === FULL || type === LAST) yield Buffer.concat(parts);
    position = end;
  }
}

function applyEdit(edit: Buffer, tables: Map<number, number>): void {
  let position = 0;
  const number = (): number => {
    const { value, end } = readVarint(edit, position);
    position = end;
    return value;
  };
  const skipBytes = (): void => {
    const length = number();
    position += length;
  };
  while (position < edit.length) {
    const tag = number();
    switch (tag) {
      case EDIT.COMPARATOR:
        skipBytes();
        break;
      case EDIT.LOG_NUMBER:
      case EDIT.NEXT_FILE:
      case EDIT.LAST_SEQUENCE:
      case EDIT.PREVIOUS_LOG:
        number();
        break;
      case EDIT.COMPACT_POINTER:
        number();
        skipBytes();
        break;
      case EDIT.DELETED_FILE:
        number();
        tables.delete(number());
        break;
      case EDIT.NEW_FILE: {
        number();
        const file = number();
        tables.set(file, number());
        skipBytes();
        skipBytes();
        break;
      }
      default:
        throw new RangeError(`unknown tag ${tag}`);
    }
  }
}
