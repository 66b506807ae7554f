import { z } from "zod";
import { FIGURE_IDS, type FigureId, FIGURES, GROUPINGS, RATIO_IDS } from "./figures.ts";

const date = z.iso.date();
const name = z.string().nullable();
/** Measures that only a plan can fill: null without one. */
const PLANNED: readonly string[] = ["breaches_with_plan"];

/** What limits the figures: no order feed to trust since a day; no contacts at all before one. */
export const MONITOR_NOTES = ["STALE_FEED", "NO_CONTACTS"] as const;

/** A row of a figure: its cells as text, the number of customers, then its measures. */
const rowOf = (figure: FigureId) => {
	const { cells, measures } = FIGURES[figure];
	const measure = (id: string) => (PLANNED.includes(id) ? z.number().nullable() : z.number());
	return z.looseObject({
		...Object.fromEntries(cells.map((id) => [id, z.string()])),
		customers: z.int(),
		...Object.fromEntries(measures.map((id) => [id, measure(id)])),
	});
};

const group = z
	.looseObject({
		key: name.meta({ description: "rep, team, line, segment or city; null: customers without one, and the total" }),
		name,
		num_customers: z.int().meta({ description: "of the group, whatever its figures count" }),
		figures: z.looseObject(Object.fromEntries(FIGURE_IDS.map((id) => [id, z.array(rowOf(id))]))),
		ratios: z.looseObject(Object.fromEntries(RATIO_IDS.map((id) => [id, z.number().nullable()]))),
	})
	.meta({ id: "MonitorGroup" });

const repLoad = z
	.looseObject({
		rep_id: z.string(),
		name,
		team_id: name,
		kind: z.string(),
		num_customers: z.int(),
		due_seconds: z.number().meta({ description: "service that its customers' intervals ask for in the horizon, travel apart" }),
		shift_seconds: z.number().meta({ description: "shifts of the horizon less breaks and absences" }),
		load: z.number().nullable().meta({ description: "due over shift; null where the rep does not work in the horizon" }),
		is_overloaded: z.boolean().meta({ description: "due service, and the plan's travel where there is one, exceed the shift" }),
		planned_seconds: z.number().nullable().meta({ description: "service in the plan; null without one that was made for the rep" }),
		planned_travel_seconds: z.number().nullable(),
		contacts: z.number().meta({ description: "made by the rep itself in the last 28 days, cancelled ones left out" }),
		reached: z.number(),
		orders: z.number(),
		value_cents: z.number().meta({ description: "of the orders of those days" }),
	})
	.meta({ id: "MonitorRep" });

const target = z
	.looseObject({
		period: z.string(),
		metric: z.string(),
		line: name,
		rep_id: name,
		team_id: name,
		target: z
			.number()
			.meta({ description: "currency units for revenue and margin, mean products of a positivated customer for mix, else counts" }),
		reached: z.number(),
		missing: z.number().meta({ description: "0 where it is reached" }),
		working_days_left: z.int(),
		needed_a_day: z
			.number()
			.nullable()
			.meta({ description: "missing over working days left; null without any, and of a mix, which is a mean" }),
		expected_with_usual: z.number().meta({
			description:
				"reached by now and what last month's last days brought, as many working days from its end (new and recovered: at this month's pace)",
		}),
		expected_with_plan: z.number().nullable().meta({ description: "the same with what the plan's contacts are expected to bring" }),
		missing_with_plan: z.number().nullable(),
		hours_missing: z.number().nullable().meta({ description: "hours of contact that the missing part takes at the last 28 days' yield" }),
		cost_missing_cents: z.number().nullable().meta({ description: "what those hours cost by the policy" }),
		bonus_cents: z.number().nullable(),
		price_cents: z
			.number()
			.nullable()
			.meta({ description: "what the goal term pays a unit today, of a mix a product in a positivated customer's; null without a bonus" }),
	})
	.meta({ id: "MonitorTarget" });

const told = z.looseObject({ pt: z.string(), en: z.string() });
const definition = z.looseObject({ title: told, definition: told, figure: z.string().optional() });

/** The answer of the monitor: figures of all customers asked for, of each group of them, of reps and of targets. Cents, seconds. */
export const monitorDocument = z
	.looseObject({
		as_of: date,
		currency: z.string(),
		language: z.string(),
		month: z.looseObject({ period: z.string(), from: date, to: date, working_days: z.int(), working_days_left: z.int() }),
		horizon: z.looseObject({ from: date, to: date }).meta({ description: "of load and plan" }),
		debt: z.looseObject({ from: date, to: date }).meta({ description: "days for which cadence debt looks ahead" }),
		by: z.enum(GROUPINGS).nullable(),
		only: z
			.looseObject({ by: z.enum(GROUPINGS), key: z.string() })
			.nullable()
			.meta({ description: "the customers that are looked at; null: all" }),
		total: group,
		groups: z.array(group).meta({ description: "most customers first" }),
		reps: z.array(repLoad),
		targets: z.array(target),
		definitions: z.looseObject({ figures: z.record(z.string(), definition), ratios: z.record(z.string(), definition) }),
		receipt: z.looseObject({
			engine: z.string(),
			inputs_digest: z.string(),
			policy_digest: z.string(),
			plan_id: z.string().nullable(),
			data_through: z.record(z.string(), date),
		}),
		notes: z
			.array(z.looseObject({ code: z.enum(MONITOR_NOTES), on: date, detail: z.string() }))
			.meta({ description: "what the figures cannot tell, and the day that it turns on" }),
		warnings: z.array(z.string()).meta({ description: "what reading the tables met with" }),
	})
	.meta({ id: "Monitor" });

type Words<Ids extends readonly string[], Value> = { readonly [Id in Ids[number]]: Value };

/** A row of a figure as it is written: cells, customers, measures. */
export type FigureRow<Id extends FigureId> = Words<(typeof FIGURES)[Id]["cells"], string> & {
	readonly customers: number;
} & { readonly [Measure in (typeof FIGURES)[Id]["measures"][number]]: Measure extends "breaches_with_plan" ? number | null : number };

export interface MonitorGroup {
	readonly key: string | null;
	readonly name: string | null;
	readonly num_customers: number;
	readonly figures: { readonly [Id in FigureId]: readonly FigureRow<Id>[] };
	readonly ratios: Words<typeof RATIO_IDS, number | null>;
}

export type MonitorRep = z.infer<typeof repLoad>;
export type MonitorTarget = z.infer<typeof target>;
/** Omit forgets the known names of an object that may have others; this keeps them. */
type Without<Whole, Names extends string> = { [Name in keyof Whole as Name extends Names ? never : Name]: Whole[Name] };

export type MonitorDocument = Without<z.infer<typeof monitorDocument>, "total" | "groups"> & {
	readonly total: MonitorGroup;
	readonly groups: readonly MonitorGroup[];
};

/** A customer behind a figure: whatever tells why it is there, and what it adds to the row. */
export const monitorCustomers = z
	.looseObject({
		figure: z.enum(FIGURE_IDS as [FigureId, ...FigureId[]]),
		as_of: date,
		num_customers: z.int().meta({ description: "rows of all pages" }),
		next_after: z.int().nullable().meta({ description: "the `after` of the next page; null on the last" }),
		customers: z.array(
			z.looseObject({
				customer_id: z.string(),
				name,
				rep_id: name,
				phase: z.string(),
				class: z.string(),
				cell: z.record(z.string(), z.string()),
				measures: z.record(z.string(), z.number().nullable()),
				on: date.nullable().meta({ description: "the date that the figure turns on: of the break, the last contact, the last order" }),
				evidence: z
					.looseObject({ table: z.string(), id: z.string(), on: date.nullable(), detail: z.string() })
					.nullable()
					.meta({ description: "of breaks: the row that gives the cause" }),
			}),
		),
	})
	.meta({ id: "MonitorCustomers" });
export type MonitorCustomers = z.infer<typeof monitorCustomers>;
