import { compareUtf8 } from './utf8-order.js';

/** New keys wait unsorted up to this many; a range walk looks through them all. */
const WAITING_LIMIT = 2_000;

/** A growing set of keys that can be walked by range, in the order of their UTF-8 bytes. Keys are never taken out. */
export class SortedKeys {
  #sorted: string[] = [];
  #waiting: string[] = [];

  /** Adds a key that is not there yet. */
  add(key: string): void {
    this.#waiting.push(key);
  }

  /**
   * Keys from `start` on, before `end`, in order.
   * @param end - Null for no end.
   * @param endIncluded - Whether `end` itself belongs to the range.
   */
  range(start: string, end: string | null, endIncluded: boolean): string[] {
    if (this.#waiting.length > WAITING_LIMIT) this.#merge();
    const inside = (key: string): boolean => {
      if (compareUtf8(key, start) < 0) return false;
      if (end === null) return true;
      const order = compareUtf8(key, end);
      return order < 0 || (endIncluded && order === 0);
    };
    const found = this.#waiting.filter(inside);
    for (let index = this.#lowerBound(start); index < this.#sorted.length; index += 1) {
      const key = this.#sorted[index];
      if (key === undefined || !inside(key)) break;
      found.push(key);
    }
    return found.sort(compareUtf8);
  }

  #merge(): void {
    // Two sorted runs: the engine's merge sort joins them in linear time.
    this.#sorted = this.#sorted.concat(this.#waiting.sort(compareUtf8)).sort(compareUtf8);
    this.#waiting = [];
  }

  #lowerBound(start: string): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const key = this.#sorted[middle];
      if (key !== undefined && compareUtf8(key, start) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
