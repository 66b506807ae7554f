import { z } from "zod";
import type { Limits } from "../config.ts";
import { WEEKDAYS } from "../planning-days.ts";
import { RUN_STATES } from "../store/run-rows.ts";
import { isoDate } from "./common.ts";
import { change } from "./decisions.ts";
import { planOrderBody } from "./plan.ts";

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, "expected a local time HH:MM");

function isZone(text: string): boolean {
	try {
		return /^[A-Z]/i.test(text) && new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone !== "";
	} catch {
		return false;
	}
}

/** Body of `PUT …/schedule`: when the day's plan is made, how it comes into force, and what is planned. */
export function scheduleBody(limits: Limits) {
	return z.strictObject({
		time: clockTime.meta({ description: "local time at which planning begins; one later than ready_by is the evening before the day" }),
		ready_by: clockTime.meta({ description: "local time by which the day's agendas must be there, else the last plan's day is served" }),
		time_zone: z.string().max(64).refine(isZone, "expected an IANA time zone").optional().meta({ description: "default: the policy's" }),
		days: z
			.array(z.enum(WEEKDAYS))
			.min(1)
			.max(7)
			.default(["mon", "tue", "wed", "thu", "fri"])
			.meta({ description: "days planned; holidays of the policy's region are left out" }),
		publish: z
			.enum(["automatic", "after_approval"])
			.default("automatic")
			.meta({ description: "after_approval: POST /v1/plans/{id}/publish puts the day's plan in force" }),
		plan: planOrderBody(limits).omit({ as_of: true, mode: true }).default({}).meta({ description: "as in POST …/plans; as_of is the day" }),
	});
}
export type Schedule = Omit<z.output<ReturnType<typeof scheduleBody>>, "time_zone"> & { readonly time_zone: string };

export const scheduleView = z
	.looseObject({
		portfolio: z.string(),
		time: z.string(),
		ready_by: z.string(),
		time_zone: z.string(),
		days: z.array(z.string()),
		publish: z.string(),
		plan: z.looseObject({}),
		next: z.looseObject({ date: isoDate, starts_at: z.string() }).meta({ description: "the day planned next, and when that begins (UTC)" }),
	})
	.meta({ id: "Schedule" });

const dropped = z
	.looseObject({ rep_id: z.string(), customer_id: z.string(), code: z.string(), detail: z.string() })
	.meta({ id: "DroppedContact", description: "a contact of the earlier plan that may not stand today" });

const fallback = z
	.looseObject({
		code: z.string().meta({ description: "LATE, NOT_APPROVED or FAILED" }),
		detail: z.string(),
		since: z.string(),
		plans: z.array(z.string()),
		dropped: z.array(dropped),
		unchecked: z.string().nullable().meta({ description: "why the days could not be held against today's data; null: they were" }),
	})
	.meta({ id: "Fallback" });

const runDiff = z
	.looseObject({
		against: z.string().meta({ description: "id of the plan that was in force before" }),
		from: isoDate,
		to: isoDate,
		value_change_cents: z.int(),
		num_added: z.int(),
		num_moved: z.int(),
		num_dropped: z.int(),
		num_changes: z.int(),
		changed: z.array(z.string()).meta({ description: "what the plans rest on that is not the same: inputs, policy, model" }),
		causes: z.record(z.string(), z.int()),
		changes: z.array(change).meta({ description: "those of the day itself, the first 500" }),
	})
	.meta({ id: "RunDiff" });

const run = z
	.looseObject({
		date: isoDate,
		state: z.enum(RUN_STATES),
		plan: z.string(),
		publish: z.string(),
		began_at: z.string(),
		ready_by: z.string(),
		ended_at: z.string().nullable(),
		lateness_seconds: z.int().meta({ description: "after ready_by; of a run that is not at its end, until now" }),
		failure: z.looseObject({ code: z.string(), detail: z.string() }).nullable(),
		alarms: z
			.array(z.looseObject({ code: z.string(), detail: z.string() }))
			.meta({ description: "LATE, NOT_APPROVED, FAILED, STALE_FEED" }),
		warnings: z.array(z.string()),
		diff: runDiff.nullable().meta({ description: "what changed since the plan in force before, and why; null: there was none" }),
		fallback: fallback.nullable(),
	})
	.meta({ id: "DailyRun" });

export const runsView = z.looseObject({ portfolio: z.string(), runs: z.array(run) }).meta({ id: "DailyRuns" });
