import { z } from "zod";
import { TABLE_NAMES, parseDay } from "../../engine/index.ts";
import { EXPECTED_DAY, parsePlanningDay } from "../planning-days.ts";

/** `YYYY-MM-DD` of a day that the calendar has. */
export const isoDate = z
	.string()
	.refine((text) => !Number.isNaN(parseDay(text)), { message: "expected a date YYYY-MM-DD" })
	.meta({ description: "a date, YYYY-MM-DD", format: "date" });
/** A day that a call asks for. */
export const askedDate = z
	.string()
	.refine((text) => !Number.isNaN(parsePlanningDay(text)), { message: EXPECTED_DAY })
	.meta({ description: "a date, YYYY-MM-DD, from 1970 to 2100", format: "date" });
/** An id of the client's; those of tables have no other control characters either. */
export const id = z
	.string()
	.min(1)
	.max(256)
	.refine((text) => /^[\t\n\r\u0020-\uffff]*$/.test(text), "expected text without control characters");

export const portfolioName = z
	.string()
	.regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "expected up to 63 of a-z 0-9 _ -, a letter or digit first")
	.meta({ description: "the client's name of the portfolio" });
export const portfolioParams = z.strictObject({ portfolio: portfolioName });
export const tableParams = z.strictObject({ portfolio: portfolioName, table: z.string().meta({ enum: [...TABLE_NAMES] }) });
export const customerParams = z.strictObject({ portfolio: portfolioName, customer_id: id });
export const planParams = z.strictObject({ id: z.string().regex(/^[a-z0-9_]{1,80}$/, "expected the id of a plan") });
export const explanationParams = z.strictObject({ id: planParams.shape.id, customer_id: id });

/** Entries of one page of a log, at most and unless asked. */
const MAX_ENTRIES = 1000;
const ENTRIES = 100;
/** Where to go on in a log that is read the oldest first. */
export const pageQuery = z.strictObject({
	after: z.coerce
		.number()
		.int()
		.min(0)
		.max(Number.MAX_SAFE_INTEGER)
		.default(0)
		.meta({ description: "the sequence of the last entry seen" }),
	limit: z.coerce.number().int().min(1).max(MAX_ENTRIES).default(ENTRIES),
});

/** Problems of input, as every error lists them. */
export const inputProblem = z
	.looseObject({
		table: z.string().optional(),
		row: z.number().optional().meta({ description: "1-based in the file, the header counted" }),
		column: z.string().optional(),
		pointer: z.string().optional().meta({ description: "JSON pointer into the body" }),
		value: z.string().optional(),
		code: z.string(),
		message: z.string(),
	})
	.meta({ id: "InputProblem" });

/** RFC 9457. */
export const problem = z
	.looseObject({
		type: z.string(),
		title: z.string(),
		status: z.int(),
		code: z.string().meta({ description: "stable; the README lists them" }),
		detail: z.string(),
		trace_id: z.string(),
		errors: z.array(inputProblem),
		num_errors: z.int(),
	})
	.meta({ id: "Problem" });

/** The error answers of a call, for its documentation. */
export function problemResponses(...status: readonly number[]): Record<number, object> {
	return Object.fromEntries(
		status.map((code) => [code, { description: "the problem", content: { "application/problem+json": { schema: problem } } }]),
	);
}

/**
 * The documented answers of a route. Typed as unknown on purpose: large bodies are sent as text that is JSON already, which the
 * types of the framework have no way to say; the tests hold every body against its schema.
 */
export function responses(answers: Readonly<Record<number, object>>, ...problems: readonly number[]): unknown {
	return { ...answers, ...problemResponses(...new Set([400, 401, 403, 429, 500, 503, 507, ...problems])) };
}
