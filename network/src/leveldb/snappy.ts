import { readVarint } from './varint.js';

/**
 * Decompresses a Snappy block (github.com/google/snappy, format_description.txt).
 * @throws RangeError where the bytes are not one.
 */
export function decompressSnappy(bytes: Uint8Array): Buffer {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readVarint(source, 0);
  const output = Buffer.alloc(header.value);
  let input = header.end;
  let written = 0;
  while (input < source.length) {
    const tag = source.readUInt8(input);
    input += 1;
    if ((tag & 3) === 0) {
      let length = tag >>> 2;
      if (length >= 60) {
        const extra = length - 59;
        length = source.readUIntLE(input, extra);
        input += extra;
      }
      length += 1;
      if (input + length > source.length || written + length > output.length)
        throw new RangeError('literal beyond the end');
      source.copy(output, written, input, input + length);
      input += length;
      written += length;
    } else {
      const { length, offset, size } = readCopy(source, input, tag);
      input += size;
      if (offset === 0 || offset > written || written + length > output.length)
        throw new RangeError('copy beyond the end');
      // Byte by byte: a copy may reach into what it writes itself.
      for (let count = 0; count < length; count += 1) {
        output[written] = output.readUInt8(written - offset);
        written += 1;
      }
    }
  }
  if (written !== output.length) throw new RangeError('shorter than it says');
  return output;
}

function readCopy(source: Buffer, input: number, tag: number): { length: number; offset: number; size: number } {
  switch (tag & 3) {
    case 1:
      return { length: ((tag >>> 2) & 7) + 4, offset: ((tag >>> 5) << 8) | source.readUInt8(input), size: 1 };
    case 2:
      return { length: (tag >>> 2) + 1, offset: source.readUInt16LE(input), size: 2 };
    default:
      return { length: (tag >>> 2) + 1, offset: source.readUInt32LE(input), size: 4 };
  }
}
