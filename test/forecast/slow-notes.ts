import type { ForecastDocument } from "../../engine/forecast/forecast-document.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { slowFeed } from "../monitor/slow-feed.ts";
import { isSaleRow, plainRows } from "../monitor/slow-figures.ts";

type Notes = ForecastDocument["notes"];

/** What the days on record allow to say, from the order lines: the season, the days that a forecast is measured on, and what it lacks. */
export function slowSeason(
	portfolio: Portfolio,
	asOf: Day,
): Pick<ForecastDocument, "notes"> & { basis: string; days: number; origins: string[] } {
	const lines = plainRows(portfolio.tables.orders).filter((row) => Number(row.ordered_on) < asOf && row.status !== "cancelled");
	const days = asOf - Math.min(asOf, ...lines.filter(isSaleRow).map((row) => Number(row.ordered_on)));
	const monthsAgo = Array.from({ length: 30 }, (_, i) => 30 * (i + 1)).filter((ago) => days - ago >= 120);
	const numOver = monthsAgo.filter((ago) => ago >= 90).length;
	const { silenceFrom } = slowFeed(portfolio, asOf);
	const since = formatDay(silenceFrom);
	const products = plainRows(portfolio.tables.products);
	const isStated = lines.some((row) => row.margin !== null || products[Number(row.product_id)].margin_rate !== null);
	const notes: Notes = [];
	if (silenceFrom < asOf)
		notes.push({
			code: "STALE_ORDERS",
			detail: `no orders can be trusted since ${since}: what was sold since then counts as far as it is there`,
		});
	if (days < 52 * 7) notes.push({ code: "NO_SEASON", detail: `the history has ${days} days; a season needs 728, last year's window 364` });
	if (days >= 52 * 7 && days < 104 * 7)
		notes.push({
			code: "SHORT_SEASON",
			detail: `the history has ${days} days; below 728 a season cannot be told from growth: last year is but one opinion`,
		});
	if (numOver < 4)
		notes.push({ code: "FEW_ORIGINS", detail: `${numOver} past origins are over; below 4 intervals are what is usual, not measured` });
	if (!isStated) notes.push({ code: "NO_MARGIN", detail: "neither orders nor products state margins: the policy's default rate holds" });
	return {
		notes,
		basis: days < 364 ? "none" : days < 728 ? "last_year" : "two_years",
		days,
		origins: monthsAgo.map((ago) => formatDay(asOf - ago)),
	};
}
