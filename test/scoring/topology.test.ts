import { describe, expect, it } from "vitest";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { findTopologyFault } from "../../engine/scoring/topology.ts";

const input = { class_name: "InputLayer", name: "a", inbound_nodes: [] };
const layer = (name: string, ...inputs: unknown[]) => ({ name, inbound_nodes: inputs.length === 0 ? [] : [inputs] });
const faultOf = (...layers: unknown[]): string | null => findTopologyFault({ config: { layers } }, 10);

describe("a topology", () => {
	it("of the shipped nets has no fault", async () => {
		const { manifest, weights } = await readModelFolder(defaultModelDir());
		for (const net of ["churn", "replenish", "open"] as const)
			expect(findTopologyFault(manifest[net].topology, weights[net].byteLength / 4)).toBe(null);
	});

	it.each([
		["itself", layer("b", ["b", 0, 0])],
		["a layer that is not there", layer("b", ["c", 0, 0])],
		["a call that never was", layer("b", ["a", 1, 0])],
		["a call that is no number", layer("b", ["a", true, 0])],
		["nothing", { name: "b", inbound_nodes: [[]] }],
		["no list", { name: "b", inbound_nodes: [{}] }],
	])("may not have a layer read from %s", (_, second) => {
		expect(faultOf(input, second)).toBe("layer 2 reads from something that is no layer before it");
	});

	it("may have a layer that is called twice, and no layer wider than all weights", () => {
		const twice = { name: "b", inbound_nodes: [[["a", 0, 0]], [["a", 0, 0]]] };
		expect(faultOf(input, twice, layer("c", ["b", 1, 0]))).toBe(null);
		expect(faultOf({ name: "a", config: { units: 11 } })).toBe("it has a layer of 11 units, and 10 weights in all");
	});

	it("may not have a layer read from one that is never called", () => {
		expect(faultOf(layer("a"), layer("b", ["a", 0, 0]))).toBe("layer 2 reads from something that is no layer before it");
	});

	it("is looked at to any depth", () => {
		let deep: unknown = { units: 11 };
		for (let i = 0; i < 100_000; i++) deep = { deep };
		expect(findTopologyFault(deep, 10)).toMatch(/11 units/);
	});
});
