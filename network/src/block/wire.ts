import { NetworkError } from '../network-error.js';

/**
 * Protocol Buffers wire format, as far as Fabric's messages use it (varints and length-delimited fields).
 * The stock classes of `@hyperledger/fabric-protos` cost 5–20 µs a message; a submit passes through some forty of them.
 * Output is byte for byte what those classes write: fields ascending, proto3 defaults left out.
 * https://protobuf.dev/programming-guides/encoding/
 */

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const EMPTY = new Uint8Array(0);

/** Collects the fields of one message; call the methods in ascending field order. */
export class WireWriter {
  #buffer = Buffer.allocUnsafe(512);
  #length = 0;

  /** An unsigned integer or enum; 0 is the default and is not written. Values up to 2^53 - 1. */
  uint(field: number, value: number): this {
    if (value !== 0) {
      this.#reserve(20);
      this.#varint(field * 8 + VARINT);
      this.#varint(value);
    }
    return this;
  }

  /** A boolean; false is the default and is not written. */
  bool(field: number, value: boolean): this {
    return this.uint(field, value ? 1 : 0);
  }

  /** A bytes field; empty is the default and is not written. */
  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.message(field, value);
  }

  /** A string field; empty is the default and is not written. */
  string(field: number, value: string): this {
    if (value === '') return this;
    const length = Buffer.byteLength(value);
    this.#reserve(20 + length);
    this.#varint(field * 8 + LENGTH_DELIMITED);
    this.#varint(length);
    this.#length += this.#buffer.write(value, this.#length);
    return this;
  }

  /** An embedded message, or one element of a repeated field: written even when empty. */
  message(field: number, value: Uint8Array): this {
    this.#reserve(20 + value.length);
    this.#varint(field * 8 + LENGTH_DELIMITED);
    this.#varint(value.length);
    this.#buffer.set(value, this.#length);
    this.#length += value.length;
    return this;
  }

  /** Every element of a repeated bytes or message field. */
  repeated(field: number, values: Iterable<Uint8Array>): this {
    for (const value of values) this.message(field, value);
    return this;
  }

  /** The message so far; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#buffer.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#length);
    this.#buffer = larger;
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#length++] = rest;
  }
}

/** Walks the fields of one message: `while (reader.next()) switch (reader.field) …`; fields not read are skipped. */
export class WireReader {
  /** Number of the current field. */
  field = 0;
  readonly #bytes: Uint8Array;
  readonly #message: string;
  #offset = 0;
  #number = 0;
  #content: Uint8Array = EMPTY;
  #wireType = VARINT;

  /** @param message - Name of the message, for errors. */
  constructor(bytes: Uint8Array, message: string) {
    this.#bytes = bytes;
    this.#message = message;
  }

  /** @throws NetworkError `MESSAGE_MALFORMED` where the bytes are not a message. */
  next(): boolean {
    if (this.#offset >= this.#bytes.length) return false;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.#wireType = tag % 8;
    if (this.field === 0) throw this.#malformed('has a field numbered 0');
    switch (this.#wireType) {
      case VARINT:
        this.#number = this.#varint();
        break;
      case LENGTH_DELIMITED: {
        const length = this.#varint();
        this.#content = this.#take(length);
        break;
      }
      case FIXED64:
        this.#take(8);
        break;
      case FIXED32:
        this.#take(4);
        break;
      default:
        throw this.#malformed(`has unknown wire type ${this.#wireType}`);
    }
    return true;
  }

  /** The current field as an unsigned integer; beyond 2^53 - 1 the nearest double. */
  uint(): number {
    if (this.#wireType !== VARINT) throw this.#malformed(`field ${this.field} is not an integer`);
    return this.#number;
  }

  bool(): boolean {
    return this.uint() !== 0;
  }

  /** The current field's content: a view, not a copy. */
  bytes(): Uint8Array {
    if (this.#wireType !== LENGTH_DELIMITED) throw this.#malformed(`field ${this.field} is not length-delimited`);
    return this.#content;
  }

  string(): string {
    const { buffer, byteOffset, byteLength } = this.bytes();
    return Buffer.from(buffer, byteOffset, byteLength).toString('utf8');
  }

  #take(length: number): Uint8Array {
    const end = this.#offset + length;
    if (end > this.#bytes.length) throw this.#malformed('ends inside a field');
    const content = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return content;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10; count += 1) {
      const byte = this.#bytes[this.#offset];
      if (byte === undefined) throw this.#malformed('ends inside a number');
      this.#offset += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
    throw this.#malformed('has a number longer than ten bytes');
  }

  #malformed(what: string): NetworkError {
    return new NetworkError('MESSAGE_MALFORMED', `${this.#message} ${what} (offset ${this.#offset})`);
  }
}
