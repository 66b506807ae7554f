import { createHash } from "node:crypto";
import { formatDay, parseDay } from "../units.ts";
import { dataThroughOf } from "../portfolio/data-through.ts";
import type { Checked } from "./views.ts";

/** Hexadecimal digits of a plan's id: the first half of the receipt's digest. */
const ID_DIGITS = 32;

/** The receipt, and that it is the one of this plan and these inputs. */
export function checkReceipt({ plan, portfolio, policy, repRows, report }: Checked): void {
	const { receipt } = plan;
	const id = digest(receipt).slice(0, ID_DIGITS);
	if (plan.plan_id !== id) report("plan-id", "/plan_id", `${plan.plan_id}, the receipt's digest is ${id}`);
	const policyDigest = digest(plan.policy);
	if (receipt.policy_digest !== policyDigest)
		report("policy-digest", "/receipt/policy_digest", `${receipt.policy_digest}, the policy's is ${policyDigest}`);
	if (receipt.inputs_digest !== portfolio.digest)
		report("inputs-digest", "/receipt/inputs_digest", `${receipt.inputs_digest}, the folder's is ${portfolio.digest}`);
	if (plan.currency !== policy.currency) report("currency", "/currency", `${plan.currency}, the policy's is ${policy.currency}`);
	if (!Number.isSafeInteger(receipt.seed)) report("receipt", "/receipt/seed", `${receipt.seed} is not whole`);
	checkEffects({ plan, policy, report });
	const listed = new Set(plan.reps.map(({ rep_id }) => rep_id));
	for (const [rep, iterations] of Object.entries(receipt.iterations)) {
		const isCount = Number.isSafeInteger(iterations) && iterations >= 0;
		if (!isCount || !repRows.has(rep) || !listed.has(rep))
			report("receipt", "/receipt/iterations", `${iterations} iterations of rep ${rep}`);
	}
	const missing = plan.reps.filter(({ rep_id }) => !Object.hasOwn(receipt.iterations, rep_id));
	if (missing.length > 0) report("receipt", "/receipt/iterations", `nothing of rep ${missing[0].rep_id}`);
	checkDataThrough({ plan, portfolio, report });
}

/** Effects are measured as of the latest of their dates; without any they are assumptions. */
function checkEffects({ plan, policy, report }: Pick<Checked, "plan" | "policy" | "report">): void {
	const stated = plan.receipt.effects;
	let latest = "";
	for (const { measured } of policy.effects) if (measured && measured.as_of > latest) latest = measured.as_of;
	const expected = latest === "" ? "assumed" : `measured ${latest}`;
	if (stated !== undefined && stated !== expected) report("receipt", "/receipt/effects", `${stated}, the policy's are ${expected}`);
}

function checkDataThrough({ plan, portfolio, report }: Pick<Checked, "plan" | "portfolio" | "report">): void {
	const stated = plan.receipt.data_through;
	const known = Object.entries(dataThroughOf(portfolio.tables, parseDay(plan.as_of))).map(
		([table, day]) => [table, formatDay(day)] as const,
	);
	for (const [table, date] of known) {
		if (stated[table] !== date)
			report("data-through", `/receipt/data_through`, `${table} through ${stated[table] ?? "nothing"}, expected ${date}`);
	}
	const tables = new Set<string>(known.map(([table]) => table));
	for (const table of Object.keys(stated)) {
		if (!tables.has(table)) report("data-through", "/receipt/data_through", `${table} has no dates in the folder`);
	}
}

/** SHA-256 of a value's JSON with sorted members and no white space. */
function digest(value: unknown): string {
	return createHash("sha256").update(sortedJson(value)).digest("hex");
}

function sortedJson(value: unknown): string {
	return (
		JSON.stringify(value, (_, member: unknown) =>
			typeof member === "object" && member !== null && !Array.isArray(member)
				? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
				: member,
		) ?? "null"
	);
}
