import * as fc from "fast-check";
import { expect, it } from "vitest";
import { checkPlan } from "../../engine/check/check-plan.ts";
import { RULES } from "../../engine/check/rules.ts";
import { POLICY, ROWS, smallPlan } from "./small-plan.ts";
import { portfolioOf } from "./tables.ts";

const portfolio = portfolioOf(ROWS, POLICY);
const rules = Object.keys(RULES);

/** An edit of a JSON document: where, as turns taken from the root, and what. */
interface Edit {
	readonly turns: readonly number[];
	readonly how: "replace" | "delete" | "repeat" | "swap" | "nudge";
	readonly value: unknown;
}

const word = fc.constantFrom(
	"",
	"C01",
	"R1",
	"sell",
	"visit",
	"2026-11-24",
	"2026-02-30",
	"09:30:00",
	"24:00:00",
	"A",
	"active",
	"XX",
	"é",
	"0",
);
const number = fc.oneof(fc.integer({ min: -5, max: 90_000 }), fc.constantFrom(0.5, 1e9, -1e15, 2 ** 31, Number.MAX_VALUE));
const value = fc.oneof(word, number, fc.constantFrom<unknown>(null, true, [], {}), fc.jsonValue({ maxDepth: 2 }));
const edit: fc.Arbitrary<Edit> = fc.record({
	turns: fc.array(fc.nat(400), { minLength: 1, maxLength: 9 }),
	how: fc.constantFrom("replace", "delete", "repeat", "swap", "nudge"),
	value,
});

const isBranch = (node: unknown): node is object => typeof node === "object" && node !== null && Object.keys(node).length > 0;

/** Follows the turns until they or the branches end, and edits the member reached. */
function apply(document: object, { turns, how, value }: Edit): void {
	let parent = document;
	for (const [at, turn] of turns.entries()) {
		const keys = Object.keys(parent);
		const key = keys[turn % keys.length];
		const member: unknown = Reflect.get(parent, key);
		if (at < turns.length - 1 && isBranch(member)) {
			parent = member;
			continue;
		}
		if (how === "delete") Reflect.deleteProperty(parent, key);
		else if (how === "repeat" && Array.isArray(parent)) parent.push(structuredClone(member));
		else if (how === "swap") Reflect.set(parent, key, Reflect.get(parent, keys[(turn + 1) % keys.length]));
		else if (how === "nudge" && typeof member === "number") Reflect.set(parent, key, member + 1);
		else Reflect.set(parent, key, value);
		return;
	}
}

it("answers any edit of a plan with violations, never with a crash", () => {
	let caught = 0;
	fc.assert(
		fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
			const plan: object = JSON.parse(JSON.stringify(smallPlan()));
			for (const one of edits) apply(plan, one);
			const violations = checkPlan(portfolio, plan);
			if (violations.length > 0) caught++;
			for (const { rule, pointer, message } of violations) {
				expect(rules).toContain(rule);
				expect(pointer === "" || pointer.startsWith("/")).toBe(true);
				expect(message.length).toBeGreaterThan(0);
			}
		}),
		{ seed: 11, numRuns: 400 },
	);
	expect(caught).toBeGreaterThan(300);
});

it("answers any JSON document with violations of its shape", () => {
	fc.assert(
		fc.property(fc.jsonValue(), (document) => {
			expect(new Set(checkPlan(portfolio, document).map(({ rule }) => rule))).toEqual(new Set(["shape"]));
		}),
		{ seed: 12, numRuns: 100 },
	);
});
