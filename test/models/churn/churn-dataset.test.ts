import { describe, expect, it } from "vitest";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { createRandom } from "../../../engine/random.ts";
import { NUM_OUTPUTS } from "../../../engine/scoring/churn-inputs.ts";
import { HAZARD_EDGES, NUM_BINS } from "../../../engine/scoring/hazard.ts";
import { buildChurnRows, CHURN_LABELS, futureOf } from "../../../models/churn/churn-dataset.ts";
import { nextBasket } from "../../../models/mix/mix-occasions.ts";
import { pickOrigins } from "../../../models/churn/origins.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../../scoring/synthetic-portfolio.ts";

const ORIGIN = 20_000;
const MODEL = { k: 1, r: 1, alpha: 1, a: 1, b: 3 };
const ANCHOR = { buyTillYouDie: MODEL, bgNbd: { ...MODEL, staysAfterFirst: true }, bgShare: 0.5 };

/** Labels at ORIGIN of customers that ordered a hundred days before it, and then on the given days after it, the data ending so many days after. */
function labelsOf(days: readonly (readonly number[])[], daysKnown: number): { ordered: number[]; counts: number[]; totals: number[] }[] {
	const lines = days.flatMap((own, customer) => [-100, ...own].map((day) => ({ customer, day: ORIGIN + day, product: 0, value: 1000 })));
	const portfolio = portfolioOf(lines);
	const history = buildHistory(portfolio, ORIGIN + daysKnown);
	const { labels } = buildChurnRows(portfolio, history, [ORIGIN], ANCHOR, { maxRows: 100, random: createRandom(1) });
	return days.map((_, row) => {
		const own = Array.from(labels.values.subarray(row * CHURN_LABELS, (row + 1) * CHURN_LABELS));
		return { ordered: own.slice(0, NUM_BINS), counts: own.slice(NUM_BINS, 2 * NUM_BINS), totals: own.slice(2 * NUM_BINS) };
	});
}

const binOf = (days: number): number => HAZARD_EDGES.findIndex((edge) => days < edge);
const upTo = (bin: number): number[] => HAZARD_EDGES.map((_, b) => (b <= bin ? 1 : 0));
const only = (bin: number): number[] => HAZARD_EDGES.map((_, b) => (b === bin ? 1 : 0));

describe("labels of the churn net", () => {
	it("mark the bin of the next order and end there", () => {
		const [soon, later] = labelsOf([[0, 5], [30]], 400);
		expect([soon.ordered, soon.counts]).toEqual([only(0), upTo(0)]);
		expect([later.ordered, later.counts]).toEqual([only(binOf(30)), upTo(binOf(30))]);
	});

	it("count every bin of a customer that never came back", () => {
		const [gone] = labelsOf([[]], 400);
		expect([gone.ordered, gone.counts]).toEqual([HAZARD_EDGES.map(() => 0), HAZARD_EDGES.map(() => 1)]);
	});

	it("leave out bins that the data does not cover whole", () => {
		// 25 days are known: bins up to [14, 21) count, [21, 28) does not, even where an order in it is known.
		const [silent, came] = labelsOf([[], [22]], 25);
		expect(silent.counts).toEqual(upTo(binOf(20)));
		expect(came.counts).toEqual(upTo(binOf(20)));
	});

	it("total orders and value in tickets over 90 days, once they are over", () => {
		// Every order is 1000 cents and so are the ticket and the portfolio's, so that value weighs 1: 2 orders in [0, 90), the third on day 90 is out.
		expect(labelsOf([[3, 89, 90]], 90)[0].totals).toEqual([2, 2, 1, 1]);
		expect(labelsOf([[3]], 89)[0].totals).toEqual([1, 1, 0, 0]);
	});
});

describe("value in the labels", () => {
	it("counts by the customer's ticket against the portfolio's, from a fifth to five times", () => {
		// Eleven customers order for 100 cents and one for 100 000 each time: (11 × 100 + 100 000) ÷ 12 = 8425 on average. Two orders of the
		// portfolio's draw each one's ticket to it: (100 + 2 × 8425) ÷ 3 = 5650, which is 0.67 of it, and (100 000 + 2 × 8425) ÷ 3 = 38 950, 4.62.
		const lines = Array.from({ length: 12 }, (_, customer) => ({
			customer,
			day: ORIGIN - 9,
			product: 0,
			value: customer < 11 ? 100 : 100_000,
		}));
		const portfolio = portfolioOf(lines);
		const draw = { maxRows: 100, random: createRandom(1) };
		const { labels } = buildChurnRows(portfolio, buildHistory(portfolio, ORIGIN + 100), [ORIGIN], ANCHOR, draw);
		const weightOf = (row: number): number => labels.values[(row + 1) * CHURN_LABELS - 1];
		expect(weightOf(0)).toBeCloseTo(0.67, 2);
		expect(weightOf(11)).toBeCloseTo(4.62, 2);
	});
});

describe("value of 90 days", () => {
	it("is net of a return on a day of its own", () => {
		// Tickets are drawn to the portfolio's own, 1000 for all: (1000 + 2 × 1000) ÷ 3; 1000 bought and 400 brought back are 0.6 of it.
		const bought = Array.from({ length: 12 }, (_, customer) =>
			[-9, 10].map((day) => ({ customer, day: ORIGIN + day, product: 0, value: 1000 })),
		).flat();
		const portfolio = portfolioOf([...bought, { customer: 0, day: ORIGIN + 30, product: 0, value: -400, quantity: -1 }]);
		const draw = { maxRows: 100, random: createRandom(1) };
		const { labels } = buildChurnRows(portfolio, buildHistory(portfolio, ORIGIN + 100), [ORIGIN], ANCHOR, draw);
		const ticketsOf = (row: number): number => labels.values[(row + 1) * CHURN_LABELS - 3];
		expect(ticketsOf(0)).toBeCloseTo(0.6, 5);
		expect(ticketsOf(1)).toBeCloseTo(1, 5);
	});
});

describe("offsets of the churn net", () => {
	it("foretell at every origin as many orders as came, whatever the season", () => {
		const portfolio = syntheticPortfolio(300, 4);
		const history = buildHistory(portfolio, LAST_DAY);
		for (const origin of [LAST_DAY - 400, LAST_DAY - 200]) {
			const { numRows, offsets, labels } = buildChurnRows(portfolio, history, [origin], ANCHOR, { maxRows: 1000, random: createRandom(1) });
			let [came, said] = [0, 0];
			for (let row = 0; row < numRows; row++)
				for (let bin = 0; bin < NUM_BINS; bin++) {
					if (labels.values[row * CHURN_LABELS + NUM_BINS + bin] === 0) continue;
					came += labels.values[row * CHURN_LABELS + bin];
					said += 1 / (1 + Math.exp(-offsets.values[row * NUM_OUTPUTS + bin]));
				}
			expect(came).toBeGreaterThan(100);
			expect(Math.abs(said / came - 1)).toBeLessThan(0.01); // the prior that holds the shift draws it a little towards 0
		}
	});
});

describe("futureOf", () => {
	it("counts from the origin on, the origin included", () => {
		const portfolio = portfolioOf([-1, 0, 89, 90].map((day) => ({ customer: 0, day: ORIGIN + day, product: 0, value: 500 })));
		const history = buildHistory(portfolio, ORIGIN + 200);
		expect(futureOf(history, 0, ORIGIN)).toEqual({ daysToOrder: 0, orders90: 2 });
		expect(futureOf(history, 0, ORIGIN + 91)).toEqual({ daysToOrder: Number.POSITIVE_INFINITY, orders90: 0 });
	});
});

describe("nextBasket", () => {
	it("holds the sale lines of the first event on or after the origin, within 90 days", () => {
		const line = (day: number, product: number, quantity = 1) => ({ customer: 0, day: ORIGIN + day, product, quantity });
		const portfolio = portfolioOf([line(-1, 0), line(2, 9, -1), line(4, 1), line(4, 2), line(6, 3)]);
		const history = buildHistory(portfolio, ORIGIN + 200);
		expect([...nextBasket(portfolio, history, 0, ORIGIN)]).toEqual([1, 2]);
		expect([...nextBasket(portfolio, history, 0, ORIGIN - 86)]).toEqual([0]); // a return is no event; day −1 is within 90 days
		expect([...nextBasket(portfolio, history, 0, ORIGIN + 7)]).toEqual([]);
	});
});

describe("pickOrigins", () => {
	it("takes past days of all weekdays with 90 days before and 14 after them", () => {
		const portfolio = portfolioOf([{ customer: 0, day: ORIGIN, product: 0 }]);
		const origins = pickOrigins(buildHistory(portfolio, ORIGIN + 300), ORIGIN + 300);
		expect(origins[0]).toBe(ORIGIN + 286);
		expect(origins.at(-1)).toBeGreaterThanOrEqual(ORIGIN + 90);
		expect(new Set(origins.map((origin) => origin % 7)).size).toBe(7);
	});
});
