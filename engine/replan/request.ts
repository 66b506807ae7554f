import { z } from "zod";
import { CarteiraError } from "../errors.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import { type Day, parseDay, parseTime, type Seconds } from "../units.ts";

/** What stays where it is beside what is done, under way, promised or pinned: nothing, the rest of today, also the next day, all days. */
export const FREEZES = ["none", "today", "tomorrow", "all"] as const;

const LAST_DAY = parseDay("2100-12-31");

/** A date that a plan can hold. */
export const date = z
	.string()
	.refine((text) => parseDay(text) >= 0 && parseDay(text) <= LAST_DAY, "expected a date YYYY-MM-DD from 1970 to 2100");
const time = z.string().refine((text) => !Number.isNaN(parseTime(text)), "expected a local time HH:MM or HH:MM:SS");
const id = z.string().min(1).max(200);
const words = z.string().max(500);
const ownReason = words.optional().meta({ description: "needed where the rep's agendas are the plan, not advice" });
const named = { rep_id: id, customer_id: id };

const event = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("done"),
		...named,
		outcome: z.enum(["order", "no_order"]).default("order"),
		objection: words.optional(),
		start: time.optional(),
		end: time.optional(),
	}),
	z.strictObject({ type: z.literal("not_reached"), ...named, start: time.optional(), end: time.optional() }),
	z.strictObject({ type: z.literal("cancelled"), ...named, date: date.optional(), reason: words.optional() }),
	z.strictObject({ type: z.literal("delayed"), rep_id: id, minutes: z.int().min(1).max(1440) }),
	z.strictObject({ type: z.literal("absent"), rep_id: id, until: date.optional() }),
	z.strictObject({ type: z.literal("urgent"), ...named, by: date.optional(), channel: z.enum(CHANNELS).optional() }),
	z.strictObject({ type: z.literal("road"), rep_id: id, factor: z.number().min(0.5).max(10) }),
	z.strictObject({ type: z.literal("accept"), ...named, date }),
	z.strictObject({ type: z.literal("refuse"), ...named, date, until: date.optional(), reason: ownReason }),
	z.strictObject({ type: z.literal("swap"), ...named, date, with: id, reason: ownReason }),
]);

const request = z.strictObject({
	/** Local date and time of the reps. */
	now: z.string().regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/, "expected a local YYYY-MM-DDTHH:MM"),
	freeze: z.enum(FREEZES).default("none"),
	pins: z
		.array(z.strictObject({ ...named, date }))
		.max(10_000)
		.default([]),
	max_changes: z.int().min(0).max(100_000).default(6),
	/** A contact that starts no further than this from its time has not moved. */
	tolerance_minutes: z.int().min(0).max(1440).default(30),
	events: z.array(event).max(10_000).default([]),
	seed: z.int32().default(1),
	/** Steps of the search for each rep concerned. */
	iterations: z.int().min(0).max(100_000).default(800),
});

/** Validates the body of `POST …/revisions`; the server's schema is this one. */
export const replanRequest = request;
/** A request as people write it, and as it is once its defaults are filled in. */
export type ReplanOrder = z.input<typeof request>;
export type ReplanRequest = z.output<typeof request>;
export type ReplanEvent = z.output<typeof event>;

/** Day and time of day of a request's `now`. */
export interface Moment {
	readonly day: Day;
	readonly time: Seconds;
}

/** The request with its defaults; INVALID_INPUT that names place, value and expectation. */
export function readReplanRequest(order: unknown): ReplanRequest {
	return readAs(request, order, "replan");
}

/** Any of this room's requests by its schema; INVALID_INPUT with a pointer for each fault. */
export function readAs<T>(schema: z.ZodType<T>, order: unknown, what: string): T {
	const read = schema.safeParse(order);
	if (read.success) return read.data;
	const details = read.error.issues.map(({ path, message }) => ({
		pointer: path.map((member) => `/${String(member)}`).join(""),
		code: "INVALID_REQUEST",
		message,
	}));
	throw new CarteiraError("INVALID_INPUT", `${what}: ${details[0].pointer || "/"}: ${details[0].message}`, details, details.length);
}

/** When a request was made. */
export function momentOf({ now }: Pick<ReplanRequest, "now">): Moment {
	const [day, time] = [parseDay(now.slice(0, 10)), parseTime(now.slice(11))];
	if (Number.isNaN(day) || Number.isNaN(time))
		throw new CarteiraError("INVALID_INPUT", `now is ${now}; expected a local date and time YYYY-MM-DDTHH:MM`);
	return { day, time };
}
