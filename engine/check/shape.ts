import { z } from "zod";
import type { Violation } from "../agenda/plan-document.ts";
import { CAUSES } from "../policy/case.ts";
import { parseDay } from "../units.ts";

const LAST_DAY = parseDay("2100-12-31");
const MAX_SHOWN = 100;

const date = z.string().refine((text) => parseDay(text) >= 0 && parseDay(text) <= LAST_DAY, "expected a date YYYY-MM-DD from 1970 to 2100");
const time = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)$/, "expected a local time HH:MM:SS");
const term = z.looseObject({ name: z.string(), cents: z.number() });
const product = z.looseObject({ product_id: z.string(), propensity: z.number(), expected_cents: z.number(), reason: z.string() });

const entry = z.looseObject({
	entry_id: z.string().min(1),
	sequence: z.number(),
	customer_id: z.string(),
	channel: z.string(),
	kind: z.string(),
	objective: z.string(),
	arrive: time,
	start: time,
	end: time,
	travel_seconds: z.number(),
	travel_metres: z.number(),
	phase: z.string(),
	class: z.string(),
	potential: z.string(),
	min_gap_days: z.number(),
	churn_risk: z.number().nullable(),
	order_by: z.string().nullish(),
	delivers_on: date.nullish(),
	value_cents: z.number(),
	terms: z.array(term),
	products: z.array(product),
	reason: z.string().min(1),
	brief: z.looseObject({ recovery: z.looseObject({ cause: z.enum(CAUSES), objective: z.string().nullable() }).nullish() }),
	status: z.enum(["done", "not_reached"]).optional(),
});

const day = z.looseObject({
	date,
	start: time,
	end: time,
	breaks: z.array(z.looseObject({ start: time, end: time })),
	travel_seconds: z.number(),
	travel_metres: z.number(),
	travel_cost_cents: z.number(),
	entries: z.array(entry),
});

const rep = z.looseObject({
	rep_id: z.string(),
	value_cents: z.number(),
	upper_bound_cents: z.number(),
	gap: z.number().nullable(),
	floor_cents: z.number(),
	days: z.array(day),
});

const unplanned = z.looseObject({
	customer_id: z.string(),
	rep_id: z.string().nullable(),
	reasons: z.array(z.looseObject({ code: z.string(), proven: z.boolean(), detail: z.string() })),
	value_forgone_cents: z.number(),
	next_best_day: date.nullish(),
});

const unmet = z.looseObject({
	customer_id: z.string(),
	rep_id: z.string(),
	on: date,
	code: z.literal("REQUIRED_INFEASIBLE"),
	detail: z.string(),
});

const contactName = z.looseObject({ rep_id: z.string(), customer_id: z.string(), date });

const revision = z.looseObject({
	of: z.string(),
	number: z.number(),
	now: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/),
	freeze: z.string(),
	max_changes: z.number(),
	tolerance_minutes: z.number(),
	pins: z.array(contactName),
	events: z.array(z.looseObject({ type: z.string(), rep_id: z.string() })),
	forced: z.array(z.looseObject({ ...contactName.shape, cause: z.string() })),
	resumptions: z.array(
		z.looseObject({
			rep_id: z.string(),
			date,
			at: time,
			from_customer_id: z.string().nullable(),
			travel_factor: z.number().positive(),
			closed: z.boolean(),
		}),
	),
	rules: z.array(z.looseObject({ rep_id: z.string(), customer_id: z.string(), from: date, until: date, reason: z.string() })),
	urgent: z.array(z.looseObject({ rep_id: z.string(), customer_id: z.string(), by: date })),
	absences: z.array(z.looseObject({ rep_id: z.string(), from: z.string(), until: date })),
});

const receipt = z.looseObject({
	inputs_digest: z.string(),
	policy_digest: z.string(),
	effects: z.string().optional(),
	model: z.string().min(1),
	engine: z.string().min(1),
	travel: z.string().min(1),
	seed: z.number(),
	iterations: z.record(z.string(), z.number()),
	data_through: z.record(z.string(), date),
	/** Only where it was measured on earlier inputs: their digest. */
	population: z.string().optional(),
	/** Only of a plan revised during its days. */
	revision: revision.optional(),
	/** Only where the plan was asked for some reps: their ids. */
	reps: z.array(z.string()).nullish(),
});

const plan = z.looseObject({
	plan_id: z.string(),
	as_of: date,
	horizon: z.looseObject({ from: date, to: date }),
	currency: z.string(),
	policy: z.unknown(),
	receipt,
	kpis: z.record(z.string(), z.unknown()),
	reps: z.array(rep),
	unplanned: z.array(unplanned),
	unmet_required: z.array(unmet),
});

/** A plan.json whose members and types are known to be there; members that the contract does not name are kept. */
export type PlanShape = z.infer<typeof plan>;
export type RevisionShape = z.infer<typeof revision>;
export type RepShape = z.infer<typeof rep>;
export type DayShape = z.infer<typeof day>;
export type EntryShape = z.infer<typeof entry>;
export type UnplannedShape = z.infer<typeof unplanned>;

/** The document where it has the contract's shape, else what is wrong with it: the first 100 places. */
export function readShape(document: unknown): { readonly plan: PlanShape } | { readonly violations: Violation[] } {
	const result = plan.safeParse(document);
	if (result.success) return { plan: result.data };
	const violations = result.error.issues
		.slice(0, MAX_SHOWN)
		.map(({ path, message }): Violation => ({ rule: "shape", pointer: pointerOf(path), message }));
	return { violations };
}

function pointerOf(path: readonly PropertyKey[]): string {
	return path.map((member) => `/${String(member).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
