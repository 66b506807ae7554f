import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { foldOccasions, judgedOccasion } from "../../../benchmarks/learning/basket-occasions.ts";
import { type BasketSplit, readDunnhumby, readTaFeng } from "../../../benchmarks/learning/basket-split.ts";
import { judgeRankings } from "../../../benchmarks/learning/mix-figures.ts";
import { parseMixOptions } from "../../../benchmarks/learning/mix-options.ts";
import { basketsOf, type MixTrial, targetsOf } from "../../../benchmarks/learning/mix-trial.ts";
import { readTrials } from "../../../benchmarks/learning/mix-trials.ts";
import { CarteiraError } from "../../../engine/errors.ts";
import { toyBaskets } from "./toy-baskets.ts";

const root = join(import.meta.dirname, "../../..");
let scratch: string;
beforeAll(() => {
	scratch = mkdtempSync(join(tmpdir(), "carteira-mix-test-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function fileOf(name: string, json: unknown): string {
	const path = join(scratch, name);
	writeFileSync(path, JSON.stringify(json));
	return path;
}

describe("baskets without dates", () => {
	it("of Ta-Feng are split by a seed, and never show the basket that is to be foretold", () => {
		const path = fileOf("split.json", { baskets: toyBaskets(50), held_out_users: ["3", "4"] });
		const [one, again, other] = [1, 1, 2].map((seed) => readTaFeng(path, { seed }));
		expect(one).toEqual(again);
		expect(other.judged).not.toEqual(one.judged);
		expect([one.train.length, one.judged.length]).toEqual([38, 10]); // 48 users that may be seen, a fifth of them judges
	});

	it("are complete where the held-out users are to judge", () => {
		const baskets = toyBaskets(9);
		const { train, judged } = readTaFeng(fileOf("complete.json", { baskets, held_out_users: ["3"] }), { isComplete: true });
		expect(train.length).toBe(8);
		expect(judged).toEqual([{ baskets: baskets["3"].slice(0, -1), target: baskets["3"].at(-1) }]);
	});

	it("of Dunnhumby are read part by part", () => {
		const path = fileOf("dc.json", { train: { a: [[1], [2]] }, validate: { b: [[3], [4]] }, test: { c: [[5], [6]] } });
		expect(readDunnhumby(path, "validate")).toEqual({ numProducts: 5, train: [[[1], [2]]], judged: [{ baskets: [[3]], target: [4] }] });
		expect(readDunnhumby(path, "test").train).toEqual([
			[[1], [2]],
			[[3], [4]],
		]);
	});

	it.each([
		["absent", () => join(scratch, "nowhere.json"), "NOT_FOUND", /nowhere\.json cannot be read/],
		[
			"of another shape",
			() => fileOf("odd.json", { baskets: { a: [["x"]] }, held_out_users: [] }),
			"INVALID_INPUT",
			/at \/baskets\/a\/0\/0/,
		],
	])("are refused where the file is %s", (_, path, code, message) => {
		let refusal: unknown;
		try {
			readTaFeng(path());
		} catch (error) {
			refusal = error;
		}
		if (!(refusal instanceof CarteiraError)) throw new Error("expected a refusal");
		expect([refusal.code, refusal.message]).toEqual([code, expect.stringMatching(message)]);
	});

	it("lie a week apart, the last known one of every user at the end; users to learn from lack theirs in one fold", () => {
		const split: BasketSplit = {
			numProducts: 4,
			train: [
				[[0], [1]],
				[[2], [3], [1]],
			],
			judged: [{ baskets: [[0], [2, 3]], target: [1] }],
		};
		const judged = judgedOccasion(split);
		expect([basketsOf(judged, 0), [...judged.basketOf(0)]]).toEqual([[[0], [2, 3]], [1]]);
		const lastDays = [0, 1, 2].map((c) => judged.past.eventDay[judged.past.eventStart[c + 1] - 1]);
		expect(lastDays).toEqual(Array.from({ length: 3 }, () => judged.past.before - 7));
		const [first, second] = foldOccasions(split);
		expect([first.customers, basketsOf(first, 0), [...first.basketOf(0)]]).toEqual([[0], [[0]], [1]]);
		expect([basketsOf(second, 0), [...second.basketOf(0)]]).toEqual([[[2], [3]], [1]]);
		expect(basketsOf(second, 1)).toEqual([[0], [1]]); // the others keep their last basket
	});
});

describe("figures of a ranking", () => {
	it("count products that count only, and never-bought ones apart", () => {
		const split: BasketSplit = { numProducts: 5, train: [], judged: [{ baskets: [[0], [0, 1]], target: [0, 2, 4] }] };
		const trial: MixTrial = {
			name: "toy",
			training: [],
			judged: judgedOccasion(split),
			isEligible: (product) => product < 4,
			idealOverAll: false,
		};
		const targets = targetsOf(trial);
		expect(targets.map(({ all, open }) => [[...all], [...open]])).toEqual([[[0, 2], [2]]]);
		const figures = judgeRankings(trial, targets, { top: () => [1, 0], open: () => [3, 2] });
		// One of two found, at the second place: (1 / log2 3) / (1 + 1 / log2 3).
		const second = 1 / Math.log2(3);
		expect(figures).toEqual({ recall: 0.5, gain: second / (1 + second), openRecall: 1 });
	});
});

describe("the lane", () => {
	const run = (...words: string[]) =>
		spawnSync(process.execPath, ["benchmarks/learning/mix.ts", ...words], { cwd: root, encoding: "utf8" });
	const toy = (): string => fileOf("toy.json", { baskets: toyBaskets(120), held_out_users: ["1"] });

	it("prints our figures alone where there are no peers", () => {
		const [line] = run("--set", "ta-feng", "--file", toy(), "--peers", "none", "--json")
			.stdout.trim()
			.split("\n")
			.map((text) => JSON.parse(text));
		expect(line).toMatchObject({ trial: "ta-feng", model: "ours", numCustomers: 24 });
		// Each likes at most 5 of 30 products and takes half of them: ten guesses by habit find most, chance a third.
		expect(line.recall).toBeGreaterThan(0.5);
		expect(line.calibration).toBeLessThan(0.1);
	});

	it.each([
		[["--set", "movies"], "--set is movies; expected one of ta-feng, dunnhumby"],
		[["--set", "dunnhumby", "--peers", "gru"], "--peers names gru; expected none or some of personal-top"],
		[["--set", "dunnhumby", "--seed", "x"], '--seed holds "x"; expected a whole number'],
	])("says what it cannot use of %j", (words, message) => {
		expect(() => parseMixOptions(words)).toThrow(message);
	});

	it("needs a file that is there", async () => {
		const options = { file: null, cutoffs: [], seed: 1, heldOut: false };
		await expect(readTrials({ ...options, set: "portfolio" })).rejects.toThrow("expected a portfolio folder");
		await expect(readTrials({ ...options, set: "dunnhumby", file: "nowhere" })).rejects.toThrow("nowhere is absent");
	});
});
