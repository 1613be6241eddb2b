/**
 * A smooth curve through a table, with its slope, continued in a straight line beyond both ends.
 *
 * Akima's cubic is local and does not ring at the steps of a graphite curve, while a linear table has jumps of slope that
 * give a least-squares fit many false minima.
 * Source: H. Akima, J. ACM 17 (1970) 589, doi:10.1145/321607.321609; at equal neighbouring slopes the mean is taken.
 */
export class AkimaSpline {
  readonly #x: Float64Array;
  readonly #c0: Float64Array;
  readonly #c1: Float64Array;
  readonly #c2: Float64Array;
  readonly #c3: Float64Array;
  /** For each of equal bins over the range, the segment that holds the bin's lower edge: makes look-up O(1). */
  readonly #bins: Int32Array;
  readonly #binsPerX: number;
  readonly #last: number;

  /**
   * @param x - Abscissae, strictly ascending, at least five.
   * @param y - Ordinates, as many as `x`.
   */
  constructor(x: ArrayLike<number>, y: ArrayLike<number>) {
    const n = x.length;
    if (n < 5 || y.length !== n) throw new RangeError(`a spline needs five or more pairs, got ${n} and ${y.length}`);
    const slope = new Float64Array(n + 3);
    for (let i = 0; i < n - 1; i++) {
      const width = x[i + 1] - x[i];
      if (!(width > 0)) throw new RangeError(`abscissae must ascend, got ${x[i]} then ${x[i + 1]}`);
      slope[i + 2] = (y[i + 1] - y[i]) / width;
    }
    slope[1] = 2 * slope[2] - slope[3];
    slope[0] = 2 * slope[1] - slope[2];
    slope[n + 1] = 2 * slope[n] - slope[n - 1];
    slope[n + 2] = 2 * slope[n + 1] - slope[n];
    const tangent = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      const before = Math.abs(slope[i + 1] - slope[i]);
      const after = Math.abs(slope[i + 3] - slope[i + 2]);
      const total = before + after;
      tangent[i] =
        total > 1e-12 ? (after * slope[i + 1] + before * slope[i + 2]) / total : (slope[i + 1] + slope[i + 2]) / 2;
    }
    this.#x = Float64Array.from(x);
    this.#c0 = Float64Array.from(y);
    this.#c1 = tangent;
    this.#c2 = new Float64Array(n);
    this.#c3 = new Float64Array(n);
    for (let i = 0; i < n - 1; i++) {
      const width = x[i + 1] - x[i];
      this.#c2[i] = (3 * slope[i + 2] - 2 * tangent[i] - tangent[i + 1]) / width;
      this.#c3[i] = (tangent[i] + tangent[i + 1] - 2 * slope[i + 2]) / (width * width);
    }
    this.#last = n - 1;
    const bins = 4 * n;
    this.#binsPerX = bins / (x[n - 1] - x[0]);
    this.#bins = new Int32Array(bins + 1);
    for (let bin = 0, segment = 0; bin <= bins; bin++) {
      const edge = x[0] + bin / this.#binsPerX;
      while (segment < n - 2 && x[segment + 1] <= edge) segment++;
      this.#bins[bin] = segment;
    }
  }

  #segment(at: number): number {
    let segment = this.#bins[Math.floor((at - this.#x[0]) * this.#binsPerX)] ?? this.#last - 1;
    while (segment > 0 && this.#x[segment] > at) segment--;
    while (segment < this.#last - 1 && this.#x[segment + 1] <= at) segment++;
    return segment;
  }

  /** The curve at a point. */
  value(at: number): number {
    const first = this.#x[0];
    if (at <= first) return this.#c0[0] + this.#c1[0] * (at - first);
    const end = this.#x[this.#last];
    if (at >= end) return this.#c0[this.#last] + this.#c1[this.#last] * (at - end);
    const i = this.#segment(at);
    const d = at - this.#x[i];
    return this.#c0[i] + d * (this.#c1[i] + d * (this.#c2[i] + d * this.#c3[i]));
  }

  /** The slope of the curve at a point. */
  slope(at: number): number {
    if (at <= this.#x[0]) return this.#c1[0];
    if (at >= this.#x[this.#last]) return this.#c1[this.#last];
    const i = this.#segment(at);
    const d = at - this.#x[i];
    return this.#c1[i] + d * (2 * this.#c2[i] + 3 * d * this.#c3[i]);
  }
}
