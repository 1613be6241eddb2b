import { GatewayError } from '../gateway-error.js';
import type { PageRequest } from './answer.js';
import { parseCursor, type CursorKind } from './cursor.js';

/** Entries on a page where the request names no size. */
export const DEFAULT_PAGE_SIZE = 50;

/** Entries on a page at most: one page is read in one go, so it bounds how long the process is held. */
export const MAX_PAGE_SIZE = 1000;

/** Which way a page is cut from a list, and how much of it. */
export interface PageSize {
  readonly size: number;
  readonly fromEnd: boolean;
}

/** A page request over a list whose entries have ascending numbers. */
export interface PageWindow extends PageSize {
  /** Only entries above this. */
  readonly above: number;
  /** Only entries below this. */
  readonly below: number;
}

/** @throws GatewayError `BAD_REQUEST` for a size outside 1 to `MAX_PAGE_SIZE`, or for both `first` and `last`. */
export function parsePageSize({ first, last }: PageRequest): PageSize {
  if (typeof first === 'number' && typeof last === 'number') {
    throw new GatewayError({ code: 'BAD_REQUEST', message: 'ask for first or last, not both' });
  }
  const size = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (!Number.isSafeInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new GatewayError({ code: 'BAD_REQUEST', message: `a page has 1 to ${MAX_PAGE_SIZE} entries, not ${size}` });
  }
  return { size, fromEnd: typeof last === 'number' };
}

/** @throws GatewayError `BAD_REQUEST` as `parsePageSize` does; `BAD_CURSOR` for a cursor of another kind of list. */
export function parsePageWindow(kind: CursorKind, request: PageRequest): PageWindow {
  const { after, before } = request;
  return {
    ...parsePageSize(request),
    above: typeof after === 'string' ? (parseCursor(kind, after)[0] ?? -1) : -1,
    below: typeof before === 'string' ? (parseCursor(kind, before)[0] ?? Infinity) : Infinity,
  };
}

/** Numbers of a page, ascending, and whether the list goes on around it. */
export interface NumberPage {
  readonly numbers: readonly number[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** The page of a list whose entries are all the numbers from `start` up to, not including, `end`. */
export function denseNumberPage(start: number, end: number, { size, fromEnd, above, below }: PageWindow): NumberPage {
  const low = Math.max(start, above + 1);
  const high = Math.min(end, below);
  const from = fromEnd ? Math.max(low, high - size) : low;
  const to = fromEnd ? high : Math.min(high, low + size);
  const numbers = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  return { numbers, hasNextPage: to < end, hasPreviousPage: from > start };
}
