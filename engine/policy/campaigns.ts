import { parseList } from "../portfolio/calendar/calendar.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { ORDER_STATUS } from "../portfolio/schema.ts";
import type { Cents, Day } from "../units.ts";
import { CLASSES, type Classification } from "./case.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");

/** A campaign with its lists resolved. */
export interface Campaign {
	readonly startsOn: Day;
	readonly endsOn: Day;
	/** Null: every segment, every class. */
	readonly segment: string | null;
	readonly classes: readonly string[] | null;
	readonly valuePerConversion: Cents;
	readonly discountRate: number;
	/** Is the product one of the campaign's? */
	includes(product: number): boolean;
}

/** Campaigns that run on some day from `first` to `last`. */
export function buildCampaigns({ tables: { campaigns, products } }: Portfolio, first: Day, last: Day): Campaign[] {
	const rows = Array.from({ length: campaigns.numRows }, (_, row) => row);
	const running = rows.filter((row) => campaigns.days.starts_on[row] <= last && campaigns.days.ends_on[row] >= first);
	if (running.length === 0) return [];
	const productOf = new Map(Array.from({ length: products.length }, (_, product) => [products.texts.product_id.at(product), product]));
	return running.map((row): Campaign => {
		const listOf = (text: string | null): string[] | null => (text === null ? null : parseList(text));
		const named = listOf(campaigns.texts.product_ids.at(row))?.map((id) => productOf.get(id) ?? -1);
		const category = campaigns.texts.category.at(row);
		const members = new Set(
			named ?? [...productOf.values()].filter((product) => category !== null && products.texts.category.at(product) === category),
		);
		return {
			startsOn: campaigns.days.starts_on[row],
			endsOn: campaigns.days.ends_on[row],
			segment: campaigns.texts.segment.at(row),
			classes: listOf(campaigns.texts.classes.at(row)),
			valuePerConversion: campaigns.numbers.value_per_conversion[row] || 0,
			discountRate: campaigns.numbers.discount_rate[row] || 0,
			includes: (product) => members.has(product),
		};
	});
}

/** Those of the campaigns that run on the day, are meant for the customer, and from which it has not bought since they began. */
export function campaignsOf(
	campaigns: readonly Campaign[],
	portfolio: Portfolio,
	history: History,
	classification: Classification,
	customer: number,
	day: Day,
): Campaign[] {
	return campaigns.filter(
		(campaign) =>
			campaign.startsOn <= day &&
			day <= campaign.endsOn &&
			(campaign.segment === null || campaign.segment === portfolio.tables.customers.texts.segment.at(customer)) &&
			(campaign.classes === null || campaign.classes.includes(CLASSES[classification.class[customer]])) &&
			!hasBought(campaign, portfolio, history, customer),
	);
}

function hasBought(campaign: Campaign, { tables: { orders } }: Portfolio, history: History, customer: number): boolean {
	for (let i = history.lineStart[customer + 1] - 1; i >= history.lineStart[customer]; i--) {
		const row = history.line[i];
		if (orders.days.ordered_on[row] < campaign.startsOn) return false;
		if (orders.numbers.quantity[row] > 0 && orders.codes.status[row] !== CANCELLED && campaign.includes(orders.refs.product_id[row]))
			return true;
	}
	return false;
}
