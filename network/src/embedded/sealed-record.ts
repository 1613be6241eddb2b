import { crc32 } from 'node:zlib';

import { NetworkError } from '../network-error.js';

const CHECKSUM_LENGTH = 4;

/**
 * Puts a checksum over database key and payload before the payload. LevelDB has its own checksums but does not look at
 * them when it reads, so one flipped byte of a table file would otherwise be answered as data.
 */
export function sealRecord(databaseKey: Uint8Array, payload: Uint8Array): Buffer {
  const record = Buffer.allocUnsafe(CHECKSUM_LENGTH + payload.length);
  record.set(payload, CHECKSUM_LENGTH);
  record.writeUInt32LE(crc32(payload, crc32(databaseKey)), 0);
  return record;
}

/**
 * The payload of a sealed record: a view, not a copy.
 * @throws NetworkError `LEDGER_DAMAGED` where the checksum does not hold.
 */
export function openRecord(databaseKey: Uint8Array, record: Uint8Array): Buffer {
  const bytes = Buffer.from(record.buffer, record.byteOffset, record.byteLength);
  const payload = bytes.subarray(CHECKSUM_LENGTH);
  if (bytes.length < CHECKSUM_LENGTH || bytes.readUInt32LE(0) !== crc32(payload, crc32(databaseKey))) {
    throw new NetworkError(
      'LEDGER_DAMAGED',
      `the stored record ${Buffer.from(databaseKey).toString('hex')} fails its checksum`,
    );
  }
  return payload;
}
