import { beforeAll, describe, expect, it } from "vitest";
import { FORECAST_METRICS, HORIZONS } from "../../engine/forecast/forecast-document.ts";
import { forecastPortfolio } from "../../engine/forecast/forecast.ts";
import { findParts, type Part } from "../../engine/forecast/forecast-groups.ts";
import { originScoresOf, type Pictures, takePictures } from "../../engine/forecast/pictures.ts";
import { CLASSES, PHASES } from "../../engine/policy/case.ts";
import { buildOwnership } from "../../engine/policy/ownership.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { loadPredictor, type Predictor } from "../../engine/scoring/predictor.ts";
import { orderProbability, type Scores } from "../../engine/scoring/scores.ts";
import { understand } from "../../engine/understand.ts";
import { type Day, formatDay, weekdayOf } from "../../engine/units.ts";
import { portfolioOf, type Row } from "../check/tables.ts";
import { LAST_DAY, type LineSpec } from "../scoring/synthetic-portfolio.ts";
import { linesOf, madeTrade } from "./trade.ts";

const NUM_CUSTOMERS = 40;
const RULE = { min_value: 300, min_products: 2 };
const trade = madeTrade(NUM_CUSTOMERS, 6, { positivation: RULE });
let predictor: Predictor;
beforeAll(async () => {
	predictor = await loadPredictor();
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the models and newcomers make of a part, and how far luck moves it, from the lines alone; `trade` of the days is in it. */
function slowPicture(portfolio: Portfolio, scores: Scores, origin: Day, context: ReturnType<typeof understand>) {
	const { customers, products } = portfolio.tables;
	const all = linesOf(portfolio).filter(({ day }) => day < LAST_DAY);
	const byCustomer = Map.groupBy(all, ({ customer }) => customer);
	const lineOf = ({ product }: LineSpec): string | null => products.texts.line.at(product);
	const isSale = ({ quantity = 1 }: LineSpec): boolean => quantity > 0;
	const firstOf = (c: number): Day => Math.min(...(byCustomer.get(c) ?? []).filter(isSale).map(({ day }) => day));
	const firstDay = Math.min(...all.filter(isSale).map(({ day }) => day));
	const { default_margin_rate: usualRate } = context.policy.value;

	/** What a customer bought on days from … to − 1, of one line or (undefined) of all: value, margin, positivated or not, and whether it bought. */
	const windowOf = (c: number, from: Day, to: Day, line?: string | null) => {
		const own = (byCustomer.get(c) ?? []).filter((row) => row.day >= from && row.day < to && (line === undefined || lineOf(row) === line));
		const rateOf = ({ product }: LineSpec): number => {
			const rate = products.numbers.margin_rate[product];
			return Number.isNaN(rate) ? usualRate : rate;
		};
		const value = sum(own.map((row) => row.value ?? 0));
		const bought = own.filter(isSale);
		const isReached = value >= 100 * RULE.min_value && new Set(bought.map(({ product }) => product)).size >= RULE.min_products;
		return {
			value,
			margin: sum(own.map((row) => (row.value ?? 0) * rateOf(row))),
			reached: Number(isReached),
			isBought: bought.length > 0,
		};
	};
	const lines = [...new Set(Array.from({ length: products.length }, (_, row) => products.texts.line.at(row)))];
	const shareOf = (c: number, line: string | null | undefined): number => {
		if (line === undefined) return 1;
		const sales = (of: string | null): number => Math.max(0, windowOf(c, origin - 360, origin, of).value);
		const whole = sum(lines.map(sales));
		return whole > 0 ? sales(line) / whole : 0;
	};
	const tradeOf = (from: Day, days: number): number => {
		const ordersOn = new Map<string, number>(); // by customer and day
		for (const row of all) if (isSale(row) && row.day < origin) ordersOn.set(`${row.customer} ${row.day}`, row.day);
		const orders = [0, 0, 0, 0, 0, 0, 0];
		for (const day of ordersOn.values()) orders[weekdayOf(day)]++;
		const { calendar } = context;
		return sum(
			Array.from({ length: days }, (_, i) => from + i).map((day) =>
				calendar.isHoliday(day) ? 0 : orders[weekdayOf(day)] * (calendar.isOptionalDay(day) ? 0.5 : 1),
			),
		);
	};

	const isOf = ({ by, id }: Part, c: number): boolean => {
		if (by === "segment") return customers.texts.segment.at(c) === id;
		return by !== "rep" || (c % 5 === 4 ? null : `r${c % 2}`) === id;
	};
	return {
		tradeOf,
		of: (part: Part, days: number) => {
			const line = part.by === "line" ? part.id : undefined;
			const model = [0, 0, 0];
			const variance = [0, 0, 0];
			const numWindows = Math.min(360 / days, Math.floor((origin - firstDay - 90) / days));
			for (const c of byCustomer.keys()) {
				if (!isOf(part, c) || firstOf(c) >= origin) continue;
				const hazard = (d: number): number => -Math.log(1 - Math.min(1 - 1e-9, orderProbability(scores, c, d)));
				const value = (shareOf(c, line) * scores.expectedValue[c] * hazard(days)) / hazard(90);
				const rate = Number.isNaN(scores.marginRate[c]) ? usualRate : scores.marginRate[c];
				const past = Array.from({ length: 360 / days }, (_, i) => origin - days * (i + 1));
				const numBought = past.filter((from) => windowOf(c, from, from + days).isBought).length;
				const numReached = sum(past.map((from) => windowOf(c, from, from + days, line).reached));
				const reach = numBought === 0 ? 0.5 : (numReached + 0.25) / (numBought + 0.5);
				const positivated = shareOf(c, line) > 0 ? orderProbability(scores, c, days) * reach : 0;
				for (const [m, amount] of [value, value * rate, positivated].entries()) model[m] += amount;
				const spreads = [value * scores.ticket[c], value * scores.ticket[c] * rate ** 2, positivated * (1 - positivated)];
				for (const [m, amount] of spreads.entries()) variance[m] += amount;
				for (let nth = 0; nth < numWindows; nth++) {
					const from = origin - days * (nth + 1);
					if (firstOf(c) < from || firstOf(c) >= from + days) continue;
					const came = windowOf(c, from, from + days, line);
					for (const [m, amount] of [came.value, came.margin, came.reached].entries()) model[m] += amount / numWindows;
					if (line === undefined) variance[0] += (Math.max(0, came.value) * scores.ticket[c]) / numWindows;
				}
			}
			const usual = (tradeOf(origin - 364, 364) * days) / 364;
			const factor = tradeOf(origin, days) / usual;
			return { model: [model[0] * factor, model[1] * factor, model[2]], variance };
		},
	};
}

describe("the pictures that a forecast is calibrated from", () => {
	it("hold what the models say of each part, and its spread, as customers and lines one by one add up to", () => {
		const context = understand(trade, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const parts = findParts(trade, buildOwnership(trade, [LAST_DAY]));
		const origins = [LAST_DAY, LAST_DAY - 30];
		const said = origins.map((origin) => predictor.score(trade, cutHistory(trade, context.history, origin), { asOf: origin }));
		const scores = said.map((one, k) => originScoresOf(one, origins[k], context.policy));
		const pictures: Pictures = takePictures({ ...context, parts, scores });
		const expectAlike = (found: number, slow: number, what: string): void =>
			expect(Math.abs(found - slow) / Math.max(1e-9, Math.abs(slow)), what).toBeLessThan(1e-4);
		for (const [k, origin] of origins.entries()) {
			const slow = slowPicture(trade, said[k], origin, context);
			for (const [h, days] of HORIZONS.entries()) {
				for (const [p, part] of parts.list.entries()) {
					const { model, variance } = slow.of(part, days);
					for (const [m, metric] of FORECAST_METRICS.entries()) {
						const what = `${metric} ${days} of ${part.by} ${part.id} before ${formatDay(origin)}`;
						expectAlike(pictures.model[pictures.at(k, p, m, h)], model[m], what);
						expectAlike(pictures.variance[pictures.at(k, p, m, h)], variance[m], `variance of ${what}`);
						expect(model[m]).toBeGreaterThan(0);
					}
				}
				// The naive windows are told as for the days of trade ahead: of the total, what came times the days' worth.
				const came = (from: Day): number =>
					sum(linesOf(trade).flatMap(({ day, value = 0 }) => (day >= from && day < from + days ? [value] : [])));
				const ahead = slow.tradeOf(origin, days);
				const position = pictures.at(k, 0, 0, h);
				expectAlike(pictures.lastWindow[position], (came(origin - days) * ahead) / slow.tradeOf(origin - days, days), "last window");
				expectAlike(pictures.lastYear[position], (came(origin - 364) * ahead) / slow.tradeOf(origin - 364, days), "last year");
			}
		}
		const tickets = [...said[0].ticket].filter((ticket) => ticket > 0).sort((a, b) => a - b);
		const ticket = tickets[Math.floor(tickets.length / 2)];
		expect(pictures.quantum).toEqual([ticket / 2 + 1, (ticket * context.policy.value.default_margin_rate) / 2 + 1, 0.5]);
	});
});

/** The trade with contacts of every channel, direction and outcome in the last 120 days and some after them. */
function contacted(): Portfolio {
	const random = createRandom(3, 3);
	const pick = <T>(items: readonly T[]): T => items[random.below(items.length)];
	const buyers = [...new Set(linesOf(trade).flatMap(({ customer, day }) => (day < LAST_DAY ? [customer] : [])))];
	const customers = Array.from({ length: NUM_CUSTOMERS }, (_, c): Row => ({ customer_id: `c${c}` }));
	const contacts = Array.from(
		{ length: 300 },
		(_, i): Row => ({
			contact_id: `k${i}`,
			customer_id: `c${pick(buyers)}`,
			contacted_at: `${formatDay(LAST_DAY - 120 + random.below(130))}T${10 + random.below(8)}:00`,
			channel: pick(["visit", "phone", "message"]),
			outcome: pick(["order", "no_order", "not_reached", "cancelled"]),
			...(random.next() < 0.3 && { direction: "inbound" }),
		}),
	);
	return { ...trade, tables: { ...trade.tables, contacts: portfolioOf({ customers, contacts }).tables.contacts } };
}

describe("a forecast", () => {
	it("tells positivated customers of the windows before, and the days of its history, as the lines have them", () => {
		const context = understand(trade, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const { groups, season } = forecastPortfolio({ context, predictor });
		const rows = linesOf(trade);
		expect(season.history_days).toBe(LAST_DAY - Math.min(...rows.map(({ day }) => day)));
		const numReached = (from: Day, to: Day): number => {
			const own = Map.groupBy(
				rows.filter(({ day }) => day >= from && day < to),
				({ customer }) => customer,
			);
			return [...own.values()].filter(
				(bought) =>
					sum(bought.map(({ value = 0 }) => value)) >= 30_000 &&
					new Set(bought.flatMap(({ product, quantity = 1 }) => (quantity > 0 ? [product] : []))).size >= 2,
			).length;
		};
		for (const { metric, horizon_days: days, last_window, last_year } of groups[0].figures)
			if (metric === "positivation")
				expect([last_window, last_year]).toEqual([
					numReached(LAST_DAY - days, LAST_DAY),
					numReached(LAST_DAY - 364, LAST_DAY - 364 + days),
				]);
	});

	it("takes from an empty plan what usual contacts would have won: as many as in the last 90 days", () => {
		const portfolio = contacted();
		const context = understand(portfolio, { asOf: LAST_DAY }, predictor, { isSilenceCounted: true });
		const { scores, classification, policy } = context;
		const plan = { as_of: formatDay(LAST_DAY), horizon: { from: formatDay(LAST_DAY), to: formatDay(LAST_DAY + 8) }, reps: [] };
		const { contacts } = portfolio.tables;
		let [usual, lost] = [0, 0];
		for (let row = 0; row < contacts.numRows; row++) {
			const day = Math.floor(contacts.numbers.contacted_at[row] / 86_400);
			if (day < LAST_DAY - 90 || day >= LAST_DAY || contacts.codes.direction[row] === 1 || contacts.codes.outcome[row] === 3) continue;
			usual += 9 / 90;
			const c = contacts.refs.customer_id[row];
			const [phase, cls] = [PHASES[classification.phase[c]], CLASSES[classification.class[c]]];
			const isFor = (row: { readonly phase?: string | null; readonly class?: string | null }): boolean =>
				(row.phase ?? phase) === phase && (row.class ?? cls) === cls;
			const ofPlan = policy.action_plans.find((one) => isFor(one) && one.potential == null && one.rep_kind == null);
			const chance = orderProbability(scores, c, ofPlan?.interval_days ?? Number.NaN);
			const channel = ["visit", "phone", "message"][contacts.codes.channel[row]];
			const logit = policy.effects.find((one) => one.channel === channel && isFor(one))?.order_logit ?? 0;
			const odds = (chance / (1 - chance)) * Math.exp(logit);
			lost += (1 - policy.value.pull_forward) * (9 / 90) * (odds / (1 + odds) - chance) * scores.ticket[c];
		}
		const found = forecastPortfolio({ context, predictor, plan });
		expect(found.plan?.num_contacts).toBe(0);
		expect(found.plan?.usual_contacts).toBeCloseTo(usual, 9);
		const [{ without_plan: without, with_plan: planned }] = found.groups[0].figures;
		expect(without.mean - (planned?.mean ?? 0)).toBeCloseTo(lost, -0.5);
		expect(lost).toBeGreaterThan(1000);
	});
});
