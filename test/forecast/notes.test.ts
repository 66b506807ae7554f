import { beforeAll, expect, it } from "vitest";
import { FORECAST_NOTES } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { understand } from "../../engine/understand.ts";
import { type Day, formatDay, parseDay } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { slowSeason } from "./slow-notes.ts";

const AS_OF = parseDay("2026-11-24");
let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

/** How a company states margins; the ways from `cancelled` on state none that counts. */
const MARGINS = [
	"products",
	"some lines",
	"one line of each order",
	"all lines",
	"none",
	"cancelled lines",
	"later lines",
	"what nobody bought",
];
/** Days on record, on either side of what a season and four past origins need, and of what a past origin does. */
const DAYS = [40, 119, 209, 210, 239, 240, 299, 300, 363, 364, 365, 500, 727, 728, 729, 1060];

/** A few customers that order in the days before as_of, from one day on exactly; lines before it are no purchases. */
function datedTrade(seed: number): Portfolio {
	const random = createRandom(seed, 6);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const numDays = DAYS[seed % DAYS.length];
	const margins = MARGINS[Math.floor(seed / 2) % MARGINS.length];
	const silence = pick([0, 0, 45]);
	const orders: Row[] = [];
	const order = (customer: number, day: Day, more: Row = {}): void => {
		const isLate = day >= AS_OF;
		for (const line of [0, 1])
			orders.push({
				order_id: `${customer} ${day}`,
				customer_id: `C${customer}`,
				ordered_on: formatDay(day),
				product_id: `P${2 * (customer % 2) + line}`,
				quantity: 1,
				net_value: 20 + random.below(100),
				...((margins === "all lines" ||
					(margins === "one line of each order" && line === 1) ||
					(margins === "some lines" && random.next() < 0.2) ||
					(margins === "later lines" && isLate) ||
					(margins === "cancelled lines" && more.status === "cancelled")) && { margin: 3 }),
				...more,
			});
	};
	for (let customer = 0; customer < 8; customer++) {
		order(customer, AS_OF - numDays - 5, pick<Row>([{ status: "cancelled" }, { kind: "bonus" }, { quantity: -1 }]));
		const first = customer === 0 ? numDays : 1 + random.below(numDays);
		for (let day = AS_OF - first; day < AS_OF - silence; day += 3 + random.below(12)) order(customer, day);
		order(customer, AS_OF - 1 - random.below(30), { status: "cancelled" });
		order(customer, AS_OF + random.below(5));
	}
	return portfolioOf({
		customers: Array.from({ length: 8 }, (_, i) => ({ customer_id: `C${i}`, rep_id: "R" })),
		reps: [{ rep_id: "R", kind: "field_employee" }],
		products: [0, 1, 2, 3, 4].map((i) => ({
			product_id: `P${i}`,
			...((margins === "products" || (margins === "what nobody bought" && i === 4)) && { margin_rate: 0.3 }),
		})),
		orders,
	});
}

it("a forecast says of its season, its origins, its margins and its feed what the order lines show", () => {
	const seen = new Map<string, number>();
	for (let seed = 0; seed < 32; seed++) {
		const portfolio = datedTrade(seed);
		const document = forecastPortfolio({ context: understand(portfolio, { asOf: AS_OF }, predictor), predictor });
		const slow = slowSeason(portfolio, AS_OF);
		// Whether a naive forecast was off no further is held to the errors elsewhere.
		expect(
			document.notes.filter(({ code }) => code !== "NO_BETTER_THAN_NAIVE"),
			`seed ${seed}`,
		).toEqual(slow.notes);
		expect(document).toMatchObject({
			as_of: "2026-11-24",
			currency: "BRL",
			language: "pt-BR",
			model: predictor.model,
			level: 0.8,
			plan: null,
		});
		expect(document.season).toMatchObject({ basis: slow.basis, history_days: slow.days });
		expect(document.calibration.origins).toEqual(slow.origins);
		for (const { code } of slow.notes) seen.set(code, (seen.get(code) ?? 0) + 1);
	}
	const told = FORECAST_NOTES.filter((code) => !["PLAN_EFFECTS_ASSUMED", "NO_BETTER_THAN_NAIVE"].includes(code));
	for (const code of told) {
		const count = seen.get(code) ?? 0;
		expect(Math.min(count, 32 - count), code).toBeGreaterThan(3);
	}
});
