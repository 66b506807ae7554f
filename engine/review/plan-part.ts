import { z } from "zod";
import { CarteiraError } from "../errors.ts";

const date = z.iso.date();
const time = z.iso.time();

const day = z.object({
	date,
	stage: z.string().optional(),
	start: time,
	end: time,
	breaks: z.array(z.object({ start: time, end: time })),
	travel_seconds: z.number(),
	entries: z.array(z.object({ customer_id: z.string() })),
});

const plan = z.object({
	plan_id: z.string(),
	horizon: z.object({ from: date, to: date }),
	receipt: z.object({
		as_of: date,
		revision: z.object({ now: z.string(), events: z.array(z.looseObject({ type: z.string(), rep_id: z.string() })) }).optional(),
	}),
	reps: z.array(z.object({ rep_id: z.string(), floor_cents: z.number(), days: z.array(day) })),
});

/** What a review reads of a plan in force: a month has many plans, and whole they would fill the memory. */
export type ReviewPlan = z.output<typeof plan>;
/** A rep's day in a plan, as far as a review reads it. */
export type ReviewDay = z.output<typeof day>;

/** The part of a plan.json that a review reads. INVALID_INPUT where it is no plan. */
export function planPart(json: unknown): ReviewPlan {
	const read = plan.safeParse(json);
	if (read.success) return read.data;
	const details = read.error.issues.map(({ path, message }) => ({
		pointer: path.map((member) => `/${String(member)}`).join(""),
		code: "INVALID_PLAN",
		message,
	}));
	throw new CarteiraError("INVALID_INPUT", `this is no plan: ${details[0].pointer || "/"}: ${details[0].message}`, details, details.length);
}
