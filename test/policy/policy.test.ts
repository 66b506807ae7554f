import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { CarteiraError } from "../../engine/errors.ts";
import { CLASSES, PHASES, POTENTIALS } from "../../engine/policy/case.ts";
import { DEFAULT_POLICY, mergePolicy, validatePolicy } from "../../engine/policy/policy.ts";
import { POLICY_SCHEMA } from "../../engine/policy/policy-schema.ts";
import { PLAN_DIMENSIONS, resolveRows } from "../../engine/policy/row-match.ts";
import { REP_KINDS } from "../../engine/portfolio/schema.ts";

function refusal(json: unknown): CarteiraError {
	try {
		validatePolicy(json);
	} catch (error) {
		if (error instanceof CarteiraError) return error;
		throw error;
	}
	throw new Error("was accepted");
}

describe("policy.json", () => {
	it("is complete when it is empty, or not there", () => {
		expect(validatePolicy({})).toEqual(DEFAULT_POLICY);
		expect(validatePolicy(null)).toEqual(DEFAULT_POLICY);
		expect(DEFAULT_POLICY.travel.speeds).toEqual([{ up_to_km: 2, kmh: 20 }, { up_to_km: 10, kmh: 32 }, { kmh: 60 }]);
		expect(DEFAULT_POLICY.credit.collect_only_after_days).toBe(30);
	});

	it("stays what it is when the effective policy is validated again", () => {
		const effective = validatePolicy({ horizon_days: 5, action_plans: [{ phase: "active", interval_days: 9 }] });
		expect(validatePolicy(JSON.parse(JSON.stringify(effective)))).toEqual(effective);
	});

	it("keeps the defaults beside the fields that are given", () => {
		const policy = validatePolicy({ credit: { ignore_below: 80 }, phases: { inactive: { ratio: 5 } } });
		expect(policy.credit).toEqual({ ...DEFAULT_POLICY.credit, ignore_below: 80 });
		expect(policy.phases.inactive).toEqual({ ratio: 5, floor_days: 40, ceiling_days: 150 });
	});

	it("has an action plan and a full set of effects for every phase and class by default", () => {
		const winners = resolveRows(DEFAULT_POLICY.action_plans, PLAN_DIMENSIONS);
		expect(winners).toHaveLength(PHASES.length * CLASSES.length * POTENTIALS.length * REP_KINDS.length);
		expect(winners.includes(-1)).toBe(false);
		expect(new Set(winners).size).toBe(PHASES.length * CLASSES.length);
	});

	it("completes a list of action plans by one for everybody else", () => {
		const { action_plans: plans } = validatePolicy({ action_plans: [{ phase: "active", class: "A" }] });
		expect(plans).toHaveLength(2);
		expect(plans[1]).toMatchObject({ phase: null, class: null, potential: null, rep_kind: null });
	});

	it("derives the gaps that an action plan leaves out from its interval", () => {
		const [plan] = validatePolicy({ action_plans: [{ interval_days: 20 }] }).action_plans;
		expect([plan.min_gap_days, plan.max_gap_days]).toEqual([6, 40]); // ⌊20 / 3⌋ and 2 × 20
	});

	it("refuses unknown fields where they stand", () => {
		const { details, code } = refusal({ horizont: 3, travel: { detour: 1.2, speedy: true } });
		expect(code).toBe("INVALID_POLICY");
		const found = new Map(details.map(({ pointer, code: kind }) => [pointer, kind]));
		expect(found).toEqual(
			new Map([
				["/horizont", "unknown_field"],
				["/travel/speedy", "unknown_field"],
			]),
		);
	});

	it.each([
		[{ horizon_days: 0 }, "/horizon_days"],
		[{ horizon_days: "10" }, "/horizon_days"],
		[{ currency: "real" }, "/currency"],
		[{ time_zone: "Mars/Olympus" }, "/time_zone"],
		[{ routing_mode: "loose" }, "/routing_mode"],
		[{ travel: { speeds: [] } }, "/travel/speeds"],
		[{ travel: { speeds: [{ up_to_km: 5, kmh: 30 }] } }, "/travel/speeds"],
		[{ travel: { speeds: [{ up_to_km: 5, kmh: 30 }, { up_to_km: 2, kmh: 30 }, { kmh: 60 }] } }, "/travel/speeds"],
		[{ phases: { inactive: { floor_days: 200 } } }, "/phases/inactive"],
		[{ classes: { a: 0.97 } }, "/classes"],
		[{ potential: { high: 0.6 } }, "/potential"],
		[{ credit: { cash_after_days: 40 } }, "/credit"],
		[{ action_plans: [{ phase: "activ" }] }, "/action_plans/0/phase"],
		[{ action_plans: [{ channels: [] }] }, "/action_plans/0/channels"],
		[{ action_plans: [{ channels: [{ channel: "fax", minutes: 3 }] }] }, "/action_plans/0/channels/0/channel"],
		[{ floors: [{ phase: "prospect" }] }, "/floors/0"],
		[{ value: { weights: { sale: -1 } } }, "/value/weights/sale"],
		[{ objections: [{ code: "price" }, { code: "price" }] }, "/objections"],
		[{ language: "zz_!!" }, "/language"],
		[{ floors: [{ min_contacts: 100_000 }] }, "/floors/0/min_contacts"],
		[{ floors: [{ min_contacts: 1, cost_per_contact_short: 1e9 }] }, "/floors/0/cost_per_contact_short"],
		[{ floors: [{ min_share_of_time: 1, cost_per_hour_short: 1e9 }] }, "/floors/0/cost_per_hour_short"],
		[{ channel_costs: { visit: 1e6 + 1 } }, "/channel_costs/visit"],
		[{ stability: { change_cost: 1e6 + 1 } }, "/stability/change_cost"],
		[{ action_plans: [{ disruption_cost_per_day: 1e6 + 1 }] }, "/action_plans/0/disruption_cost_per_day"],
		[{ travel: { speeds: [{ kmh: 0.5 }] } }, "/travel/speeds/0/kmh"],
		[{ travel: { cost_per_km: 1001 } }, "/travel/cost_per_km"],
		[{ travel: { cost_per_hour: 10_001 } }, "/travel/cost_per_hour"],
		[[], ""],
		["policy", ""],
	])("refuses %j with a pointer", (json, pointer) => {
		const error = refusal(json);
		expect(error.code).toBe("INVALID_POLICY");
		expect(error.details.map((problem) => problem.pointer)).toContain(pointer);
	});

	it("refuses what is nested deeper than any field, however deep", () => {
		const deep = (depth: number): unknown => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`);
		expect(refusal({ floors: deep(20_000) }).details).toMatchObject([{ pointer: `/floors${"/0".repeat(16)}`, code: "too_deep" }]);
		expect(() => mergePolicy({ floors: {} }, { floors: deep(20_000) })).toThrow(CarteiraError);
		expect(refusal({ nothing: deep(15) }).details).toMatchObject([{ pointer: "/nothing", code: "unknown_field" }]);
	});

	it("keeps the price of all floors exact in cents, for hundreds of reps", () => {
		// At most 100 floors, each 10,000 contacts short at 100,000.00 = 10^7 cents: 10^13 cents a rep.
		const dearest = { min_contacts: 10_000, cost_per_contact_short: 1e5 };
		expect(validatePolicy({ floors: Array.from({ length: 100 }, () => dearest) }).floors).toHaveLength(100);
		expect(refusal({ floors: Array.from({ length: 101 }, () => dearest) }).details[0].pointer).toBe("/floors");
		expect(500 * 1e13).toBeLessThan(Number.MAX_SAFE_INTEGER);
	});

	it("refuses action plans that are equally specific for some customer", () => {
		const { details } = refusal({
			action_plans: [
				{ phase: "active", class: "A" },
				{ phase: "active", potential: "high" },
			],
		});
		expect(details).toMatchObject([{ pointer: "/action_plans/1", code: "tie" }]);
		expect(details[0].message).toContain("/action_plans/0");
	});

	it("accepts equally specific action plans that no customer meets together, or that a more specific one settles", () => {
		expect(validatePolicy({ action_plans: [{ phase: "active" }, { phase: "new" }] }).action_plans).toHaveLength(3);
		const settled = [
			{ phase: "active", class: "A" },
			{ phase: "active", potential: "high" },
			{ phase: "active", class: "A", potential: "high" },
		];
		expect(validatePolicy({ action_plans: settled }).action_plans).toHaveLength(4);
	});

	it("refuses effects that are equally specific", () => {
		const effect = { channel: "visit", order_logit: 1 };
		const { details } = refusal({
			effects: [
				{ ...effect, phase: "active" },
				{ ...effect, class: "A" },
			],
		});
		expect(details).toMatchObject([{ pointer: "/effects/1", code: "tie" }]);
	});

	it("lets the most specific action plan win, like a plain search does", () => {
		const nullable = (words: readonly string[]) => fc.constantFrom(null, ...words);
		const row = fc.record({
			phase: nullable(PHASES),
			class: nullable(CLASSES),
			potential: nullable(POTENTIALS),
			rep_kind: nullable(REP_KINDS),
		});
		fc.assert(
			fc.property(fc.uniqueArray(row, { selector: (r) => JSON.stringify(r), maxLength: 8 }), (rows) => {
				const winners = resolveRows(rows, PLAN_DIMENSIONS as Parameters<typeof resolveRows<(typeof rows)[number]>>[1]);
				let cell = 0;
				for (const phase of PHASES)
					for (const cls of CLASSES)
						for (const potential of POTENTIALS)
							for (const kind of REP_KINDS) {
								const words = { phase, class: cls, potential, rep_kind: kind };
								const names = ["phase", "class", "potential", "rep_kind"] as const;
								const score = (r: (typeof rows)[number]) => names.filter((name) => r[name] !== null).length;
								const matching = rows.filter((r) => names.every((name) => r[name] === null || r[name] === words[name]));
								const best = Math.max(-1, ...matching.map(score));
								const winner = winners[cell++];
								expect(winner < 0 ? -1 : score(rows[winner])).toBe(best);
							}
			}),
			{ seed: 11, numRuns: 30 },
		);
	});

	it("never fails but with INVALID_POLICY, whatever it is given", () => {
		fc.assert(
			fc.property(fc.jsonValue(), (json) => {
				try {
					validatePolicy(json);
				} catch (error) {
					expect(error).toBeInstanceOf(CarteiraError);
					expect(error).toMatchObject({ code: "INVALID_POLICY" });
				}
			}),
			{ seed: 5, numRuns: 200 },
		);
	});

	it("describes every field, or the group of fields that are named after what they are of", () => {
		interface Node {
			readonly description?: string;
			readonly properties?: Readonly<Record<string, Node>>;
			readonly items?: Node;
		}
		const silent = (node: Node, path: string, isDescribed: boolean): string[] => {
			const known = isDescribed || node.description !== undefined;
			const inside = [...Object.entries(node.properties ?? {}), ...(node.items ? [["0", node.items] as const] : [])];
			if (inside.length === 0) return known ? [] : [path];
			return inside.flatMap(([name, child]) => silent(child, `${path}/${name}`, known));
		};
		expect(silent(z.toJSONSchema(POLICY_SCHEMA, { io: "input" }) as Node, "", false)).toEqual([]);
	});
});

describe("a policy laid over another", () => {
	it("replaces the members it states, inside of groups too, and lists as a whole", () => {
		const base = { horizon_days: 5, travel: { detour: 1.2, speeds: [{ up_to_km: 3, kmh: 20 }, { kmh: 50 }] }, region: null };
		const overlay = { travel: { speeds: [{ kmh: 40 }] }, region: "RJ" };
		expect(mergePolicy(base, overlay)).toEqual({ horizon_days: 5, travel: { detour: 1.2, speeds: [{ kmh: 40 }] }, region: "RJ" });
		expect(base.travel.speeds).toHaveLength(2);
		expect(mergePolicy(base, {})).toEqual(base);
	});

	it("is judged with what it is laid over", () => {
		// Alone 200 exceeds the default ceiling of 150 days.
		const overlay = { phases: { inactive: { floor_days: 200 } } };
		const base = { phases: { inactive: { ceiling_days: 300 } } };
		expect(validatePolicy(mergePolicy(base, overlay)).phases.inactive).toEqual({ ratio: 4, floor_days: 200, ceiling_days: 300 });
		expect(() => validatePolicy(mergePolicy({}, overlay))).toThrow(CarteiraError);
	});

	it("is refused where it is no object", () => {
		expect(() => validatePolicy(mergePolicy({ horizon_days: 5 }, "policy"))).toThrow(CarteiraError);
		expect(() => validatePolicy(mergePolicy({ horizon_days: 5 }, []))).toThrow(CarteiraError);
	});

	it("does not reach for members that an object merely inherits", () => {
		const merged = mergePolicy({}, JSON.parse('{"__proto__": {"a": 1}, "constructor": {"b": 2}}'));
		expect(JSON.stringify(merged)).toBe('{"__proto__":{"a":1},"constructor":{"b":2}}');
	});
});
