import { z } from "zod";
import { tableReport } from "./portfolio.ts";

export const auditView = z
	.looseObject({
		entries: z.array(
			z.looseObject({
				sequence: z.int(),
				at: z.string(),
				key_id: z.string().nullable(),
				method: z.string(),
				path: z.string(),
				status: z.int(),
				trace_id: z.string(),
			}),
		),
		next_after: z.int().meta({ description: "`after` of the next page; the same as asked where there is nothing more" }),
	})
	.meta({ id: "Audit" });

export const importsView = z
	.looseObject({
		portfolio: z.string(),
		imports: z.array(
			z.looseObject({
				mode: z.enum(["replace", "upsert"]),
				at: z.string(),
				body_digest: z.string().meta({ description: "SHA-256 of the body that was sent" }),
				report: tableReport,
			}),
		),
	})
	.meta({ id: "Imports" });
