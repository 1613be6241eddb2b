import { SchemaError } from './schema-error.js';

/** How much of a stranger's text is read before it is refused. */
export interface CanonicalJsonLimits {
  /** Length of the text in UTF-8, bytes. */
  readonly maxBytes: number;
  /** Arrays and objects inside one another: `1` has depth 0, `[1]` depth 1. */
  readonly maxDepth: number;
}

// A value made by this program can still be hostile in one way: a cycle or a runaway recursion. No record is near this.
const MAX_VALUE_DEPTH = 256;

// A high surrogate without its low one, or the reverse. With the `u` flag a well-formed pair is one code point.
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * The canonical text of a JSON value: the same value gives the same bytes in every language and on every machine.
 * Only plain data is taken, and nothing is dropped or converted on the way: what is read back equals what was given.
 * @throws SchemaError `NOT_SERIALIZABLE` for undefined (also as a member), a hole, a function, a symbol, a bigint, NaN,
 * an infinity, a class instance or a cycle; `BAD_STRING` for a lone surrogate; `INPUT_TOO_DEEP` past 256 levels.
 * Source: RFC 8785. Checked against `vectors/canonical-json.json`.
 */
export function canonicalJson(value: unknown): string {
  assertPlain(value, '$', 0, new Set());
  return serialize(value);
}

/**
 * Reads a text that must already be canonical JSON: refusing every other spelling means that two texts with the same
 * meaning are the same bytes, and that repeated member names, `1e999` and numbers beyond what a double holds never pass.
 * @throws SchemaError `INPUT_TOO_LARGE`, `NOT_JSON`, `INPUT_TOO_DEEP`, `BAD_STRING` (a NUL or a lone surrogate, in a
 * member name too) or `NOT_CANONICAL`, in that order.
 */
export function parseCanonicalJson(text: string, { maxBytes, maxDepth }: CanonicalJsonLimits): unknown {
  if (typeof text !== 'string') {
    throw new SchemaError({ code: 'NOT_JSON', message: `expected text, got ${typeof text}` });
  }
  const bytes = utf8Length(text);
  if (bytes > maxBytes) {
    throw new SchemaError({ code: 'INPUT_TOO_LARGE', message: `expected at most ${maxBytes} bytes, got ${bytes}` });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    // The parser's own message quotes the input, which may be private.
    throw new SchemaError({ code: 'NOT_JSON', message: 'the text is not JSON', cause });
  }
  assertWithin(value, maxDepth, 0);
  if (serialize(value) !== text) {
    throw new SchemaError({
      code: 'NOT_CANONICAL',
      message: 'the text is JSON, but not in the one spelling of RFC 8785',
    });
  }
  return value;
}

/**
 * RFC 8785 is what ECMAScript does already for numbers (3.2.2.3) and strings (3.2.2.2), with members sorted by UTF-16 code
 * units (3.2.3), which is how an array of strings sorts. The infinity that `1e999` parses to comes out as null and so never
 * matches its text. Written here because every transaction does it three times: a pack's record takes 18 µs, and 42 µs in
 * the general package that the tests compare with.
 */
function serialize(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value) text += (text === '' ? '' : ',') + serialize(item);
    return `[${text}]`;
  }
  const members = value as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(members).sort()) {
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${serialize(members[key])}`;
  }
  return `{${text}}`;
}

function assertPlain(value: unknown, path: string, depth: number, ancestors: Set<object>): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (LONE_SURROGATE.test(value)) throw badString(`${path} holds a lone surrogate`);
      return;
    case 'number':
      if (!Number.isFinite(value)) throw notSerializable(path, String(value));
      return;
    case 'object':
      break;
    default:
      throw notSerializable(path, typeof value);
  }
  if (value === null) return;
  if (ancestors.has(value)) throw notSerializable(path, 'a cycle');
  if (depth >= MAX_VALUE_DEPTH) throw tooDeep(MAX_VALUE_DEPTH);
  ancestors.add(value);
  if (Array.isArray(value)) {
    // By index, since iteration methods skip holes.
    for (let index = 0; index < value.length; index++) {
      assertPlain(value[index], `${path}[${index}]`, depth + 1, ancestors);
    }
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) {
      // A Date, a Map or a Uint8Array would be written as something that does not read back as itself. An object of
      // another realm (a worker's, a test sandbox's) is told by its prototype's own prototype.
      if (Object.getPrototypeOf(prototype) !== null) throw notSerializable(path, 'a class instance');
    }
    for (const [key, member] of Object.entries(value)) {
      if (LONE_SURROGATE.test(key)) throw badString(`a member name of ${path} holds a lone surrogate`);
      assertPlain(member, `${path}.${key}`, depth + 1, ancestors);
    }
  }
  ancestors.delete(value);
}

/** What JSON.parse made can only be too deep or hold a bad string. */
function assertWithin(value: unknown, maxDepth: number, depth: number): void {
  if (typeof value === 'string') {
    assertWellFormed(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (depth >= maxDepth) throw tooDeep(maxDepth);
  if (Array.isArray(value)) {
    for (const item of value) assertWithin(item, maxDepth, depth + 1);
    return;
  }
  for (const [key, member] of Object.entries(value)) {
    assertWellFormed(key);
    assertWithin(member, maxDepth, depth + 1);
  }
}

// NUL separates the parts of a composite key on the ledger, so a string that holds one could name another record.
function assertWellFormed(text: string): void {
  if (text.includes('\0')) throw badString('a string holds NUL');
  if (LONE_SURROGATE.test(text)) throw badString('a string holds a lone surrogate');
}

function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) continue;
    // A surrogate pair is two units and four bytes: two a unit. A lone one is replaced by three bytes, but refused later.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}

function badString(message: string): SchemaError {
  return new SchemaError({ code: 'BAD_STRING', message });
}

function tooDeep(maxDepth: number): SchemaError {
  return new SchemaError({ code: 'INPUT_TOO_DEEP', message: `expected at most ${maxDepth} levels of nesting` });
}

function notSerializable(path: string, what: string): SchemaError {
  return new SchemaError({ code: 'NOT_SERIALIZABLE', message: `${path} expected a JSON value, got ${what}` });
}
