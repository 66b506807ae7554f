import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { choleskyOf, solveCholesky } from "../../../models/numerics/cholesky.ts";

describe("Cholesky's factor", () => {
	it("is the known one of a small matrix", () => {
		// [[4, 2], [2, 10]] = [[2, 0], [1, 3]] × its transpose
		expect([...choleskyOf(Float64Array.of(4, 2, 2, 10), 2)]).toEqual([2, 0, 1, 3]);
	});

	it("is none for a matrix that is not positive definite", () => {
		// its eigenvalues are 3 and -1; the second one's are 2 and 0
		for (const matrix of [Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1, 1, 1)])
			expect([...solveCholesky(choleskyOf(matrix, 2), Float64Array.of(1, 0))]).toEqual([Number.NaN, Number.NaN]);
	});

	it("solves equations of any size", () => {
		const random = createRandom(5);
		for (const n of [1, 2, 7, 30]) {
			const root = Array.from({ length: n * n }, () => random.normal());
			const matrix = new Float64Array(n * n);
			for (let i = 0; i < n; i++)
				for (let j = 0; j < n; j++) {
					matrix[i * n + j] = i === j ? 1 : 0;
					for (let k = 0; k < n; k++) matrix[i * n + j] += root[i * n + k] * root[j * n + k];
				}
			const x = Float64Array.from({ length: n }, () => random.normal());
			const b = x.map((_, i) => x.reduce((sum, value, j) => sum + matrix[i * n + j] * value, 0));
			const solved = solveCholesky(choleskyOf(matrix, n), b);
			for (let i = 0; i < n; i++) expect(solved[i]).toBeCloseTo(x[i], 8);
		}
	});
});
