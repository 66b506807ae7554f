import { z } from "zod";
import { id, inputProblem, isoDate } from "./common.ts";

/** What came of reading one table. */
export const tableReport = z
	.looseObject({
		table: z.string(),
		format: z.string(),
		dialect: z
			.record(z.string(), z.string())
			.nullable()
			.meta({ description: "what was found out of a CSV: delimiter, decimal mark, encoding" }),
		rows_read: z.int(),
		rows_accepted: z.int(),
		rows_quarantined: z.int().meta({ description: "set aside; tried again by the next import" }),
		rows_stale: z.int().optional().meta({ description: "not taken: their `source_version` is older than the one that is held" }),
		num_problems: z.int(),
		num_consequences: z.int().meta({ description: "of the problems: rows whose only fault is that a row which they name is set aside" }),
		problems: z.array(inputProblem),
		warnings: z.array(z.string()),
		digest: z.string().meta({ description: "SHA-256 of the table's file, hex" }),
	})
	.meta({ id: "TableReport" });

/** What came of contacts that were posted by themselves. */
export const contactResults = z
	.looseObject({
		accepted: z.int(),
		unchanged: z.int().meta({ description: "known already, and just the same" }),
		stale: z.int().optional().meta({ description: "not taken: a later `source_version` was posted before" }),
		rejected: z.int(),
		results: z.array(
			z.looseObject({
				contact_id: z.string().nullable(),
				result: z.enum(["accepted", "unchanged", "stale", "rejected"]),
				code: z.string().optional(),
				column: z.string().optional(),
				message: z.string().optional(),
			}),
		),
	})
	.meta({ id: "ContactResults" });

const classCount = z.looseObject({ phase: z.string(), class: z.string(), num_customers: z.int() });

export const publishedPlan = z.looseObject({ id: z.string(), plan_id: z.string(), as_of: isoDate, published_at: z.string() }).nullable();

export const portfolioView = z
	.looseObject({
		portfolio: z.string(),
		digest: z.string(),
		tables: z.record(
			z.string(),
			z.looseObject({ num_rows: z.int(), num_stubs: z.int(), format: z.string(), digest: z.string(), rows_quarantined: z.int() }),
		),
		data_through: z.record(z.string(), isoDate),
		published: publishedPlan,
		as_of: isoDate.nullable().meta({ description: "day of the classification; null where none was asked for and nothing is published" }),
		classification: z.array(classCount),
	})
	.meta({ id: "Portfolio" });

const score = z.number().nullable();

export const customerView = z
	.looseObject({
		customer_id: id,
		name: z.string().nullable(),
		as_of: isoDate,
		phase: z.string(),
		class: z.string(),
		potential: z.string(),
		credit: z.string(),
		is_recovered: z.boolean(),
		headroom_cents: z.number().nullable().meta({ description: "null: no limit" }),
		last_order_on: isoDate.nullable(),
		days_since_last_order: z.int().nullable(),
		last_contact_on: isoDate.nullable(),
		scores: z.looseObject({
			model: z.string(),
			churn_risk: score,
			churn_risk_own_rhythm: score,
			expected_orders: score,
			expected_value_cents: score,
			expected_days_to_order: score,
			expected_interval_days: score,
			ticket_cents: score,
		}),
		products: z.array(z.looseObject({ product_id: z.string(), propensity: z.number(), expected_cents: z.number() })),
		history: z.looseObject({
			num_purchases: z.int(),
			purchases: z.array(z.looseObject({ date: isoDate, net_value_cents: z.number() })).meta({ description: "the last 24, newest first" }),
		}),
		next_contact: z
			.looseObject({ rep_id: z.string(), date: isoDate, start: z.string(), channel: z.string(), entry_id: z.string() })
			.nullable(),
	})
	.meta({ id: "Customer" });
