import { CLASSES, PHASES, POTENTIALS, type PlanDocument } from "../../engine/index.ts";
import { unplannedOf } from "../../engine/agenda/unplanned.ts";
import { createContext } from "../../engine/check/context.ts";
import { readShape } from "../../engine/check/shape.ts";
import { createRandom } from "../../engine/random.ts";
import type { Desk } from "../../engine/replan/desk.ts";
import { suppose, type Supposed } from "../../engine/replan/overlay.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import type { Solution } from "../../engine/solver/solution.ts";
import { includable } from "./inclusion.ts";

/** A solution that contacts nobody. */
const NOBODY: Solution = {
	schedules: [],
	value: 0,
	floorCost: 0,
	upperBound: 0,
	boundMethod: "none",
	unmetRequired: [],
	iterations: 0,
	stopped: false,
};

/**
 * The portfolio with most customers made hard to contact, each in a way of its own: hours when nobody works, places out of reach, no channel, long
 * gaps, no credit, endless services, days that no rep works.
 */
export function harder(portfolio: Portfolio, seed: number): Portfolio {
	const random = createRandom(seed);
	const { numbers, numRows } = portfolio.tables.customers;
	const changes = Array.from({ length: numRows }, (_, row): Supposed | null => {
		const make = (texts: Record<string, string>, cells: Record<string, number> = {}): Supposed => ({
			table: "customers",
			row,
			texts,
			numbers: cells,
		});
		switch (random.below(10)) {
			case 0:
				return make({ channels: "visit", visit_hours: "Mo-Fr 04:00-04:20" });
			case 1:
				return make({ channels: "visit" }, { lat: numbers.lat[row] + 1 + 8 * random.next() });
			case 2:
				return make({ channels: "visit" }, { lat: Number.NaN, lon: Number.NaN });
			case 3:
				return make({}, { min_gap_days: 5 + random.below(200) });
			case 4:
				return make({}, { credit_limit: 0, open_balance: 1000 });
			case 5:
				return make({ channels: "visit" }, { service_minutes: 300 + random.below(400) });
			case 6:
				return make({ channels: "visit", visit_hours: "Su 08:00-18:00" });
			case 7:
				return make({ channels: "visit", visit_hours: `Mo-Fr 17:${30 + random.below(30)}-18:00` });
			default:
				return null;
		}
	});
	return suppose(
		portfolio,
		changes.flatMap((change) => change ?? []),
	);
}

/** Customers that every agenda proves out, and those of them that an exact model finds a contact for. */
export function auditProven(
	desk: Desk,
	plan: PlanDocument,
): { readonly numProven: number; readonly codes: readonly string[]; readonly wrong: readonly string[] } {
	const shape = readShape(plan);
	if (!("plan" in shape)) throw new Error("the plan has lost its shape");
	const { context } = desk;
	const checked = createContext(context.portfolio, shape.plan, () => {}, {});
	const empty: PlanDocument = { ...plan, reps: plan.reps.map((rep) => ({ ...rep, days: [] })) };
	const claims = new Map<string, { readonly codes: readonly string[]; readonly isProven: boolean }[]>();
	for (const rep of desk.order) {
		const repCase = desk.caseOf(empty, rep, new Set());
		for (const { customer_id, reasons } of unplannedOf(context, repCase, NOBODY)) {
			const claim = { codes: reasons.map(({ code }) => code), isProven: reasons.length > 0 && reasons.every(({ proven }) => proven) };
			claims.set(customer_id, [...(claims.get(customer_id) ?? []), claim]);
		}
	}
	const proven = [...claims].filter(([, made]) => made.every(({ isProven }) => isProven));
	const { phase, class: cls, potential } = context.classification;
	const wrong = proven.flatMap(([customerId, made]) => {
		const customer = desk.customerRows.get(customerId) ?? -1;
		const standing = { phase: PHASES[phase[customer]], class: CLASSES[cls[customer]], potential: POTENTIALS[potential[customer]] };
		const found = includable(checked, customer, standing);
		return found === null ? [] : [`${customerId} is said to be ${made.flatMap(({ codes }) => codes).join(", ")}: ${found}`];
	});
	return { numProven: proven.length, codes: [...new Set(proven.flatMap(([, made]) => made.flatMap(({ codes }) => codes)))].sort(), wrong };
}
