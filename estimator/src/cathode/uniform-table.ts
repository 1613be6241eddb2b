/** A piecewise straight line over equally spaced knots, level beyond both ends. */
export class UniformTable {
  readonly from: number;
  readonly to: number;
  readonly values: Float64Array;

  /** @param values - Ordinates at the knots, two or more; kept, not copied, so that a fit may move them. */
  constructor(from: number, to: number, values: Float64Array) {
    if (values.length < 2 || !(to > from))
      throw new RangeError(`a table needs two knots over a range, got ${from} to ${to}`);
    this.from = from;
    this.to = to;
    this.values = values;
  }

  /** The line at a point. */
  at(x: number): number {
    const last = this.values.length - 1;
    const place = ((x - this.from) / (this.to - this.from)) * last;
    if (!(place > 0)) return this.values[0];
    if (place >= last) return this.values[last];
    const i = Math.floor(place);
    return this.values[i] + (place - i) * (this.values[i + 1] - this.values[i]);
  }
}
