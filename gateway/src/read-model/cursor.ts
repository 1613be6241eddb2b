import { GatewayError } from '../gateway-error.js';

/** What a cursor counts: a cursor of one kind of list is refused by another. */
export type CursorKind = 'record' | 'id' | 'version' | 'transaction' | 'block' | 'lineage';

/** A place in a list, spelled so that nobody is tempted to compute with it. */
export function toCursor(kind: CursorKind, ...position: readonly (number | string)[]): string {
  return Buffer.from(`${kind}:${position.join(',')}`).toString('base64url');
}

/**
 * Reads a cursor of one kind back, as text.
 * @throws GatewayError `BAD_CURSOR`
 */
export function parseTextCursor(kind: CursorKind, cursor: string): string {
  const text = cursor.length <= 1024 ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  // Spelled again and compared, since base64url is read laxly.
  if (!text.startsWith(`${kind}:`) || Buffer.from(text).toString('base64url') !== cursor) {
    throw new GatewayError({ code: 'BAD_CURSOR', message: `expected a cursor of this list (${kind})` });
  }
  return text.slice(kind.length + 1);
}

/**
 * Reads a cursor of one kind back, as its numbers.
 * @param length - How many numbers there must be.
 * @throws GatewayError `BAD_CURSOR`
 */
export function parseCursor(kind: CursorKind, cursor: string, length = 1): number[] {
  const parts = parseTextCursor(kind, cursor).split(',');
  const numbers = parts.map(Number);
  if (parts.length !== length || !parts.every((part) => /^(0|[1-9][0-9]{0,14})$/.test(part))) {
    throw new GatewayError({ code: 'BAD_CURSOR', message: `expected a cursor of this list (${kind})` });
  }
  return numbers;
}
