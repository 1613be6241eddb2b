/**
 * The one rounding rule: the share of an integer quantity that goes with `part` out of `whole`, rounded down; what is lost
 * by rounding stays with the source. Multiplied in BigInt, since milligrams times milligrams pass 2^53.
 * @param part - 0 to `whole`, in the unit of `whole`.
 * @throws RangeError when `part` lies outside 0 to `whole`, or the whole is zero.
 */
export function proportion(quantity: number, part: number, whole: number): number {
  if (part < 0 || part > whole || whole === 0) throw new RangeError(`expected a part of ${whole}, got ${part}`);
  return Number((BigInt(quantity) * BigInt(part)) / BigInt(whole));
}
