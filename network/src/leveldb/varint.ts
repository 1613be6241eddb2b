/** A number of LevelDB's variable-length form, and where the next thing starts. */
export interface Varint {
  readonly value: number;
  readonly end: number;
}

/**
 * Reads seven bits a byte, lowest first.
 * @throws RangeError where the bytes end inside it or it passes 2^53.
 */
export function readVarint(bytes: Buffer, start: number): Varint {
  let value = 0;
  let scale = 1;
  for (let index = start; index < start + 8; index += 1) {
    const byte = bytes.readUInt8(index);
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: index + 1 };
    scale *= 0x80;
  }
  throw new RangeError('a number is too long');
}
