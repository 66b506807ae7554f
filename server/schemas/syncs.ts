import { z } from "zod";
import { askedDate, isoDate, portfolioName, tableParams } from "./common.ts";
import { tableReport } from "./portfolio.ts";

const syncId = z.string().regex(/^[a-z0-9_]{1,80}$/, "expected the id of a sync");
export const syncParams = z.strictObject({ portfolio: portfolioName, sync: syncId });
export const syncTableParams = z.strictObject({ portfolio: portfolioName, sync: syncId, table: tableParams.shape.table });

/** Days of orders that a put replaces. */
export const rangeQuery = z.strictObject({
	from: askedDate.optional().meta({ description: "with `to`, of orders: only orders of these days are replaced, and only such are taken" }),
	to: askedDate.optional(),
});

/** A sync and what was sent for it. */
export const syncView = z
	.looseObject({
		id: z.string(),
		portfolio: z.string(),
		status: z.enum(["open", "committing", "committed"]),
		created_at: z.string(),
		expires_at: z.string(),
		parts: z.array(
			z.looseObject({
				table: z.string(),
				mode: z.enum(["replace", "upsert"]),
				range: z.looseObject({ from: isoDate, to: isoDate }).nullable(),
				digest: z.string(),
				num_bytes: z.int(),
			}),
		),
		reports: z.array(tableReport).nullable().meta({ description: "what came of reading each part, in order; null until it is committed" }),
	})
	.meta({ id: "Sync" });

/** What is held of each table. */
export const watermarksView = z
	.looseObject({
		portfolio: z.string(),
		snapshot: z.string().meta({ description: "names what is held; another one after every change" }),
		contacts_waiting: z.int().meta({ description: "acknowledged, and not yet in the snapshot" }),
		tables: z.record(
			z.string(),
			z.looseObject({ num_rows: z.int(), data_through: isoDate.nullable(), digest: z.string(), rows_quarantined: z.int() }),
		),
	})
	.meta({ id: "Watermarks" });
