import fc from "fast-check";
import { expect, it } from "vitest";
import { createBestOf } from "../../engine/scoring/best-of.ts";

it("createBestOf keeps what sorting would put first", () => {
	const offers = fc.uniqueArray(fc.record({ item: fc.nat(50), value: fc.integer({ min: 0, max: 8 }) }), { selector: ({ item }) => item });
	fc.assert(
		fc.property(offers, fc.integer({ min: 1, max: 12 }), (all, size) => {
			const best = createBestOf(size);
			best.offer(99, 99);
			best.length = 0;
			for (const { item, value } of all) best.offer(item, value);
			const sorted = all.toSorted((a, b) => b.value - a.value || a.item - b.item).slice(0, size);
			expect([...best.item.subarray(0, best.length)]).toEqual(sorted.map(({ item }) => item));
			expect([...best.value.subarray(0, best.length)]).toEqual(sorted.map(({ value }) => value));
		}),
		{ seed: 8 },
	);
});
