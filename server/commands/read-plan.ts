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

const policyShape = z.record(z.string(), z.unknown());

/** What repeats the search that led to a plan. */
const searchShape = z.looseObject({
	receipt: z.looseObject({ seed: z.int32(), iterations: z.record(z.string(), z.int().min(0)) }),
});

/** A plan file's JSON, not yet judged. */
export function readPlanJson(path: string): Promise<unknown> {
	return readJson("plan", path);
}

async function readJson(what: string, path: string): Promise<unknown> {
	const text = await readFile(path, "utf8").catch((error: Error) => {
		throw new CarteiraError("NOT_FOUND", `${what} ${path} cannot be read: ${error.message}`);
	});
	try {
		return JSON.parse(text);
	} catch (error) {
		throw new CarteiraError("INVALID_INPUT", `${what} ${path} is not JSON: ${error instanceof Error ? error.message : "unreadable"}`);
	}
}

/** Fields of a policy, to be laid over that of a folder; the policy they make together is judged by the plan. */
export async function readPolicyFields(path: string): Promise<Readonly<Record<string, unknown>>> {
	const found = policyShape.safeParse(await readJson("policy", path));
	if (found.success) return found.data;
	throw new CarteiraError("INVALID_POLICY", `policy ${path} is JSON, but no object of policy fields`);
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

/** Seed and iterations a rep of a plan file's receipt: a plan of so many seconds is repeated by them. */
export async function readSearch(path: string): Promise<{ readonly seed: number; readonly iterations: Readonly<Record<string, number>> }> {
	const found = searchShape.safeParse(await readPlanJson(path));
	if (!found.success)
		throw new CarteiraError("INVALID_INPUT", `${path} is JSON, but not a plan: it lacks a receipt with seed and iterations`);
	const { seed, iterations } = found.data.receipt;
	return { seed, iterations };
}
