import type { NumberPage, PageWindow } from './page-window.js';
import type { PendingWrites, StoreReader } from './pending-writes.js';
import { postingDirectoryKey, postingPageKey } from './store-key.js';

/*
 * A posting list is the set of ordinals of the records that share something: a type, a holder, a state. It is kept as
 * Roaring bitmaps are (Lemire et al., "Consistently faster and smaller compressed bitmaps with Roaring", 2016): the
 * ordinals' low bits in pages, and one directory of the pages that are not empty with their counts. So a record leaves
 * a list as cheaply as it enters, the count is exact, and any page of answers is cut with two or three point reads.
 */

// At a million records a full directory is 4 kB and a full page 4 kB: what one more entry costs to write at most.
const BUCKET_BITS = 11;
const BUCKET_SIZE = 1 << BUCKET_BITS;
const BUCKET_MASK = BUCKET_SIZE - 1;

interface DirectoryEntry {
  readonly bucket: number;
  count: number;
}

/** Changes posting lists within one block; each list is read once and written once. */
export class PostingWriter {
  readonly #writes: PendingWrites;
  readonly #lists = new Map<string, OpenList>();

  constructor(writes: PendingWrites) {
    this.#writes = writes;
  }

  add(list: string, ordinal: number): void {
    this.#open(list).add(ordinal);
  }

  remove(list: string, ordinal: number): void {
    this.#open(list).remove(ordinal);
  }

  /** Puts every list that changed among the pending writes. */
  flush(): void {
    for (const list of this.#lists.values()) list.flush(this.#writes);
    this.#lists.clear();
  }

  #open(list: string): OpenList {
    let open = this.#lists.get(list);
    if (open === undefined) {
      open = new OpenList(list, this.#writes);
      this.#lists.set(list, open);
    }
    return open;
  }
}

class OpenList {
  readonly #list: string;
  readonly #store: StoreReader;
  readonly #directory: DirectoryEntry[];
  readonly #pages = new Map<number, number[]>();

  constructor(list: string, store: StoreReader) {
    this.#list = list;
    this.#store = store;
    this.#directory = readDirectory(store, list);
  }

  add(ordinal: number): void {
    const bucket = ordinal >>> BUCKET_BITS;
    const page = this.#page(bucket);
    const low = ordinal & BUCKET_MASK;
    const at = lowerBound(page, low);
    if (page[at] === low) return;
    page.splice(at, 0, low);
    const place = lowerBound(this.#directory, bucket, bucketOf);
    const entry = this.#directory[place];
    if (entry?.bucket === bucket) entry.count += 1;
    else this.#directory.splice(place, 0, { bucket, count: 1 });
  }

  remove(ordinal: number): void {
    const bucket = ordinal >>> BUCKET_BITS;
    const page = this.#page(bucket);
    const low = ordinal & BUCKET_MASK;
    const at = lowerBound(page, low);
    if (page[at] !== low) return;
    page.splice(at, 1);
    const place = lowerBound(this.#directory, bucket, bucketOf);
    const entry = this.#directory[place];
    if (entry?.bucket !== bucket) return;
    entry.count -= 1;
    if (entry.count === 0) this.#directory.splice(place, 1);
  }

  flush(writes: PendingWrites): void {
    for (const [bucket, page] of this.#pages) {
      const key = postingPageKey(this.#list, bucket);
      if (page.length === 0) writes.del(key);
      else writes.put(key, encodePage(page));
    }
    const key = postingDirectoryKey(this.#list);
    if (this.#directory.length === 0) writes.del(key);
    else writes.put(key, encodeDirectory(this.#directory));
  }

  #page(bucket: number): number[] {
    let page = this.#pages.get(bucket);
    if (page === undefined) {
      page = readPage(this.#store, this.#list, bucket);
      this.#pages.set(bucket, page);
    }
    return page;
  }
}

/** How many records a posting list holds. */
export function postingCount(store: StoreReader, list: string): number {
  return readDirectory(store, list).reduce((sum, { count }) => sum + count, 0);
}

/** One page of a posting list, in the order in which the records were made. */
export function postingPage(
  store: StoreReader,
  list: string,
  { size, fromEnd, above, below }: PageWindow,
): NumberPage & { readonly totalCount: number } {
  const directory = readDirectory(store, list);
  const numbers: number[] = [];
  const inWindow = directory.filter(
    ({ bucket }) => (bucket + 1) * BUCKET_SIZE > above + 1 && bucket * BUCKET_SIZE < below,
  );
  // One more than asked for tells whether the list goes on.
  for (const { bucket } of fromEnd ? inWindow.reverse() : inWindow) {
    const ordinals = readPage(store, list, bucket)
      .map((low) => bucket * BUCKET_SIZE + low)
      .filter((ordinal) => ordinal > above && ordinal < below);
    numbers.push(...(fromEnd ? ordinals.reverse() : ordinals));
    if (numbers.length > size) break;
  }
  const goesOn = numbers.length > size;
  numbers.length = Math.min(numbers.length, size);
  if (fromEnd) numbers.reverse();
  const isAnyAtMost = above >= 0 && firstOrdinal(store, list, directory) <= above;
  const isAnyAtLeast = below < Infinity && lastOrdinal(store, list, directory) >= below;
  return {
    numbers,
    hasNextPage: fromEnd ? isAnyAtLeast : goesOn || isAnyAtLeast,
    hasPreviousPage: fromEnd ? goesOn || isAnyAtMost : isAnyAtMost,
    totalCount: directory.reduce((sum, { count }) => sum + count, 0),
  };
}

function firstOrdinal(store: StoreReader, list: string, directory: readonly DirectoryEntry[]): number {
  const bucket = directory[0]?.bucket;
  if (bucket === undefined) return Infinity;
  return bucket * BUCKET_SIZE + (readPage(store, list, bucket)[0] ?? 0);
}

function lastOrdinal(store: StoreReader, list: string, directory: readonly DirectoryEntry[]): number {
  const bucket = directory.at(-1)?.bucket;
  if (bucket === undefined) return -1;
  return bucket * BUCKET_SIZE + (readPage(store, list, bucket).at(-1) ?? 0);
}

function readDirectory(store: StoreReader, list: string): DirectoryEntry[] {
  const bytes = store.bytes(postingDirectoryKey(list));
  if (bytes === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength >>> 3 }, (_, index) => ({
    bucket: view.getUint32(index * 8, true),
    count: view.getUint32(index * 8 + 4, true),
  }));
}

function encodeDirectory(directory: readonly DirectoryEntry[]): Uint8Array {
  const bytes = new Uint8Array(directory.length * 8);
  const view = new DataView(bytes.buffer);
  directory.forEach(({ bucket, count }, index) => {
    view.setUint32(index * 8, bucket, true);
    view.setUint32(index * 8 + 4, count, true);
  });
  return bytes;
}

function readPage(store: StoreReader, list: string, bucket: number): number[] {
  const bytes = store.bytes(postingPageKey(list, bucket));
  if (bytes === undefined) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength >>> 1 }, (_, index) => view.getUint16(index * 2, true));
}

function encodePage(page: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(page.length * 2);
  const view = new DataView(bytes.buffer);
  page.forEach((low, index) => view.setUint16(index * 2, low, true));
  return bytes;
}

function bucketOf({ bucket }: DirectoryEntry): number {
  return bucket;
}

function lowerBound(numbers: readonly number[], wanted: number): number;
function lowerBound<T>(items: readonly T[], wanted: number, numberOf: (item: T) => number): number;
function lowerBound<T>(
  items: readonly T[],
  wanted: number,
  numberOf: (item: T) => number = (item) => item as number,
): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numberOf(items[middle] as T) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
