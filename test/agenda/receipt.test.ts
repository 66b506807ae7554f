import { describe, expect, it } from "vitest";
import { canonicalJson, entryIdOf, planIdOf } from "../../engine/agenda/receipt.ts";

const receipt = {
	as_of: "2026-11-23",
	inputs_digest: "a",
	policy_digest: "b",
	model: "m",
	engine: "e",
	travel: "straight",
	seed: 1,
	iterations: { r1: 10, r2: 20 },
	data_through: {},
	published: null,
};

describe("the receipt", () => {
	it("has one text whatever the order of its keys", () => {
		expect(canonicalJson({ b: [1, { d: 2, c: null }], a: "x", gone: undefined })).toBe('{"a":"x","b":[1,{"c":null,"d":2}]}');
		expect(planIdOf({ ...receipt, iterations: { r2: 20, r1: 10 } })).toBe(planIdOf(receipt));
	});

	it("names another plan when anything in it differs", () => {
		const others = [{ seed: 2 }, { as_of: "2026-11-24" }, { iterations: { r1: 10, r2: 21 } }, { published: "p" }];
		const ids = new Set([receipt, ...others.map((change) => ({ ...receipt, ...change }))].map(planIdOf));
		expect(ids.size).toBe(5);
	});

	it("keeps an entry's name while rep, date and customer stay", () => {
		expect(entryIdOf("r", "2026-11-23", "c")).toBe(entryIdOf("r", "2026-11-23", "c"));
		expect(entryIdOf("r", "2026-11-23", "c")).not.toBe(entryIdOf("r", "2026-11-24", "c"));
	});
});
