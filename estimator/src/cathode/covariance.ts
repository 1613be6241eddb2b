/**
 * The lower Cholesky factor of a covariance, in place, row-major; with it {@link whiten} turns correlated residuals into
 * independent ones of unit sigma.
 * @throws RangeError when the matrix is not positive definite: a covariance of ours always has its noise on the diagonal.
 */
export function choleskyInPlace(matrix: Float64Array, n: number): Float64Array {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j <= i; j++) {
      const rowJ = j * n;
      let sum = matrix[rowI + j];
      for (let k = 0; k < j; k++) sum -= matrix[rowI + k] * matrix[rowJ + k];
      if (i === j) {
        if (!(sum > 0)) throw new RangeError(`covariance is not positive definite at row ${i}`);
        matrix[rowI + i] = Math.sqrt(sum);
      } else {
        matrix[rowI + j] = sum / matrix[rowJ + j];
      }
    }
  }
  return matrix;
}

/** Solves L y = r in place, for the residuals that begin at `offset`. */
export function whiten(factor: Float64Array, n: number, residuals: Float64Array, offset: number): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let sum = residuals[offset + i];
    for (let k = 0; k < i; k++) sum -= factor[row + k] * residuals[offset + k];
    residuals[offset + i] = sum / factor[row + i];
  }
}
