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
import { FROM, MONTH, POLICY, randomPlans, randomRows, UNTIL } from "./random-month.ts";
import { rowsBefore, slowReview } from "./slow-review.ts";

const dayOf = (row: Row): Day => parseDay(String(row.ordered_on ?? row.contacted_at).slice(0, 10));

describe.each([1, 2, 3])("the customers behind a review's figures, seed %i", (seed) => {
	const rows = randomRows(seed);
	const plans = randomPlans(seed, rows);
	const told = reviewMonth(portfolioOf(rows, POLICY), { month: MONTH, plans, engine: "test" });
	const slow = slowReview(rows, plans);
	const customers = rows.customers ?? [];
	const ids = customers.map((_, i) => i);

	/** All whose weight is not 0, the weightiest twenty by name. */
	const expectBehind = (found: { num_customers: number; customers: readonly ReviewCustomer[] }, weights: readonly number[]): void => {
		const own = ids.filter((i) => weights[i] !== 0).sort((a, b) => Math.abs(weights[b]) - Math.abs(weights[a]) || a - b);
		expect(found.num_customers).toBe(own.length);
		expect(found.customers.map((row) => row.customer_id)).toEqual(own.slice(0, 20).map((i) => customers[i].customer_id));
		for (const [nth, i] of own.slice(0, 20).entries()) {
			expect(found.customers[nth].value).toBeCloseTo(weights[i], 6);
			expect(found.customers[nth].rep_id).toBe(customers[i].rep_id ?? null);
		}
	};

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

	it("are of a floor those it is for whose contacts took time", () => {
		for (const [nth, floor] of told.floors.entries()) {
			expect(floor.customers.length).toBe(Math.min(20, floor.num_customers));
			if (floor.num_customers <= 20)
				expect(floor.customers.reduce((sum, row) => sum + row.value, 0)).toBeCloseTo(slow.floors[nth].own.seconds, 6);
			const contacted = new Set(
				(rows.contacts ?? [])
					.filter((row) => dayOf(row) >= FROM && dayOf(row) < UNTIL && row.outcome !== "cancelled" && row.direction !== "inbound")
					.map((row) => row.customer_id),
			);
			for (const row of floor.customers) expect(contacted.has(row.customer_id)).toBe(true);
		}
	});
});
