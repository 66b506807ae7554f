import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { createRandom } from "../../engine/random.ts";
import { type Cents, type Day, formatDay } from "../../engine/units.ts";
import { type Catalogue, LINES, PRICE_RISE, PRICE_TABLES } from "./catalogue.ts";
import { chance, pick, pickWeighted, wholeBetween } from "./draw.ts";
import type { Territory } from "./geography.ts";
import { HISTORY_DAYS } from "./market-calendar.ts";
import { SEGMENTS } from "./segments.ts";
import type { Rep } from "./staff.ts";
import { STREAMS } from "./streams.ts";

/** Rows of the products table. */
export function productRows({ products }: Catalogue): Cell[][] {
	return products.map(({ id, name, category, line, marginRate, price, weight, stock, active }) => [
		id,
		name,
		category,
		line,
		marginRate,
		price,
		weight,
		stock,
		active,
	]);
}

/** Rows of the prices table: every product in every table, before and after the rise, with a step for quantity here and there. */
export function priceRows({ products }: Catalogue, asOf: Day): Cell[][] {
	const risen = asOf - PRICE_RISE.daysAgo;
	return PRICE_TABLES.flatMap(({ id, factor }) =>
		products.flatMap((product, i) => {
			const price = Math.round(product.price * factor);
			const rows: Cell[][] = [
				[id, product.id, Math.round(price / PRICE_RISE.factor), null, asOf - HISTORY_DAYS - 30, risen - 1],
				[id, product.id, price, null, risen, null],
			];
			if (i % 3 === 0) rows.push([id, product.id, Math.round(price * 0.97), 12, risen, null]);
			return rows;
		}),
	);
}

/** Rows of the delivery routes of a territory, two a rep; the second one is the rarer. */
export function routeRows(seed: number, rep: Rep, territory: Territory): Cell[][] {
	const random = createRandom(seed, STREAMS.routes + rep.index);
	const far = territory.kind === "rural";
	return [0, 1].map((n) => {
		const days = n === 0 ? pick(random, ["Mo,We,Fr", "Tu,Fr", "Mo,Th", "Tu,Th", "Mo-Fr"]) : pick(random, ["Tu", "Th", "Mo,Th", "We,Fr"]);
		const parity = n === 1 && chance(random, 0.15) ? pick(random, ["A", "B"]) : null;
		const cutoff = chance(random, 0.85)
			? 3600 *
				pickWeighted(random, [
					[14, 0.15],
					[16, 0.5],
					[17, 0.35],
				])
			: null;
		const lead = far ? wholeBetween(random, 1, 2) : 1;
		return [
			routeIdOf(rep, n),
			days,
			parity,
			cutoff,
			lead,
			500 * wholeBetween(random, 6, 24),
			wholeBetween(random, 25, 60),
			100_000 * wholeBetween(random, 2, 8),
		];
	});
}

/** Four customers in five are on their rep's main route. */
export function routeIdOf(rep: Rep, n: number): string {
	return `V${rep.id.slice(1)}-${n + 1}`;
}

/** Rows of the campaigns table: past, present and to come. */
export function campaignRows(seed: number, { products }: Catalogue, asOf: Day): Cell[][] {
	const random = createRandom(seed, STREAMS.campaigns);
	const categories = [...new Set(products.map(({ category }) => category))];
	return [-200, -90, -12, -5, 3, 25].map((start, i) => {
		const byProduct = i % 2 === 1;
		const list = Array.from({ length: 4 }, () => pick(random, products).id);
		return [
			`CAMP-${i + 1}`,
			`Ação ${formatDay(asOf + start).slice(0, 7)} ${i + 1}`,
			asOf + start,
			asOf + start + 30,
			byProduct ? null : pick(random, categories),
			byProduct ? [...new Set(list)].join(";") : null,
			chance(random, 0.4) ? pick(random, SEGMENTS).name : null,
			chance(random, 0.5) ? pick(random, ["A", "A;B", "B;C"]) : null,
			500 * wholeBetween(random, 1, 6),
			pick(random, [0, 0.03, 0.05, 0.08]),
			i === 2 ? 5 : null,
			i === 3 ? 400 : null,
		];
	});
}

/** Sums over a rep's customers that its targets are made from. */
export interface Sales {
	readonly revenue: Cents;
	readonly margin: Cents;
	readonly buyers: number;
	readonly breadth: number;
	readonly fresh: number;
}

/** Rows of the targets table for a rep, or for a team when `rep` is null: this month and the next, a little above what is usual. */
export function targetRows(rep: string | null, team: string | null, sales: Sales, asOf: Day): Cell[][] {
	const units = (cents: Cents): number => Math.round(cents / 10_000) * 100; // targets of money are whole hundreds
	const firstOfMonth = asOf - Number(formatDay(asOf).slice(8)) + 1;
	return [asOf, firstOfMonth + 31]
		.map((day) => formatDay(day).slice(0, 7))
		.flatMap((period) => {
			const row = (metric: string, target: number, line: string | null, bonus: Cents | null): Cell[] => [
				period,
				rep,
				team,
				metric,
				line,
				target,
				bonus,
			];
			const rows = [
				row("revenue", units(sales.revenue * 1.05), null, 50_000),
				row("positivation", Math.ceil(sales.buyers * 1.06), null, 30_000),
			];
			if (rep !== null) rows.push(row("mix", Math.ceil((sales.breadth / Math.max(1, sales.buyers)) * 10) / 10, null, null));
			if (rep !== null)
				rows.push(
					row("new", Math.max(1, sales.fresh), null, 20_000),
					row("recovered", Math.max(1, Math.round(sales.buyers / 60)), null, null),
				);
			if (rep === null)
				rows.push(row("margin", units(sales.margin * 1.05), null, null), row("revenue", units(sales.revenue * 0.15), LINES[0], null));
			return rows;
		});
}
