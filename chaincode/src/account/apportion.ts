/**
 * Shares a total among weights so that the shares add up to it exactly: each rounded down, and what rounding leaves goes one
 * by one to the largest fractions. A share never exceeds its weight where the total does not exceed the weights' sum.
 * @param weights - 0 and up, with a sum above zero unless the total is zero.
 * @throws RangeError when there is something to share and nothing to share it by.
 */
export function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((whole, weight) => whole + BigInt(weight), 0n);
  if (sum === 0n) {
    if (total !== 0) throw new RangeError(`expected weights above zero to share ${total}`);
    return weights.map(() => 0);
  }
  const shares = weights.map((weight, index) => {
    const product = BigInt(total) * BigInt(weight);
    return { index, share: product / sum, fraction: product % sum };
  });
  let left = BigInt(total) - shares.reduce((whole, { share }) => whole + share, 0n);
  for (const share of [...shares].sort(byFraction)) {
    if (left === 0n) break;
    share.share += 1n;
    left -= 1n;
  }
  return shares.map(({ share }) => Number(share));
}

function byFraction(one: { index: number; fraction: bigint }, other: { index: number; fraction: bigint }): number {
  if (one.fraction !== other.fraction) return one.fraction > other.fraction ? -1 : 1;
  return one.index - other.index;
}
