import { describe, expect, it } from "vitest";
import { PHASES } from "../../engine/policy/case.ts";
import { straightLine } from "../../engine/agenda/travel.ts";
import { reviewMonth } from "../../engine/review/review.ts";
import { DECISIONS, type ReviewDocument, reviewDocument } from "../../engine/review/review-document.ts";
import { formatDay, parseDay } from "../../engine/units.ts";
import { portfolioOf, type Rows } from "../check/tables.ts";
import { FROM, MONTH, POLICY, randomPlans, randomRows, UNTIL } from "./random-month.ts";
import { rowsBefore, slowReview } from "./slow-review.ts";

const SEEDS = [1, 2, 3, 12, 16];
const review = (rows: Rows, plans = randomPlans(1, rows)): ReviewDocument =>
	reviewMonth(portfolioOf(rows, POLICY), { month: MONTH, plans, engine: "test" });

describe.each(SEEDS)("the review of a random month, seed %i", (seed) => {
	const rows = randomRows(seed);
	const plans = randomPlans(seed, rows);
	const told = review(rows, plans);
	const slow = slowReview(rows, plans);

	it("is as its schema says", () => {
		expect(reviewDocument.safeParse(told).error).toBeUndefined();
		expect(told).toMatchObject({ month: MONTH, from: "2026-10-01", to: "2026-10-31", currency: "BRL", language: "pt-BR" });
		expect([told.working_days, told.working_days_before]).toEqual([21, 21]); // 22 weekdays less 12 October, and less 7 September
		expect(told.receipt).toEqual({ engine: "test", inputs_digest: "0123456789abcdef", plans: ["first", "revised", "second"] });
		expect(told.warnings).toEqual([]);
		const units = { revenue: "cents", margin: "cents", reached: "contacts" };
		for (const { id, unit } of told.results) expect(unit).toBe(units[id as keyof typeof units] ?? "customers");
		expect(told.floors.map(({ phase, class: cls }) => [phase, cls])).toEqual(
			POLICY.floors.map((floor) => [floor.phase ?? null, floor.class ?? null]),
		);
		for (const { rep_id, name, team_id, kind } of told.reps) {
			const row = (rows.reps ?? []).find((rep) => rep.rep_id === rep_id);
			expect([name, team_id, kind]).toEqual([row?.name ?? null, row?.team_id, row?.kind]);
		}
		for (const { customer_id, name } of told.moves)
			expect(name).toBe((rows.customers ?? []).find((row) => row.customer_id === customer_id)?.name ?? null);
	});

	it("tells the results of the month and of the one before as counting customer by customer does", () => {
		expect(Object.fromEntries(told.results.map(({ id, value }) => [id, value]))).toEqual(slow.now);
		expect(Object.fromEntries(told.results.map(({ id, before }) => [id, before]))).toEqual(slow.before);
		for (const { id, unit, value, before, change, verdict } of told.results) {
			// Money and contacts a working day.
			const times = unit === "customers" ? value / before : value / told.working_days / (before / told.working_days_before);
			if (before > 0) expect(change).toBeCloseTo(times - 1, 9);
			else expect(change).toBeNull();
			const moved = before > 0 ? times - 1 : Math.sign(value - before);
			const gain = id === "lost" || id === "disrupted" ? -moved : moved;
			expect(verdict).toBe(Math.abs(moved) <= 0.02 ? "same" : gain > 0 ? "better" : "worse");
		}
		for (const { value, before, customers, num_customers } of told.results) {
			expect(customers.length).toBe(Math.min(20, num_customers));
			if (num_customers > 20) continue;
			expect(customers.reduce((sum, customer) => sum + customer.value, 0)).toBeCloseTo(value, 6);
			expect(customers.reduce((sum, customer) => sum + (customer.before ?? 0), 0)).toBeCloseTo(before, 6);
		}
	});

	it("compares the phases on both sides of each threshold as counting months does", () => {
		for (const { phase, nearer_phase, nearer, deeper, difference } of told.thresholds) {
			expect({ num: nearer.num, ordered: nearer.ordered }).toEqual(slow.rates[nearer_phase]);
			expect({ num: deeper.num, ordered: deeper.ordered }).toEqual(slow.rates[phase]);
			if (difference !== null) expect(difference).toBeCloseTo(nearer.ordered / nearer.num - deeper.ordered / deeper.num, 9);
		}
		for (const { phase, nearer_phase, nearer, deeper, lower, upper, separates } of told.thresholds) {
			if (nearer.num < 30 || deeper.num < 30) {
				expect([lower, upper, separates]).toEqual([null, null, null]);
				continue;
			}
			const [plain, kept] = [1, 0.8].map((weight) => slow.contrastOf(nearer_phase, phase, weight));
			expect(lower).toBeCloseTo(plain.mean - 1.96 * plain.error, 4);
			expect(upper).toBeCloseTo(plain.mean + 1.96 * plain.error, 4);
			const isClear = Math.abs(kept.mean) > 1.96 * kept.error;
			expect(separates).toBe(isClear ? kept.mean > 0 : null);
		}
	});

	it("adds up what each portfolio asks for, over the shifts of the month less travel", () => {
		const customers = rows.customers ?? [];
		expect(told.reps.map(({ rep_id }) => rep_id).sort()).toEqual(["R0", "R1", "R2", "R3"]);
		for (const { rep_id, due_seconds, shift_seconds, travel_share, load, is_too_big } of told.reps) {
			const due = customers.reduce((sum, { rep_id: owner }, i) => sum + (owner === rep_id ? slow.due[i] : 0), 0);
			expect(due_seconds).toBe(Math.round(due));
			expect(shift_seconds).toBe((rep_id === "R1" ? 16 : 21) * 4 * 3600); // R1 is absent for five days
			const inForce = new Map(
				plans
					.slice(0, 3)
					.flatMap((plan) =>
						plan.reps.filter((rep) => rep.rep_id === rep_id).flatMap(({ days }) => days.map((day) => [day.date, day] as const)),
					),
			);
			const days = [...inForce.values()].filter(({ date }) => date >= formatDay(FROM));
			const road = days.reduce((sum, { travel_seconds }) => sum + travel_seconds, 0) / (days.length * 3.5 * 3600);
			expect(travel_share).toBeCloseTo(road, 9);
			expect(load).toBeCloseTo(due / (shift_seconds * (1 - road)), 9);
			expect(is_too_big).toBe((load ?? 0) > 1);
		}
	});

	it("asks of inside reps the contacts that they can make", () => {
		const inside = { ...rows, reps: rows.reps?.map((rep) => (rep.rep_id === "R2" ? { ...rep, kind: "inside" } : rep)) ?? [] };
		const { due } = slowReview(inside, plans);
		const own = (rows.customers ?? []).reduce((sum, { rep_id }, i) => sum + (rep_id === "R2" ? due[i] : 0), 0);
		const dueIn = ({ reps }: ReviewDocument) => reps.find(({ rep_id }) => rep_id === "R2")?.due_seconds;
		expect(dueIn(review(inside, plans))).toBe(Math.round(own));
		expect(own).toBeLessThan(dueIn(told) ?? 0);
	});

	it("measures each floor beside all other contacts", () => {
		told.floors.forEach((floor, i) => {
			const { own, others } = slow.floors[i];
			expect([floor.num_contacts, floor.seconds, floor.margin_cents]).toEqual([own.num, own.seconds, own.margin]);
			const hourly = ({ margin, seconds }: typeof own): number | null => (seconds > 0 ? (3600 * margin) / seconds : null);
			const expectRate = (found: number | null, rate: number | null): void =>
				rate === null ? expect(found).toBeNull() : expect(found).toBeCloseTo(rate, 6);
			expectRate(floor.others_cents_an_hour, hourly(others));
			expectRate(floor.margin_cents_an_hour, hourly(own));
			expect(floor.is_too_dear).toBe(own.seconds >= 3600 && own.margin / own.seconds < (0.5 * others.margin) / others.seconds);
			expect(floor.cost_cents).toBe(
				others.seconds > 0 ? Math.max(0, Math.round((others.margin * own.seconds) / others.seconds - own.margin)) : 0,
			);
		});
		// "first" (in force by its revision) and "second" have four days each; two of the first's lie before the month.
		const priceOf = (id: string): number =>
			plans.find(({ plan_id }) => plan_id === id)?.reps.reduce((sum, { floor_cents }) => sum + floor_cents, 0) ?? 0;
		expect(told.floor_price_cents).toBe(Math.round(priceOf("revised") / 2 + priceOf("second")));
	});

	it("shows what reps decided only with its result, and nothing of RCAs", () => {
		expect(told.overrides.map(({ decision }) => decision)).toEqual(DECISIONS);
		for (const { decision, num_over, num_open, reached, ordered, value_cents, reasons, ...shares } of told.overrides) {
			expect(reasons.map(({ reason }) => reason)).toEqual(
				reasons.toSorted((a, b) => b.num - a.num || (a.reason < b.reason ? -1 : 1)).map(({ reason }) => reason),
			);
			const listed = Object.fromEntries(reasons.map(({ reason, num, ordered: some }) => [reason, [num, some]]));
			expect({ num_over, num_open, reached, ordered, value_cents, reasons: listed }).toEqual(slow.outcomeOf(decision));
			expect(shares.ordered_share).toBe(num_over > 0 ? ordered / num_over : null);
			expect(shares.value_cents_each).toBe(num_over > 0 ? value_cents / num_over : null);
		}
		expect(told.num_rca_left_out).toBe(1);
		const sums = told.overrides.map(({ num_over, num_open }) => num_over + num_open);
		expect(Math.min(...sums)).toBeGreaterThan(0);
	});

	it("shows no result of decisions whose days the orders at hand do not reach", () => {
		const early = review({ ...rows, orders: rows.orders?.filter(({ ordered_on }) => String(ordered_on) < "2026-10-10") ?? [] }, plans);
		expect(early.warnings.map(({ code }) => code)).toContain("ORDERS_END_EARLY");
		const numOf = ({ overrides }: ReviewDocument) => overrides.map(({ num_over, num_open }) => num_over + num_open);
		expect(numOf(early)).toEqual(numOf(told));
		expect(early.overrides.map(({ num_over, ordered, ordered_share }) => [num_over, ordered, ordered_share])).toEqual(
			DECISIONS.map(() => [0, 0, null]),
		);
	});

	it("moves customers from portfolios that are too big to nearer ones with room, and stops when they fit", () => {
		const loads = new Map(told.reps.map((rep) => [rep.rep_id, rep]));
		const seconds = new Map(told.reps.map(({ rep_id, due_seconds }) => [rep_id, due_seconds]));
		const customers = rows.customers ?? [];
		const middle = (rep: string) => {
			const own = customers.filter(({ rep_id, lat }) => rep_id === rep && lat !== undefined);
			return { lat: mean(own.map(({ lat }) => Number(lat))), lon: mean(own.map(({ lon }) => Number(lon))) };
		};
		for (const move of told.moves) {
			const [from, to] = [loads.get(move.from_rep_id), loads.get(move.to_rep_id)];
			const customer = customers.find(({ customer_id }) => customer_id === move.customer_id);
			const place = { lat: Number(customer?.lat), lon: Number(customer?.lon) };
			expect(customer?.rep_id).toBe(move.from_rep_id);
			expect(to?.kind).toBe(from?.kind);
			expect(move.from_km).toBeCloseTo(straightLine(place, middle(move.from_rep_id)) / 1000, 6);
			expect(move.to_km).toBeCloseTo(straightLine(place, middle(move.to_rep_id)) / 1000, 6);
			expect(move.to_km).toBeLessThan(move.from_km);
			expect(move.to_load).toBeLessThanOrEqual(1);
			const room = ({ shift_seconds, travel_share }: NonNullable<typeof from>): number => shift_seconds * (1 - travel_share);
			if (!from || !to) throw new TypeError("a move names reps");
			expect((seconds.get(move.from_rep_id) ?? 0) / room(from)).toBeGreaterThan(1);
			seconds.set(move.from_rep_id, (seconds.get(move.from_rep_id) ?? 0) - move.due_seconds);
			seconds.set(move.to_rep_id, (seconds.get(move.to_rep_id) ?? 0) + move.due_seconds);
			expect(move.from_load).toBeCloseTo((seconds.get(move.from_rep_id) ?? 0) / room(from), 3);
		}
	});

	it("asks to change what its figures show, each with its figure", () => {
		expect(told.changes).toEqual([
			...told.reps.flatMap(({ rep_id, load }) => ((load ?? 0) > 1 ? [{ code: "SHRINK_PORTFOLIO", subject: rep_id, figure: load }] : [])),
			...told.moves.map((move) => ({ code: "MOVE_CUSTOMER", subject: move.customer_id, figure: move.from_km - move.to_km })),
			...told.thresholds.flatMap(({ phase, difference, separates }) =>
				separates === false ? [{ code: "REVIEW_THRESHOLD", subject: phase, figure: difference }] : [],
			),
			...told.floors.flatMap((floor) =>
				floor.is_too_dear
					? [{ code: "REVIEW_FLOOR", subject: [floor.phase, floor.class].filter(Boolean).join(" ") || "all", figure: floor.cost_cents }]
					: [],
			),
		]);
	});

	it("is the same whatever is dated after the month", () => {
		const later = rowsBefore(rows, UNTIL);
		const shuffled = {
			...rows,
			orders: [
				...(later.orders ?? []),
				...(rows.orders ?? [])
					.filter(({ ordered_on: on }) => parseDay(String(on)) >= UNTIL)
					.map((row) => ({ ...row, customer_id: "C1", net_value: 99_999 })),
			],
		};
		expect(review(later, plans.slice(0, 3))).toEqual(told);
		expect(review(shuffled, plans)).toEqual(told);
	});
});

describe("a month's review", () => {
	it("proposes moves and changes somewhere among the random months", () => {
		const all = SEEDS.map((seed) => review(randomRows(seed), randomPlans(seed, randomRows(seed))));
		expect(all.flatMap(({ moves }) => moves).length).toBeGreaterThan(2);
		const results = all.flatMap((one) => one.results);
		for (const { id } of all[0].results) {
			const values = results.filter((result) => result.id === id).map(({ value }) => value); // something to count, mostly
			expect(values.filter((value) => value > 0).length, id).toBeGreaterThan(2);
		}
		expect(all.flatMap(({ changes }) => changes.map(({ code }) => code))).toEqual(
			expect.arrayContaining(["SHRINK_PORTFOLIO", "MOVE_CUSTOMER"]),
		);
	});

	it("finds a threshold that does not separate, one that does, and says where that is not clear", () => {
		// Everybody buys every 10 days. With a threshold of 2 days both sides of it buy in every month.
		const steady = Array.from({ length: 60 }, () => UNTIL);
		const early = { phases: { pre_inactive: { ratio: 0.2, floor_days: 2 } } };
		expect(thresholdsOf(steady, early)).toEqual({ pre_inactive: false, inactivating: null, inactive: null });
		// Most stop for good in the course of half a year: who was silent for 15 days buys no more.
		const stopping = Array.from({ length: 300 }, (_, i) => FROM - 150 + (i % 181));
		expect(thresholdsOf(stopping, {}).pre_inactive).toBe(true);
	});

	it("pays for floors by the days in force, where every day has a plan of its own", () => {
		const rows = randomRows(1);
		const [model] = randomPlans(1, rows);
		const daily = [0, 1, 2].map((nth) => {
			const dates = [0, 1, 2, 3].map((i) => formatDay(FROM + nth + i));
			const days = dates.map((date) => ({ ...model.reps[0].days[0], date }));
			return {
				...model,
				plan_id: `daily ${nth}`,
				horizon: { from: dates[0], to: dates[3] },
				receipt: { as_of: dates[0] },
				reps: [{ rep_id: "R0", floor_cents: 400, days }],
			};
		});
		// Six days are in force, from the first day of the first plan to the last of the third; each bears 400 ÷ 4.
		expect(review(rows, daily).floor_price_cents).toBe(600);
	});

	it("takes breaks from a planned day only where they lie inside it", () => {
		const rows = randomRows(1);
		const [model] = randomPlans(1, rows);
		const day = (nth: number, start: string, end: string, travel_seconds: number) => ({
			...model.reps[0].days[0],
			date: formatDay(FROM + nth),
			start: `${start}:00`,
			end: `${end}:00`,
			breaks: [{ start: "12:00:00", end: "13:00:00" }],
			travel_seconds,
		});
		// Two hours that end before the break, one hour and a half around half of it, a day without contacts: 3 hours with 54 minutes of travel.
		const days = [day(0, "08:00", "10:00", 1800), day(1, "11:00", "12:30", 1440), day(4, "08:00", "08:00", 0)];
		const plan = { ...model, reps: [{ rep_id: "R0", floor_cents: 0, days }] };
		const { reps } = review(rows, [plan]);
		expect(reps.find(({ rep_id }) => rep_id === "R0")?.travel_share).toBeCloseTo(54 / 180, 9);
		expect(reps.find(({ rep_id }) => rep_id === "R1")?.travel_share).toBeCloseTo(54 / 180, 9); // without a plan everyone's
	});

	it("calls a month better that sells after one of returns alone, and worse the other way round", () => {
		const salesOf = (september: number, october: number) => {
			const line = (on: string, net_value: number) => ({
				order_id: on,
				customer_id: "C",
				ordered_on: on,
				product_id: "P",
				quantity: net_value < 0 ? -1 : 1,
				net_value,
			});
			const orders = [line("2026-08-03", 900), line("2026-09-15", september), line("2026-10-15", october)];
			const [revenue, margin] = review(
				{ customers: [{ customer_id: "C" }], reps: [{ rep_id: "R", kind: "inside" }], products: [{ product_id: "P" }], orders },
				[],
			).results;
			return [revenue, margin].map(({ change, verdict }) => ({ change, verdict }));
		};
		const [better, worse] = ["better", "worse"].map((verdict) => ({ change: null, verdict }));
		expect(salesOf(-300, 500)).toEqual([better, better]);
		expect(salesOf(-300, -500)).toEqual([worse, worse]);
		expect(salesOf(0, -500)).toEqual([worse, worse]);
		expect(salesOf(500, -300).map(({ verdict }) => verdict)).toEqual(["worse", "worse"]);
	});

	it("counts neither bonus nor exchange as a product that was bought", () => {
		const orders = ["sale", "bonus", "exchange"].map((kind, i) => ({
			order_id: "O",
			customer_id: "C",
			ordered_on: "2026-10-15",
			product_id: `P${i}`,
			quantity: 1,
			net_value: 400,
			kind,
		}));
		const rows = { customers: [{ customer_id: "C" }], reps: [], products: [0, 1, 2].map((i) => ({ product_id: `P${i}` })), orders };
		const positivated = (min_products: number): number | undefined =>
			reviewMonth(portfolioOf(rows, { positivation: { min_value: 100, min_products } }), { month: MONTH, engine: "test" }).results.find(
				({ id }) => id === "positivated",
			)?.value;
		expect([positivated(1), positivated(2)]).toEqual([1, 0]);
	});

	it("knows its months", () => {
		const rows = randomRows(1);
		for (const month of ["2026-13", "2026-1", "october"])
			expect(() => reviewMonth(portfolioOf(rows, POLICY), { month, engine: "test" })).toThrow(/expected YYYY-MM/);
		expect(reviewMonth(portfolioOf(rows, POLICY), { month: "2026-02", engine: "test" }).to).toBe("2026-02-28");
		expect(reviewMonth(portfolioOf({ ...rows, orders: [], contacts: [] }, POLICY), { month: MONTH, engine: "test" }).warnings.length).toBe(
			3,
		);
		expect(PHASES.length).toBe(7);
	});
});

/** Whether each threshold separates, of customers that buy every ten days until a day of their own. */
function thresholdsOf(stops: readonly number[], policy: object): Record<string, boolean | null> {
	const ids = stops.map((_, i) => `C${i}`);
	const orders = stops.flatMap((stop, i) => {
		const numOrders = Math.ceil((stop - (FROM - 340 + (i % 10))) / 10);
		const days = Array.from({ length: numOrders }, (_, k) => FROM - 340 + (i % 10) + 10 * k);
		return days.map((day) => ({
			order_id: `${i}-${day}`,
			customer_id: ids[i],
			ordered_on: formatDay(day),
			product_id: "P",
			quantity: 1,
			net_value: 150,
		}));
	});
	const rows: Rows = {
		customers: ids.map((customer_id) => ({ customer_id, rep_id: "R" })),
		reps: [{ rep_id: "R", kind: "field_employee" }],
		products: [{ product_id: "P" }],
		orders,
	};
	const { thresholds } = reviewMonth(portfolioOf(rows, policy), { month: MONTH, engine: "test" });
	return Object.fromEntries(thresholds.map(({ phase, separates }) => [phase, separates]));
}

function mean(values: readonly number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}
