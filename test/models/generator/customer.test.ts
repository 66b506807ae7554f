import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { parseDay } from "../../../engine/units.ts";
import { createItemMemory, drawOrder } from "../../../models/generator/basket.ts";
import { buildCatalogue, PRICE_TABLES, priceOn } from "../../../models/generator/catalogue.ts";
import { buildCustomer } from "../../../models/generator/customer.ts";
import { buildTerritory } from "../../../models/generator/geography.ts";

const asOf = parseDay("2026-11-23");
const catalogue = buildCatalogue(1, 3000, asOf);
const territory = buildTerritory(1, 0);
const draw = (index: number, seed = 1) => buildCustomer(seed, index, territory, catalogue, asOf, false);

describe("a generated customer", () => {
	it("is the same whatever was drawn before it, so that nothing needs to be remembered", () => {
		const alone = draw(4711);
		for (let index = 0; index < 50; index++) draw(index);
		expect(draw(4711)).toEqual(alone);
		expect(draw(4711, 2)).not.toEqual(alone);
	});

	it("has an id of its own, a way to be reached and a life within bounds", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 5_000_000 }), fc.integer({ min: 0, max: 5_000_000 }), (a, b) => {
				const [one, other] = [draw(a), draw(b)];
				const { behaviour, channels, place } = one;
				return (
					(one.id === other.id) === (a === b) &&
					channels.length > 0 &&
					(place !== null || !channels.includes("visit")) &&
					behaviour.shape >= 2 &&
					behaviour.shape <= 6 &&
					behaviour.interval >= (6 * 5.2) / 7 - 0.001 &&
					behaviour.interval <= (45 * 5.2) / 7 + 0.001 &&
					behaviour.basket.length >= 6 &&
					new Set(behaviour.basket.map(({ product }) => product)).size === behaviour.basket.length
				);
			}),
			{ seed: 1, numRuns: 300 },
		);
	});

	it("is placed near its territory's towns", () => {
		for (let index = 0; index < 300; index++) {
			const { place } = draw(index);
			if (place === null) continue;
			const nearest = Math.min(...territory.towns.map(({ centre }) => Math.hypot(place.lat - centre.lat, place.lon - centre.lon)));
			expect(nearest).toBeLessThan(0.15); // about 16 km
		}
	});
});

describe("an order", () => {
	const customer = draw(7);
	const random = createRandom(1);
	const memory = createItemMemory(customer.behaviour.basket);
	const orders = Array.from({ length: 3000 }, () => drawOrder(random, customer, catalogue, asOf - 1, asOf, 1, memory));

	it("reaches the minimum of the customer's price table", () => {
		for (const lines of orders) {
			expect(lines.reduce((sum, { net }) => sum + net, 0)).toBeGreaterThanOrEqual(PRICE_TABLES[customer.priceTable].minOrder);
		}
	});

	it("charges whole units at the price of the customer's table on that day, at a margin", () => {
		for (const { product, quantity, net, margin } of orders.flat()) {
			expect(net).toBe(quantity * priceOn(catalogue.products[product], customer.priceTable, asOf - 1, asOf));
			expect(margin).toBeLessThan(net);
		}
	});

	it("brings products of a group together", () => {
		const group = customer.behaviour.basket.filter((item) => item.group === 0 && item.from < asOf - 1 && item.to >= asOf);
		expect(group.length).toBeGreaterThan(1);
		const holds = (product: number) => orders.map((lines) => lines.some((line) => line.product === product));
		const [first, second] = [holds(group[0].product), holds(group[1].product)];
		const share = (list: readonly boolean[]): number => list.filter(Boolean).length / list.length;
		expect(share(first.map((held, i) => held && second[i]))).toBeGreaterThan(1.05 * share(first) * share(second));
	});
});

describe("the catalogue", () => {
	it("has 200 products for a small distributor and up to 800 for a large one, each with an id, a category and a line", () => {
		expect(buildCatalogue(1, 50, asOf).products).toHaveLength(200);
		expect(buildCatalogue(1, 5_000_000, asOf).products).toHaveLength(800);
		expect(new Set(catalogue.products.map(({ id }) => id)).size).toBe(catalogue.products.length);
		expect(new Set(catalogue.products.map(({ category }) => category)).size).toBe(16);
		expect(new Set(catalogue.products.map(({ line }) => line)).size).toBeGreaterThan(5);
	});
});
