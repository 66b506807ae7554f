import { readFile } from "node:fs/promises";
import { z } from "zod";
import { CarteiraError, type PlanDocument } from "../../engine/index.ts";

/** What later plans read of an earlier one. */
const publishedShape = z.looseObject({
	plan_id: z.string(),
	reps: z.array(
		z.looseObject({
			rep_id: z.string(),
			days: z.array(z.looseObject({ date: z.iso.date(), entries: z.array(z.looseObject({ customer_id: z.string() })) })),
		}),
	),
});

/** A plan file's JSON, not yet judged. */
export async function readPlanJson(path: string): Promise<unknown> {
	const text = await readFile(path, "utf8").catch((error: Error) => {
		throw new CarteiraError("NOT_FOUND", `plan ${path} cannot be read: ${error.message}`);
	});
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new CarteiraError("INVALID_INPUT", `plan ${path} is not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
	}
}

function isPublished(json: unknown): json is PlanDocument {
	return publishedShape.safeParse(json).success;
}

/** A plan file that later plans are compared with. */
export async function readPublished(path: string): Promise<PlanDocument> {
	const json = await readPlanJson(path);
	if (isPublished(json)) return json;
	throw new CarteiraError("INVALID_INPUT", `${path} is JSON, but not a plan: it lacks plan_id, or reps with days and entries`);
}
