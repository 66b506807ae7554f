import type { z } from "zod";
import { CarteiraError, type InputProblem } from "../errors.ts";
import { CATCH_ALL_ACTION_PLAN, CATCH_ALL_EFFECTS } from "./defaults.ts";
import { type Policy, POLICY_SCHEMA } from "./policy-schema.ts";
import { completed, type Dimensions, EFFECT_DIMENSIONS, PLAN_DIMENSIONS, resolveRows } from "./row-match.ts";

export type { ActionPlan, Policy } from "./policy-schema.ts";

/** Levels of objects and lists inside each other; the schema itself has five. */
const MAX_DEPTH = 16;

/**
 * Validates policy.json and fills in what it leaves out. Validating an effective policy returns it unchanged.
 *
 * @throws CarteiraError INVALID_POLICY with a JSON pointer a problem: wrong types and ranges, unknown fields, and action plans or
 * effects that are equally specific for some customer; values nested deeper than any field is.
 */
export function validatePolicy(json: unknown): Policy {
	refuseDepth(json);
	const parsed = POLICY_SCHEMA.safeParse(json ?? {});
	if (!parsed.success) throw invalidPolicy(parsed.error.issues.flatMap((issue) => problemsOf(issue, json)));
	const policy: Policy = {
		...parsed.data,
		action_plans: completed(parsed.data.action_plans, [CATCH_ALL_ACTION_PLAN], PLAN_DIMENSIONS),
		effects: completed(parsed.data.effects, CATCH_ALL_EFFECTS, EFFECT_DIMENSIONS),
	};
	const ties = [
		...findTies(policy.action_plans, PLAN_DIMENSIONS, "action_plans"),
		...findTies(policy.effects, EFFECT_DIMENSIONS, "effects"),
	];
	if (ties.length > 0) throw invalidPolicy(ties);
	return policy;
}

/**
 * Lays the fields of a policy over those of another: objects member by member, anything else, lists too, replaced as a whole. Neither
 * need be valid alone: the result is for `validatePolicy`, so that rules between fields hold of the policy that is used.
 *
 * @throws CarteiraError INVALID_POLICY where `overlay` is nested too deep to be one.
 */
export function mergePolicy(base: unknown, overlay: unknown): unknown {
	refuseDepth(overlay);
	return merged(base, overlay);
}

function merged(base: unknown, overlay: unknown): unknown {
	if (!isMembers(base) || !isMembers(overlay)) return overlay === undefined ? base : overlay;
	const laid = Object.entries(overlay).map(([key, value]) => [key, Object.hasOwn(base, key) ? merged(base[key], value) : value] as const);
	return Object.fromEntries([...Object.entries(base), ...laid]);
}

function isMembers(json: unknown): json is Readonly<Record<string, unknown>> {
	return typeof json === "object" && json !== null && !Array.isArray(json);
}

/** Refuses what is nested too deep for a policy, level by level, before anything walks it recursively. */
function refuseDepth(json: unknown): void {
	let level = [{ value: json, pointer: "" }];
	for (let depth = 0; level.length > 0; depth++) {
		if (depth > MAX_DEPTH)
			throw invalidPolicy([{ pointer: level[0].pointer, code: "too_deep", message: `nested more than ${MAX_DEPTH} levels deep` }]);
		level = level.flatMap(({ value, pointer }) =>
			typeof value === "object" && value !== null
				? Object.entries(value).map(([key, member]: [string, unknown]) => ({ value: member, pointer: pointer + pointerOf([key]) }))
				: [],
		);
	}
}

function invalidPolicy(problems: InputProblem[]): CarteiraError {
	const first = problems[0];
	return new CarteiraError("INVALID_POLICY", `policy.json: ${first.pointer || "/"}: ${first.message}`, problems);
}

/** JSON pointer of a path (RFC 6901). */
function pointerOf(path: readonly PropertyKey[]): string {
	return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function problemsOf(issue: z.core.$ZodIssue, json: unknown): InputProblem[] {
	if (issue.code === "unrecognized_keys") {
		return issue.keys.map((key) => ({ pointer: pointerOf([...issue.path, key]), code: "unknown_field", message: `unknown field ${key}` }));
	}
	const value = valueAt(json, issue.path);
	const shown = value === undefined ? {} : { value: JSON.stringify(value).slice(0, 200) };
	return [{ pointer: pointerOf(issue.path), code: issue.code, message: issue.message, ...shown }];
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
	let value: unknown = json;
	for (const key of path) value = typeof value === "object" && value !== null ? Reflect.get(value, key) : undefined;
	return value;
}

function findTies<Row>(rows: readonly Row[], dimensions: Dimensions<Row>, field: string): InputProblem[] {
	const found = new Map<string, InputProblem>();
	resolveRows(rows, dimensions, (first, second) => {
		const message = `is as specific as /${field}/${first} for the same customers; make one of them more specific`;
		found.set(`${first} ${second}`, { pointer: `/${field}/${second}`, code: "tie", message });
	});
	return [...found.values()];
}

/** What holds without a policy.json: sound for a distributor of consumer goods in Brazil. */
export const DEFAULT_POLICY: Policy = validatePolicy({});
