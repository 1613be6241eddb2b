/**
 * The standard normal quantile, to a relative 1.2e-9.
 * Source: P. J. Acklam (2003), an algorithm for computing the inverse normal cumulative distribution function.
 */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1)) throw new RangeError(`probability must lie in (0, 1), got ${probability}`);
  const tail = 0.02425;
  if (probability < tail) return -upperTail(probability);
  if (probability > 1 - tail) return upperTail(1 - probability);
  const q = probability - 0.5;
  const r = q * q;
  return (
    ((((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
      q) /
    (((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
      1.328068155288572e1) *
      r +
      1)
  );
}

function upperTail(probability: number): number {
  const q = Math.sqrt(-2 * Math.log(probability));
  return -(
    (((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
      2.938163982698783) /
    ((((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
  );
}

const PRIMES = [2, 3, 5, 7, 11, 13];

/** One coordinate of a Halton sequence in (0, 1). */
function radicalInverse(index: number, base: number): number {
  let result = 0;
  let digit = 1 / base;
  for (let i = index; i > 0; i = Math.floor(i / base)) {
    result += (i % base) * digit;
    digit /= base;
  }
  return result;
}

/**
 * Points of a standard normal cloud from a Halton sequence: even, and the same every time, since an estimate must come out
 * byte for byte again.
 * @param dimensions - 1 to 6.
 * @returns Row-major, shape [count × dimensions].
 * Source: J. Halton, Numer. Math. 2 (1960) 84, doi:10.1007/BF01386213.
 */
export function normalCloud(count: number, dimensions: number): Float64Array {
  if (dimensions < 1 || dimensions > PRIMES.length) throw new RangeError(`1 to 6 dimensions, got ${dimensions}`);
  const cloud = new Float64Array(count * dimensions);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < dimensions; j++) cloud[i * dimensions + j] = normalQuantile(radicalInverse(i + 1, PRIMES[j]));
  return cloud;
}
