import type { PlanContext } from "../../engine/agenda/context.ts";
import type { Part } from "../../engine/forecast/forecast-groups.ts";
import { orderProbability, type Scores } from "../../engine/scoring/scores.ts";
import { type Day, weekdayOf } from "../../engine/units.ts";
import { linesOf, type TradeLine } from "./trade.ts";

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What the models and newcomers make of a part, and how far luck moves it, from the lines alone; `trade` of the days is in it. */
export function slowPicture(
	{ portfolio, policy, calendar, asOf }: Pick<PlanContext, "portfolio" | "policy" | "calendar" | "asOf">,
	scores: Scores,
	origin: Day,
	repOf: (customer: number) => string | null,
) {
	const { customers, products } = portfolio.tables;
	const all = linesOf(portfolio).filter(({ day }) => day < asOf);
	const byCustomer = Map.groupBy(all, ({ customer }) => customer);
	const isSale = ({ quantity = 1 }: TradeLine): boolean => quantity > 0;
	const firstOf = (c: number): Day => Math.min(...(byCustomer.get(c) ?? []).filter(isSale).map(({ day }) => day));
	const firstDay = Math.min(...all.filter(isSale).map(({ day }) => day));
	const { default_margin_rate: usualRate } = policy.value;
	const { min_value: leastValue, min_products: fewest } = policy.positivation;

	/** What a customer bought on days from … to − 1, of one line or (undefined) of all: value, margin, positivated or not, and whether it bought. */
	const windowOf = (c: number, from: Day, to: Day, line?: string | null) => {
		const own = (byCustomer.get(c) ?? []).filter((row) => row.day >= from && row.day < to && (line === undefined || row.line === line));
		const marginOf = ({ product, value = 0, margin }: TradeLine): number => {
			const rate = products.numbers.margin_rate[product];
			return margin ?? value * (Number.isNaN(rate) ? usualRate : rate);
		};
		const value = sum(own.map((row) => row.value ?? 0));
		const bought = own.filter(isSale);
		const isReached = value >= 100 * leastValue && new Set(bought.map(({ product }) => product)).size >= fewest;
		return {
			value,
			margin: sum(own.map(marginOf)),
			reached: Number(isReached),
			isBought: bought.length > 0,
		};
	};
	const lines = [...new Set(all.map(({ line }) => line))];
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
		return sum(
			Array.from({ length: days }, (_, i) => from + i).map((day) =>
				calendar.isHoliday(day) ? 0 : orders[weekdayOf(day)] * (calendar.isOptionalDay(day) ? 0.5 : 1),
			),
		);
	};

	const isOf = ({ by, id }: Part, c: number): boolean => {
		if (by === "segment") return customers.texts.segment.at(c) === id;
		return by !== "rep" || repOf(c) === id;
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
