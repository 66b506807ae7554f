import { describe, expect, it } from "vitest";
import { CarteiraError } from "../../engine/errors.ts";
import { CLASSES, PHASES } from "../../engine/policy/case.ts";
import { effectRowsOf, effectsBasisOf } from "../../engine/policy/effect-rows.ts";
import { DEFAULT_POLICY, validatePolicy } from "../../engine/policy/policy.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";

const MEASURED = { assumed_order_logit: 0.8, level: 0.9, lower: 0.2, upper: 0.6, made: 10, held_out: 2 };

describe("the rows of effects", () => {
	it("are there for every phase, class and channel by default, the most specific of them", () => {
		const rows = effectRowsOf(DEFAULT_POLICY);
		expect(rows).toHaveLength(PHASES.length * CLASSES.length * CHANNELS.length);
		expect(rows.map((row) => row?.order_logit)).not.toContain(undefined);
		expect(rows[0]).toMatchObject({ phase: "prospect", channel: "visit", order_logit: 0.9 });
	});

	it("have an interval whose ends stand in order", () => {
		const measured = { as_of: "2026-10-01", ...MEASURED, lower: 0.5, upper: -0.5 };
		const effects = [{ phase: null, class: null, channel: "visit", order_logit: 0, measured }];
		expect(() => validatePolicy({ effects })).toThrow(CarteiraError);
		expect(() => validatePolicy({ effects: [{ ...effects[0], measured: { ...measured, upper: 0.5 } }] })).not.toThrow();
	});

	it("are an assumption until one of them was measured, and then of the latest date", () => {
		expect(effectsBasisOf(DEFAULT_POLICY)).toBe("assumed");
		const effects = ["2026-09-01", "2026-10-01"].map((as_of, i) => ({
			phase: "active",
			class: CLASSES[i],
			channel: "visit",
			order_logit: 0.4,
			measured: { as_of, ...MEASURED },
		}));
		const policy = validatePolicy({ effects });
		expect(effectsBasisOf(policy)).toBe("measured 2026-10-01");
		expect(validatePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
	});
});
