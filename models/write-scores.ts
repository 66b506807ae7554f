import { stringify } from "csv-stringify/sync";
import { CLASSES, PHASES, understand } from "../engine/index.ts";
import { openDurableFile } from "../engine/portfolio/files/durable-file.ts";
import type { Portfolio } from "../engine/portfolio/portfolio.ts";
import { MAX_DAYS_TO_ORDER, NUM_BINS, survival } from "../engine/scoring/hazard.ts";
import { loadPredictor } from "../engine/scoring/predictor.ts";
import type { Scores } from "../engine/scoring/scores.ts";
import { type Day, formatDay } from "../engine/units.ts";
import { clipped } from "./evaluation/metrics.ts";

export const SCORE_COLUMNS = [
	"customer_id",
	"churn_risk",
	"churn_risk_own_rhythm",
	"expected_orders",
	"expected_value",
	"expected_days_to_order",
	"phase",
	"class",
] as const;

export interface WriteScoresOptions {
	readonly asOf: Day;
	/** Model folder; the shipped one unless said. */
	readonly model?: string;
	/** Window of the risk, the orders and the value; 90 unless said. */
	readonly horizonDays?: number;
	/** The CSV file. */
	readonly out: string;
}

/** What was written. */
export interface ScoresWritten {
	readonly rows: number;
	/** `<name>@<digest>`. */
	readonly model: string;
	/** What a reader should know of the orders; mostly nothing. */
	readonly warnings: readonly string[];
}

/** Days after which a feed without an order has not failed: its customers have gone. */
const LONGEST_OUTAGE = 90;

/** Writes scores.csv: a row for every customer with an order line before `asOf`, in order of the customers table. Ids stand as they came. */
export async function writeScores(portfolio: Portfolio, options: WriteScoresOptions): Promise<ScoresWritten> {
	const { asOf, horizonDays = 90 } = options;
	const predictor = await loadPredictor(options.model);
	const trusted = understand(portfolio, { asOf }, predictor);
	const { silenceFrom } = trusted.feed;
	const haveGone = asOf - silenceFrom >= LONGEST_OUTAGE;
	const { scores, classification } = haveGone ? understand(portfolio, { asOf }, predictor, { isSilenceCounted: true }) : trusted;
	const since = `orders: nothing trusted since ${formatDay(silenceFrom)}; silence`;
	const warnings = silenceFrom === asOf ? [] : [haveGone ? `${since} is counted as the customers' own` : `${since} is counted up to then`];
	const file = openDurableFile(options.out);
	file.write(stringify([[...SCORE_COLUMNS]]));
	const customers = customersWithLines(portfolio, asOf);
	for (const customer of customers) {
		const { phase, class: classOf } = classification;
		const id = portfolio.tables.customers.texts.customer_id.at(customer);
		file.write(stringify([[id, ...figuresOf(scores, customer, horizonDays), PHASES[phase[customer]], CLASSES[classOf[customer]]]]));
	}
	file.close();
	return { rows: customers.length, model: scores.model, warnings };
}

/** Customers with an order line before a day, ascending. */
export function customersWithLines(portfolio: Portfolio, asOf: Day): number[] {
	const { orders, customers } = portfolio.tables;
	const has = new Uint8Array(customers.length);
	for (let row = 0; row < orders.numRows; row++) if (orders.days.ordered_on[row] < asOf) has[orders.refs.customer_id[row]] = 1;
	return Array.from(has.keys()).filter((customer) => has[customer] === 1);
}

/** Nothing is certain, not even here. */
const NO_BUYER = [clipped(1).toFixed(6), clipped(1).toFixed(6), clipped(0).toFixed(6), "0.00", MAX_DAYS_TO_ORDER.toFixed(2)];

/** A customer with returns alone has bought nothing: as good as no orders are expected of it. */
function figuresOf(scores: Scores, customer: number, horizonDays: number): string[] {
	if (Number.isNaN(scores.churnRisk[customer])) return NO_BUYER;
	const risk = clipped(survival(scores.hazard, customer * NUM_BINS, horizonDays));
	const share = horizonDays / 90;
	return [
		risk.toFixed(6),
		clipped(scores.churnRiskOwnRhythm[customer]).toFixed(6),
		Math.max(1 - risk, scores.expectedOrders[customer] * share).toFixed(6),
		((scores.expectedValue[customer] * share) / 100).toFixed(2),
		scores.expectedDaysToOrder[customer].toFixed(2),
	];
}
