import { ORDER_KINDS, ORDER_STATUS } from "../schema.ts";
import { LINES } from "./event-lines.ts";
import type { QueryEngine } from "./query-engine.ts";

/** The table of purchase events: `customer`, `day`, `value`, `margin`, in order of customer and day. */
export const EVENTS = "events";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
const RETURN = ORDER_KINDS.indexOf("return");
const SALE = ORDER_KINDS.indexOf("sale");

/**
 * Folds the sorted lines of orders into purchase events, one a customer and day with a sale, by the rules of `collectEvents`.
 * `rates` has the margin rate of each product's word, NaN for none; sums of what they give are not whole, and so depend on their
 * order: one thread adds them in order of the lines, as JavaScript would.
 */
export async function collectEvents(engine: QueryEngine, has: ReadonlySet<string>, rates: Float64Array): Promise<void> {
	const status = has.has("status") ? `status IS DISTINCT FROM ${CANCELLED}` : "true";
	const kind = has.has("kind") ? `(kind IS NULL OR kind = ${SALE})` : "true";
	const isReturn = has.has("kind") ? `(quantity < 0 OR coalesce(kind = ${RETURN}, false))` : "quantity < 0";
	const sign = `(CASE WHEN ${isReturn} AND net_value > 0 THEN -1 ELSE 1 END)`;
	const needsRates =
		!has.has("margin") || Number((await engine.rows(`SELECT count(*)::DOUBLE FROM ${LINES} WHERE margin IS NULL`))[0][0]) > 0;
	if (needsRates) await loadRates(engine, rates);
	const own = has.has("margin") ? "margin::DOUBLE" : "NULL";
	const margin = needsRates ? `coalesce(${own}, net_value::DOUBLE * coalesce(rate, 'nan'::DOUBLE))` : own;
	await engine.run(`SET threads = ${needsRates ? 1 : 2}`);
	await engine.run(`CREATE TABLE ${EVENTS} AS SELECT customer, day, value, ${rounded("margins")} AS margin FROM (
		SELECT customer, ordered_on AS day, sum(${sign} * net_value::DOUBLE) AS value, sum(${sign} * ${margin}) AS margins
		FROM ${LINES}${needsRates ? " LEFT JOIN rates ON rates.product = product_id" : ""}
		WHERE ${status} GROUP BY customer, ordered_on HAVING bool_or(quantity > 0 AND ${kind})) ORDER BY customer, day`);
	await engine.run("SET threads = 2");
}

async function loadRates(engine: QueryEngine, rates: Float64Array): Promise<void> {
	await engine.run("CREATE TABLE rates (product INTEGER, rate DOUBLE)");
	const appender = await engine.openAppender("rates", ["INTEGER", "DOUBLE"]);
	const products = Array.from(rates, (_, product) => product);
	appender.append([products, Array.from(rates)]);
	appender.close();
}

/** As `Math.round`: halves upward, and -0 for what is between -0.5 and 0. */
function rounded(sum: string): string {
	const whole = `floor(${sum}) + (CASE WHEN ${sum} - floor(${sum}) >= 0.5 THEN 1 ELSE 0 END)`;
	return `(CASE WHEN ${sum} < 0 AND ${sum} >= -0.5 THEN '-0.0'::DOUBLE ELSE ${whole} END)`;
}
