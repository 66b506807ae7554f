import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { parseDay } from "../../../engine/units.ts";
import type { LifeState } from "../../../models/generator/behaviour.ts";
import { contactTruth } from "../../../models/generator/contact-truth.ts";
import type { Customer } from "../../../models/generator/customer.ts";
import { openMarket, staffTerritory } from "../../../models/generator/distributor.ts";

const asOf = parseDay("2026-11-23");
const options = { customers: 40, reps: 1, seed: 3, asOf, format: "csv" as const, out: "" };
const market = openMarket(options);
const { customers, cares } = staffTerritory(options, market, 0);
const FEW_DAYS = 3;
const at = customers.findIndex(({ channels }) => channels.includes("visit"));
/** A Tuesday without a holiday near. */
const meant = { day: parseDay("2026-09-15"), channel: "visit" as const, window: FEW_DAYS };
const regular: LifeState = { mode: "regular", clock: 5, sinceContact: 30, goneOn: null, cause: null, recoveredOn: null };

function truthOf(effects: Customer["behaviour"]["effects"], state: LifeState, numLives = 4000) {
	const customer = customers[at];
	const changed = { ...customer, behaviour: { ...customer.behaviour, interval: 10, shape: 3, effects } };
	return contactTruth(market, changed, cares[at], { ...meant, state }, createRandom(8), numLives);
}

describe("the truth about a contact", () => {
	it("is more orders with it than without, by the customer's own effect", () => {
		const { made, withheld } = truthOf({ visit: 2, phone: 1.4, message: 0.5 }, regular);
		expect(made).toBeGreaterThan(withheld + 0.15); // some 0.2 and 0.5: ten standard errors of 4,000 lives are 0.07
	});

	it("is no difference where contacts do nothing", () => {
		const { made, withheld } = truthOf({ visit: 0, phone: 0, message: 0 }, regular);
		expect(made).toBeGreaterThan(0.05);
		expect(Math.abs(made - withheld)).toBeLessThan(0.04); // four standard errors
	});

	it("is next to nothing for a shop that closed, and leaves the state that it starts from alone", () => {
		const closed: LifeState = { ...regular, mode: "gone", cause: "closed" };
		expect(truthOf({ visit: 2, phone: 1.4, message: 0.5 }, closed, 200)).toEqual({ made: 0, withheld: 0 });
		expect(closed).toEqual({ ...regular, mode: "gone", cause: "closed" });
	});
});
