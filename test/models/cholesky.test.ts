import { describe, expect, it } from "vitest";
import { createRandom } from "../../engine/random.ts";
import { choleskyOf, solveCholesky } from "../../models/cholesky.ts";

describe("Cholesky's factor", () => {
	it("is the known one of a small matrix", () => {
		// [[4, 2], [2, 10]] = [[2, 0], [1, 3]] × its transpose
		expect([...choleskyOf(Float64Array.of(4, 2, 2, 10), 2)]).toEqual([2, 0, 1, 3]);
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
