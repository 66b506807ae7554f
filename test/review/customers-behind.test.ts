import { describe, expect, it } from "vitest";
import { straightLine } from "../../engine/agenda/travel.ts";
import { PHASES } from "../../engine/policy/case.ts";
import { pictureBefore } from "../../engine/policy/past-picture.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { reviewMonth } from "../../engine/review/review.ts";
import type { ReviewCustomer } from "../../engine/review/review-document.ts";
import { type Day, parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { MONTH, POLICY, randomPlans, randomRows, UNTIL } from "./random-month.ts";
import { rowsBefore, slowReview } from "./slow-review.ts";

const dayOf = (row: Row): Day => parseDay(String(row.ordered_on ?? row.contacted_at).slice(0, 10));

/** Of them many floors cost too much, one at just an hour, and one would but for its half an hour. */
const SEEDS = [1, 2, 3, 9, 12, 16];

describe.each(SEEDS)("the customers behind a review's figures, seed %i", (seed) => {
	const rows = randomRows(seed);
	const plans = randomPlans(seed, rows);
	const told = reviewMonth(portfolioOf(rows, POLICY), { month: MONTH, plans, engine: "test" });
	const slow = slowReview(rows, plans);
	const customers = rows.customers ?? [];
	const ids = customers.map((_, i) => i);

	/** All whose weight is not 0, the weightiest twenty by name. */
	const expectBehind = (
		found: { num_customers: number; customers: readonly ReviewCustomer[] },
		values: readonly number[],
		before?: readonly number[],
	): void => {
		const weight = (i: number): number => Math.abs(values[i] - (before?.[i] ?? 0));
		const own = ids.filter((i) => values[i] !== 0 || (before?.[i] ?? 0) !== 0).sort((a, b) => weight(b) - weight(a) || a - b);
		expect(found.num_customers).toBe(own.length);
		expect(found.customers.map((row) => row.customer_id)).toEqual(own.slice(0, 20).map((i) => customers[i].customer_id));
		for (const [nth, i] of own.slice(0, 20).entries()) {
			expect(found.customers[nth].value).toBeCloseTo(values[i], 6);
			expect(found.customers[nth]).toMatchObject({ rep_id: customers[i].rep_id ?? null, name: customers[i].name ?? null });
			if (before) expect(found.customers[nth].before).toBeCloseTo(before[i], 6);
			else expect(found.customers[nth].before).toBeNull();
		}
	};

	it("are of a result those that moved it, by how far", () => {
		for (const result of told.results)
			expectBehind(
				result,
				slow.parts.map((part) => part[result.id]),
				slow.partsBefore.map((part) => part[result.id]),
			);
	});

	it("are of a threshold those that ended the month in its phase, by their sales", () => {
		const stated = { ...POLICY, classes: { window_days: 60 } };
		const policy = validatePolicy(stated);
		const portfolio = portfolioOf(rowsBefore(rows, UNTIL), stated);
		const { phase } = pictureBefore({ portfolio, policy, history: buildHistory(portfolio, UNTIL) }, UNTIL);
		const isSold = (row: Row): boolean => row.status !== "cancelled";
		for (const threshold of reviewMonth(portfolioOf(rows, stated), { month: MONTH, plans, engine: "test" }).thresholds) {
			const rules = policy.phases[threshold.phase as "inactive"];
			expect(threshold).toMatchObject({ ratio: rules.ratio, floor_days: rules.floor_days, ceiling_days: rules.ceiling_days });
			const weights = ids.map((i) => {
				if (PHASES[phase[i]] !== threshold.phase) return 0;
				const own = (rows.orders ?? []).filter((row) => row.customer_id === customers[i].customer_id && isSold(row));
				const days = new Set(own.filter(({ quantity }) => Number(quantity) > 0).map(dayOf));
				const counted = own.filter((row) => days.has(dayOf(row)) && dayOf(row) < UNTIL && dayOf(row) >= UNTIL - policy.classes.window_days);
				const cents = counted.reduce((sum, row) => sum + Math.sign(Number(row.quantity)) * Math.round(100 * Number(row.net_value)), 0);
				return Math.max(1, cents);
			});
			expectBehind(threshold, weights);
		}
	});

	it("are of a rep those whose service is due, by its seconds, and the reps stand with the highest load first", () => {
		for (const rep of told.reps)
			expectBehind(
				rep,
				ids.map((i) => (customers[i].rep_id === rep.rep_id ? slow.due[i] : 0)),
			);
		const loads = told.reps.map(({ load }) => load ?? -1);
		expect(loads).toEqual(loads.toSorted((a, b) => b - a));
		expect(told.working_days_before).toBe(21); // 22 weekdays of September less the 7th
	});

	it("are moved where that gains most distance, one by one, until the portfolio fits", () => {
		const placeOf = (i: number) =>
			customers[i].lat === undefined ? null : { lat: Number(customers[i].lat), lon: Number(customers[i].lon) };
		const middleOf = (rep: string) => {
			const places = ids.filter((i) => customers[i].rep_id === rep).flatMap((i) => placeOf(i) ?? []);
			const mean = (of: (place: (typeof places)[number]) => number): number =>
				places.reduce((sum, place) => sum + of(place), 0) / places.length;
			return { lat: mean(({ lat }) => lat), lon: mean(({ lon }) => lon) };
		};
		const room = new Map(told.reps.map((rep) => [rep.rep_id, rep.shift_seconds * (1 - rep.travel_share)]));
		const due = new Map(told.reps.map((rep) => [rep.rep_id, rep.due_seconds]));
		const loadOf = (rep: string, more = 0): number => ((due.get(rep) ?? 0) + more) / (room.get(rep) ?? 0);
		const moved = new Set<number>();
		const expected: [customer: string, from: string, to: string][] = [];
		for (const from of told.reps.filter((rep) => loadOf(rep.rep_id) > 1)) {
			/** The best move that is left: to a rep of the same team and kind with room, who has not been passed over before. */
			let passed = Number.POSITIVE_INFINITY;
			let count = 0;
			while (loadOf(from.rep_id) > 1 && count < 10) {
				let best = { gain: 0, customer: -1, to: "" };
				for (const i of ids) {
					const place = placeOf(i);
					if (customers[i].rep_id !== from.rep_id || !place || slow.due[i] === 0 || moved.has(i)) continue;
					for (const to of told.reps) {
						if (to === from || to.team_id !== from.team_id || to.kind !== from.kind) continue;
						const gain = straightLine(place, middleOf(from.rep_id)) - straightLine(place, middleOf(to.rep_id));
						if (gain < passed && gain > best.gain) best = { gain, customer: i, to: to.rep_id };
					}
				}
				if (best.customer < 0) break;
				passed = best.gain;
				if (loadOf(best.to, slow.due[best.customer]) > 1) continue;
				moved.add(best.customer);
				count++;
				due.set(from.rep_id, (due.get(from.rep_id) ?? 0) - slow.due[best.customer]);
				due.set(best.to, (due.get(best.to) ?? 0) + slow.due[best.customer]);
				expected.push([String(customers[best.customer].customer_id), from.rep_id, best.to]);
			}
		}
		expect(told.moves.map((move) => [move.customer_id, move.from_rep_id, move.to_rep_id])).toEqual(expected);
		for (const move of told.moves)
			expect(move.due_seconds).toBe(Math.round(slow.due[ids.find((i) => customers[i].customer_id === move.customer_id) ?? -1]));
	});

	it("are of a decision those it was about, by what they bought after it", () => {
		expect(told.overrides.length).toBeGreaterThan(0);
		for (const override of told.overrides) expectBehind(override, slow.boughtAfter(override.decision));
	});

	it("are of a floor those it is for, by the time that their contacts took", () => {
		expect(told.floors).toHaveLength(slow.floors.length);
		for (const [nth, floor] of told.floors.entries()) expectBehind(floor, slow.floors[nth].seconds);
	});
});

describe("the floors of random months", () => {
	it("cost too much and do not, with more customers behind them than are shown, and with fewer", () => {
		const floors = SEEDS.flatMap((seed) => {
			const rows = randomRows(seed);
			return reviewMonth(portfolioOf(rows, POLICY), { month: MONTH, plans: randomPlans(seed, rows), engine: "test" }).floors;
		});
		const dear = floors.filter(({ is_too_dear }) => is_too_dear);
		expect(Math.min(dear.length, floors.length - dear.length)).toBeGreaterThan(5);
		expect(dear.some(({ seconds }) => seconds === 3600)).toBe(true);
		const numMany = floors.filter(({ num_customers }) => num_customers > 20).length;
		expect(Math.min(numMany, floors.length - numMany)).toBeGreaterThan(5);
	});
});
