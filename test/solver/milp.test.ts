import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../engine/errors.ts";
import { createRandom } from "../../engine/random.ts";
import { type LinearModel, type MilpModel, solveLp, solveMilp } from "../../engine/solver/milp.ts";

/** Choose items of the largest worth, at most `caps[row]` of each row's weight: a knapsack by rows. */
function knapsack(worth: readonly number[], weights: readonly (readonly number[])[], caps: readonly number[]): MilpModel {
	const numCols = worth.length;
	const numRows = caps.length;
	return {
		maximise: true,
		numCols,
		numRows,
		cost: Float64Array.from(worth),
		colLower: new Float64Array(numCols),
		colUpper: new Float64Array(numCols).fill(1),
		rowLower: new Float64Array(numRows).fill(-Infinity),
		rowUpper: Float64Array.from(caps),
		format: "csr",
		starts: Int32Array.from({ length: numRows + 1 }, (_, row) => row * numCols),
		indices: Int32Array.from({ length: numRows * numCols }, (_, k) => k % numCols),
		values: Float64Array.from(weights.flat()),
		isWhole: new Int32Array(numCols).fill(1),
	};
}

function randomKnapsack(seed: number, numCols: number, numRows: number): MilpModel {
	const random = createRandom(seed);
	const weights = Array.from({ length: numRows }, () => Array.from({ length: numCols }, () => 10 + random.below(90)));
	const worth = Array.from({ length: numCols }, (_, col) => Math.round(weights.reduce((sum, row) => sum + row[col], 0) / numRows) + 40);
	return knapsack(
		worth,
		weights,
		weights.map((row) => Math.floor(row.reduce((sum, weight) => sum + weight, 0) / 2)),
	);
}

function bestByTrial({ numCols, numRows, cost, values, rowUpper }: MilpModel): number {
	let best = 0;
	for (let set = 0; set < 2 ** numCols; set++) {
		const taken = (k: number): number => (set >> (k % numCols)) & 1;
		const fits = Array.from({ length: numRows }, (_, row) => row).every((row) => {
			const own = values.subarray(row * numCols, (row + 1) * numCols);
			return own.reduce((sum, weight, col) => sum + weight * taken(col), 0) <= rowUpper[row];
		});
		if (fits)
			best = Math.max(
				best,
				cost.reduce((sum, worth, col) => sum + worth * taken(col), 0),
			);
	}
	return best;
}

/** The same matrix by columns. */
function byColumns<Kind extends LinearModel>(model: Kind): Kind {
	const { numRows, numCols, values } = model;
	return {
		...model,
		format: "csc",
		starts: Int32Array.from({ length: numCols + 1 }, (_, col) => col * numRows),
		indices: Int32Array.from({ length: numRows * numCols }, (_, k) => k % numRows),
		values: Float64Array.from({ length: numRows * numCols }, (_, k) => values[(k % numRows) * numCols + Math.floor(k / numRows)]),
	};
}

describe("solveMilp", () => {
	it("finds the optimum that trying everything finds, by rows and by columns", () => {
		for (let seed = 1; seed <= 20; seed++) {
			const model = randomKnapsack(seed, 10, 3);
			const best = bestByTrial(model);
			for (const form of [model, byColumns(model)]) {
				const { status, objective, bound, values } = solveMilp(form, { absGap: 0.999 });
				expect(status).toBe("optimal");
				expect(objective).toBeCloseTo(best, 6);
				expect(bound).toBeGreaterThanOrEqual(best - 1e-6);
				expect(bound).toBeLessThan(best + 1);
				expect(values?.reduce((sum, taken, col) => sum + taken * model.cost[col], 0)).toBe(best);
			}
		}
	});

	it("stops at its limits with a bound, and gives the same result again", () => {
		const model = randomKnapsack(3, 60, 6);
		for (const limits of [{ nodes: 5 }, { simplexIterations: 300 }]) {
			const first = solveMilp(model, limits);
			expect(first.status).toBe("limit");
			expect(first.bound).toBeGreaterThanOrEqual(first.objective);
			expect(solveMilp(model, limits)).toEqual(first);
		}
		const [little, more] = [300, 3000].map((simplexIterations) => solveMilp(model, { simplexIterations }));
		expect(little.simplexIterations).toBeLessThan(more.simplexIterations);
		expect(more.bound).toBeLessThanOrEqual(little.bound);
	});

	it("starts from a solution given", () => {
		const model = randomKnapsack(3, 60, 6);
		const good = solveMilp(model, { nodes: 200 });
		expect(good.values).not.toBeNull();
		const start = good.values ?? new Float64Array(0);
		const short = { nodes: 0, simplexIterations: 1 };
		expect(solveMilp(model, short).objective).not.toBeGreaterThanOrEqual(good.objective);
		expect(solveMilp(model, { ...short, start }).objective).toBeGreaterThanOrEqual(good.objective);
	});

	it("says infeasible and refuses the unbounded", () => {
		const model = knapsack([1, 1], [[1, 1]], [1]);
		expect(solveMilp({ ...model, rowLower: Float64Array.of(3), rowUpper: Float64Array.of(4) })).toMatchObject({
			status: "infeasible",
			values: null,
		});
		const open = { ...model, rowUpper: Float64Array.of(Infinity), colUpper: new Float64Array(2).fill(Infinity) };
		expect(() => solveMilp(open)).toThrow(CarteiraError);
		expect(solveMilp(knapsack([], [], [3]))).toMatchObject({ status: "optimal", objective: 0 });
		expect(solveMilp({ ...knapsack([], [], [3]), rowLower: Float64Array.of(1) }).status).toBe("infeasible");
	});

	it("frees its memory", () => {
		// A model of 2000 columns holds some hundred kilobytes: 3000 leaked ones would exhaust the wasm's address space or show in the process.
		const model = randomKnapsack(5, 2000, 3);
		const solveMany = (times: number): number => {
			for (let i = 0; i < times; i++) solveLp({ ...model, colUpper: new Float64Array(2000) });
			return process.memoryUsage().rss;
		};
		const before = solveMany(50);
		expect(solveMany(800) - before).toBeLessThan(100e6);
	});
});

describe("solveLp", () => {
	it("gives duals that prove its optimum", () => {
		const model = randomKnapsack(7, 30, 5);
		const { status, objective, duals } = solveLp(model);
		expect(status).toBe("optimal");
		// Weak duality of max c x, A x ≤ b, 0 ≤ x ≤ 1: y b + Σ max(0, c − y A), tight at the optimum.
		const prices = duals ?? new Float64Array(5);
		const reduced = model.cost.map(
			(worth, col) => worth - prices.reduce((sum, price, row) => sum + price * model.values[row * 30 + col], 0),
		);
		const bound =
			prices.reduce((sum, price, row) => sum + price * model.rowUpper[row], 0) +
			reduced.reduce((sum, value) => sum + Math.max(0, value), 0);
		expect(prices.every((price) => price >= -1e-9)).toBe(true);
		expect(bound).toBeCloseTo(objective, 6);
	});

	it("goes on from the basis of a smaller model", () => {
		const whole = byColumns(randomKnapsack(9, 200, 20));
		const numCols = 190;
		const part: LinearModel = {
			...whole,
			numCols,
			cost: whole.cost.subarray(0, numCols),
			colLower: whole.colLower.subarray(0, numCols),
			colUpper: whole.colUpper.subarray(0, numCols),
			starts: whole.starts.subarray(0, numCols + 1),
			indices: whole.indices.subarray(0, numCols * 20),
			values: whole.values.subarray(0, numCols * 20),
		};
		const cold = solveLp(whole);
		const { basis } = solveLp(part);
		const warm = solveLp(whole, { basis: basis ?? undefined });
		expect(warm.objective).toBeCloseTo(cold.objective, 6);
		expect(warm.simplexIterations).toBeLessThan(cold.simplexIterations / 2);
	});

	it("stops at its limit of iterations", () => {
		const model = randomKnapsack(11, 200, 20);
		expect(solveLp(model, { simplexIterations: 3 })).toMatchObject({ status: "limit", values: null });
	});
});
