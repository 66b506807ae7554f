/** The lower factor L of a symmetric positive definite matrix, row-major [n × n]: L Lᵀ = matrix; its upper part is not written. Any other matrix gives NaN. */
export function choleskyOf(matrix: Float64Array, n: number): Float64Array {
	const factor = new Float64Array(n * n);
	for (let row = 0; row < n; row++) {
		for (let column = 0; column <= row; column++) {
			let sum = matrix[row * n + column];
			for (let k = 0; k < column; k++) sum -= factor[row * n + k] * factor[column * n + k];
			factor[row * n + column] = row === column ? Math.sqrt(sum > 0 ? sum : Number.NaN) : sum / factor[column * n + column];
		}
	}
	return factor;
}

/** The x with L Lᵀ x = b. */
export function solveCholesky(factor: Float64Array, b: Float64Array): Float64Array {
	const n = b.length;
	const x = b.slice();
	for (let row = 0; row < n; row++) {
		for (let k = 0; k < row; k++) x[row] -= factor[row * n + k] * x[k];
		x[row] /= factor[row * n + row];
	}
	for (let row = n - 1; row >= 0; row--) {
		for (let k = row + 1; k < n; k++) x[row] -= factor[k * n + row] * x[k];
		x[row] /= factor[row * n + row];
	}
	return x;
}
