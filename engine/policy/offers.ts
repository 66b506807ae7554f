import type { Portfolio } from "../portfolio/portfolio.ts";
import { PRODUCT_REASONS, type Scores } from "../scoring/scores.ts";
import { type Cents, type Day, NULL_DAY } from "../units.ts";
import { type Campaign, buildCampaigns, campaignsOf } from "./campaigns.ts";
import type { Classification } from "./case.ts";
import { countFavourites, type Favourite, type Favourites } from "./favourites.ts";
import type { History } from "../portfolio/history.ts";

/** A product that may be suggested to a customer. */
export interface Offer {
	readonly product: number;
	/** P(in the next basket) under usual service. */
	readonly propensity: number;
	/** Cents if sold, and the margin of that. */
	readonly value: Cents;
	readonly margin: Cents;
	/** Never bought before. */
	readonly isNew: boolean;
	readonly isCampaign: boolean;
	/** `campaign`, else the models' reason. */
	readonly reason: string;
}

/** What can be offered to a customer while nothing in prices and campaigns changes. */
export interface Assortment {
	/** Best first. */
	readonly offers: readonly Offer[];
	/** Campaigns that run, include the customer, and from which it has not bought yet. */
	readonly campaigns: readonly Campaign[];
}

const CROSS_SELL = PRODUCT_REASONS.indexOf("cross_sell");

interface OfferInputs {
	readonly portfolio: Portfolio;
	readonly history: History;
	readonly scores: Scores;
	readonly classification: Classification;
}

export interface Offers {
	/** Number of the period in which a date lies: prices and campaigns are the same all through a period. */
	periodOf(date: Day): number;
	readonly numPeriods: number;
	/** `marginRate` holds for products that state none. */
	assortmentOf(customer: number, period: number, marginRate: number): Assortment;
	/** What the customer's segment buys most and the customer may be sold in the period: for those that never bought. */
	favouritesOf(customer: number, period: number): readonly Favourite[];
}

/** Suggested products that are active, in stock and in the customer's price table on the day. */
export function createOffers(
	{ portfolio, history, scores, classification }: OfferInputs,
	dates: readonly Day[],
	favourites: Favourites = countFavourites(portfolio, history),
): Offers {
	const { products, customers } = portfolio.tables;
	const campaigns = buildCampaigns(portfolio, dates[0], dates[dates.length - 1]);
	const prices = buildPriceBook(portfolio);
	const starts = periodStarts(dates, [...prices.changes, ...campaigns.flatMap(({ startsOn, endsOn }) => [startsOn, endsOn + 1])]);
	const rates = products.numbers.margin_rate;

	const isSellable = (product: number): boolean => products.codes.active[product] !== 0 && !(products.numbers.stock_quantity[product] <= 0);

	const isOffered = (customer: number, product: number, period: number): boolean =>
		isSellable(product) && prices.has(customers.texts.price_table.at(customer), product, starts[period]);

	return {
		numPeriods: starts.length,
		favouritesOf: (customer, period) =>
			(favourites.get(customers.texts.segment.at(customer)) ?? []).filter(({ product }) => isOffered(customer, product, period)),
		periodOf: (date) => starts.findLastIndex((start) => start <= date),
		assortmentOf: (customer, period, marginRate) => {
			const running = campaignsOf(campaigns, portfolio, history, classification, customer, starts[period]);
			const offers: Offer[] = [];
			for (let i = scores.productStart[customer]; i < scores.productStart[customer + 1]; i++) {
				const product = scores.product[i];
				if (!isOffered(customer, product, period)) continue;
				const isCampaign = running.some((campaign) => campaign.includes(product));
				const value = scores.productValue[i] || 0;
				const rate = Number.isNaN(rates[product]) ? marginRate : rates[product];
				const isNew = scores.productReason[i] === CROSS_SELL;
				const reason = isCampaign ? "campaign" : PRODUCT_REASONS[scores.productReason[i]];
				offers.push({ product, propensity: scores.propensity[i], value, margin: value * rate, isNew, isCampaign, reason });
			}
			return { offers, campaigns: running };
		},
	};
}

/** First dates of the periods that changes cut the dates into. */
function periodStarts(dates: readonly Day[], changes: readonly Day[]): Day[] {
	const last = dates[dates.length - 1];
	const inside = changes.filter((day) => day > dates[0] && day <= last);
	return [...new Set([dates[0], ...inside])].sort((a, b) => a - b);
}

interface PriceBook {
	/** Is the product sold by the table on the day? A table without any row, or none, sells everything. */
	has(table: string | null, product: number, day: Day): boolean;
	/** Days on which some price begins, or has just ended. */
	readonly changes: readonly Day[];
}

function buildPriceBook({ tables: { prices } }: Portfolio): PriceBook {
	const rowsOf = new Map<string, Map<number, number[]>>();
	const changes = new Set<Day>();
	const { valid_from: from, valid_to: to } = prices.days;
	for (let row = 0; row < prices.numRows; row++) {
		const table = prices.texts.price_table.at(row) ?? "";
		const byProduct = rowsOf.get(table) ?? new Map<number, number[]>();
		rowsOf.set(table, byProduct);
		const product = prices.refs.product_id[row];
		const rows = byProduct.get(product);
		if (rows) rows.push(row);
		else byProduct.set(product, [row]);
		changes.add(from[row]);
		if (to[row] !== NULL_DAY) changes.add(to[row] + 1);
	}
	const has = (table: string | null, product: number, day: Day): boolean => {
		const listed = table === null ? undefined : rowsOf.get(table);
		if (!listed) return true;
		return (listed.get(product) ?? []).some((row) => from[row] <= day && (to[row] === NULL_DAY || day <= to[row]));
	};
	return { has, changes: [...changes] };
}
