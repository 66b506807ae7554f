import type { BacktestDocument, Estimate } from "../backtest/backtest-document.ts";
import { formatSheet, type Sheet } from "./sheets.ts";

const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);
const ranged = ({ mean, lower, upper }: Estimate): string =>
	mean === null ? "–" : lower === null || upper === null ? percent(mean) : `${percent(mean)} (${percent(lower)} to ${percent(upper)})`;

/** The back-test as tables for people, with what it cannot show. */
export function formatBacktest(document: BacktestDocument): string {
	const { calibration, limits } = document;
	const bias = calibration.value_bias === null ? "" : `; value of 90 days foretold over what came: ${percent(calibration.value_bias)}`;
	const loss =
		calibration.log_loss === null
			? ""
			: `log-loss of an order within ${document.window_days} days ${calibration.log_loss.toFixed(3)}${bias}`;
	return [
		formatSheet(overallSheet(document)),
		formatSheet(aheadSheet(document)),
		formatSheet(originSheet(document)),
		loss,
		...limits.map(({ code, detail }) => `${code}: ${detail}`),
	]
		.filter((part) => part !== "")
		.join("\n\n");
}

function overallSheet({ overall, origins, window_days: days, level }: BacktestDocument): Sheet {
	return {
		title: `Captured by the first of each ranking, mean of ${origins.length} origins, ${100 * level} % intervals; breaks: no order within ${days} days`,
		head: ["", "breaks", "their past-year sales", "sales of the window"],
		rows: overall.map(({ ranking, breaks, value_at_risk, sales }) => [ranking, ranged(breaks), ranged(value_at_risk), ranged(sales)]),
	};
}

function aheadSheet({ overall }: BacktestDocument): Sheet {
	return {
		title: "How far the value of a contact is ahead, on the same customers and origins",
		head: ["of", "breaks", "their past-year sales", "sales of the window"],
		rows: overall.flatMap(({ ranking, value_ahead: ahead }) =>
			ahead === null ? [] : [[ranking, ranged(ahead.breaks), ranged(ahead.value_at_risk), ranged(ahead.sales)]],
		),
	};
}

function originSheet({ origins }: BacktestDocument): Sheet {
	const names = [...new Set(origins.flatMap(({ rankings }) => rankings.map(({ ranking }) => ranking)))];
	return {
		title: "Past-year sales of breaks captured, by origin",
		head: ["", "customers", "contacts", "breaks", ...names],
		rows: origins.map(({ origin, num_customers, num_contacts, num_breaks, rankings }) => [
			origin,
			...[num_customers, num_contacts, num_breaks].map(String),
			...names.map((name) => percent(rankings.find(({ ranking }) => ranking === name)?.value_at_risk ?? null)),
		]),
	};
}
