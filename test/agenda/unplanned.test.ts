import { describe, expect, it } from "vitest";
import { unplannedOf } from "../../engine/agenda/unplanned.ts";
import { prepareCases } from "../../engine/policy/cases.ts";
import type { Solution } from "../../engine/solver/solution.ts";
import type { Row, Rows } from "../check/tables.ts";
import { ACTIVE, inputsOf, optionAt, ordersOn, PRODUCTS, REP, rhythm } from "../policy/small-case.ts";

/** So many kilometres north of the rep's place: a degree is 6,371,008.8 × π / 180 = 111,195 m. */
const northBy = (km: number): Row => ({ lat: -23.5 + km / 111.195, lon: -46.6, rep_id: "R1" });
const HOME = { ...REP, end_lat: REP.start_lat, end_lon: REP.start_lon };
const VISITS = { action_plans: [{ channels: [{ channel: "visit", minutes: 30 }] }] };
const guesses = { ...ACTIVE, C2: {} };

/** A rep with customers C1 and C2, who both order every 14 days. */
function rows(first: number, second: number, rep: Row = {}): Rows {
	return {
		customers: [first, second].map((km, at) => ({ customer_id: `C${at + 1}`, ...northBy(km) })),
		orders: ["C1", "C2"].flatMap((id) => ordersOn(id, rhythm(14, 20, 10))),
		reps: [{ ...HOME, ...rep }],
		products: PRODUCTS,
	};
}

/** Why C2 is left out by a solution that visits C1 on 23 November at 10:00, and nobody else ever, with so much travel that day. */
function reasonsOfSecond(input: Rows, travelTime: number, policy: unknown = VISITS) {
	const inputs = inputsOf(input, { policy, guesses });
	const repCase = prepareCases(inputs).build(0, new Map());
	const visited = {
		option: optionAt(repCase, "2026-11-23"),
		slot: 0,
		arrive: 36_000,
		start: 36_000,
		end: 37_800,
		travelTime: 0,
		travelDistance: 0,
	};
	const solution: Solution = {
		schedules: repCase.slots.map((slot, index) => ({
			slot: index,
			contacts: index === 0 && visited.option >= 0 ? [visited] : [],
			leave: slot.open,
			finish: slot.open,
			breaks: [],
			travelTime: index === 0 ? travelTime : 0,
			travelDistance: 0,
			travelCost: 0,
		})),
		value: 0,
		floorCost: 0,
		upperBound: 0,
		boundMethod: "",
		unmetRequired: [],
		iterations: 0,
		stopped: false,
	};
	const feed = { silenceFrom: inputs.asOf, staleDays: 0, missingDays: [], thinDays: [] };
	const second = unplannedOf({ ...inputs, feed }, repCase, solution).find(({ customer_id }) => customer_id === "C2");
	if (!second) throw new Error("C2 was planned");
	return { ...second, reasons: second.reasons.map(({ code, proven }) => `${code}${proven ? "!" : ""}`) };
}

describe("a customer left out", () => {
	it("met the travel limit where its best day has less travel left than the way to it", () => {
		// C1 20 km north: 26 km of road at 60 km/h, there and back 52 min. C2 25 km south: 65 min more.
		const limited = (minutes: number) => rows(20, -25, { max_travel_minutes: minutes });
		expect(reasonsOfSecond(limited(116), 3120)).toMatchObject({ reasons: ["TRAVEL_LIMIT"], next_best_day: "2026-11-23" });
		expect(reasonsOfSecond(limited(118), 3120).reasons).toEqual(["LOWER_VALUE"]);
	});

	it("is out of reach, which is a proof, where the way there and back is more than the travel limit", () => {
		// 100 km off: 130 km of road, 130 min each way at the fastest speed.
		const found = reasonsOfSecond(rows(20, 100, { max_travel_minutes: 240, max_visits: 10 }), 3120);
		expect(found).toMatchObject({ reasons: ["UNREACHABLE!"], value_forgone_cents: 0, next_best_day: null });
		expect(reasonsOfSecond(rows(20, 100, { max_travel_minutes: 261, max_visits: 10 }), 3120).reasons).toEqual(["LOWER_VALUE"]); // by way of C1
	});

	it("is out of reach where way and visit are more than the shift, and in reach where one of them just fits", () => {
		// 10 h of shift less 30 min of service leave 285 min each way: 285 km of road, 219.2 km straight.
		expect(reasonsOfSecond(rows(20, 222), 3120).reasons).toEqual(["UNREACHABLE!"]);
		expect(reasonsOfSecond(rows(20, 219), 3120).reasons).not.toEqual(["UNREACHABLE!"]);
	});

	it("is not out of reach of a call", () => {
		expect(reasonsOfSecond(rows(20, 400), 3120, {}).reasons).not.toContain("UNREACHABLE!");
	});
});
