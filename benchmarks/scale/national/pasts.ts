import type { Day } from "../../../engine/units.ts";
import { HISTORY_DAYS } from "../../../models/generator/market-calendar.ts";
import { type Database, literal } from "./database.ts";

/** Columns of the orders as the query answers them, in order. `line` names a promotion in a few; most rows have none. */
export const ORDER_COLUMNS = [
	"order_id",
	"customer_id",
	"ordered_on",
	"product_id",
	"quantity",
	"net_value",
	"margin",
	"rep_id",
	"line",
	"origin",
	"status",
	"kind",
	"invoiced_on",
] as const;
export const CONTACT_COLUMNS = [
	"contact_id",
	"customer_id",
	"rep_id",
	"contacted_at",
	"channel",
	"direction",
	"outcome",
	"objection",
	"minutes",
] as const;

interface PastJob {
	readonly seed: number;
	readonly asOf: Day;
	readonly shopsPath: string;
	readonly daysPath: string;
	readonly productsPath: string;
}

/** Contacts of a customer, one a month before asOf. */
const NUM_CONTACTS = 6;

/**
 * Makes the tables `shops`, `products` and `purchases`: when each customer bought, in order of day. Gaps are Erlang with the customer's own mean;
 * what falls on a closed day moves to the next open one (all of a Sunday's, three quarters of a Saturday's), and the season thins.
 */
export async function livePasts(database: Database, { seed, asOf, shopsPath, daysPath, productsPath }: PastJob): Promise<void> {
	const from = asOf - HISTORY_DAYS;
	// A number in (0, 1) of the customer, its event and what is drawn.
	await database.run(`CREATE MACRO u(c, k, salt) AS (hash(${seed}, c, k, salt) % 1000003 + 0.5) / 1000003`);
	await database.run(`CREATE TABLE shops AS SELECT *, greatest(coalesce(starts, ${asOf}), ${from}) AS since,
		greatest(coalesce(starts, ${asOf}), ${from}) + ceil(30 * ln(u(c, 0, 'leaves')) / ln(1 - leaving)) AS until, length(basket) // 5 AS num_items
		FROM read_csv(${literal(shopsPath)}, header = false, auto_detect = false, columns = {c: 'INTEGER', customer_id: 'VARCHAR', rep_id: 'VARCHAR',
		size: 'DOUBLE', shape: 'INTEGER', gap: 'DOUBLE', starts: 'INTEGER', leaving: 'DOUBLE', basket: 'VARCHAR', channel: 'VARCHAR'})`);
	await database.run(`CREATE TABLE days AS SELECT * FROM read_csv(${literal(daysPath)}, header = false, auto_detect = false,
		columns = {day: 'INTEGER', openness: 'DOUBLE', season: 'DOUBLE', next: 'INTEGER'})`);
	await database.run(`CREATE TABLE products AS SELECT * FROM read_csv(${literal(productsPath)}, header = false, auto_detect = false,
		columns = {product_id: 'VARCHAR', price: 'BIGINT', margin_rate: 'DOUBLE', usual: 'DOUBLE'})`);
	await database.run(`CREATE TABLE purchases AS WITH
		gaps AS (SELECT c, k, since, until,
			-gap / shape * (ln(u(c, k, 1)) + ln(u(c, k, 2)) + CASE WHEN shape > 2 THEN ln(u(c, k, 3)) + ln(u(c, k, 4)) ELSE 0 END) AS gap
			FROM (SELECT *, unnest(range(6 + ((${asOf} - since) * 1.5 / gap)::INTEGER)) AS k FROM shops)),
		walks AS (SELECT c, k, until, (since + sum(gap) OVER (PARTITION BY c ORDER BY k))::INTEGER AS due FROM gaps),
		traded AS (SELECT c, k, CASE WHEN u(c, k, 'open') < openness THEN due ELSE next END AS day
			FROM walks JOIN days ON days.day = due WHERE due < until AND u(c, k, 'season') * 1.15 < season)
		SELECT c, k::SMALLINT AS k, day FROM traded WHERE day < ${asOf} ORDER BY day, hash(${seed}, c, k)`);
}

/** The lines of all purchases, in order of day, with all lines of an order together. */
export function orderLinesQuery({ asOf }: { readonly asOf: Day }): string {
	const day = "(DATE '1970-01-01' + o.day)";
	const money = (cents: string): string => `(${cents} / 100)::DECIMAL(14, 2)`;
	return `SELECT 'N' || lpad((o.n + 1)::VARCHAR, 9, '0') AS order_id, o.customer_id, ${day} AS ordered_on, o.product_id,
			o.sign * o.quantity AS quantity, ${money("o.sign * o.cents")} AS net_value,
			CASE WHEN u(o.c, o.k, 100 + o.i) < 0.93 THEN ${money("o.sign * round(o.cents * o.rate)")} END AS margin,
			CASE WHEN u(o.c, o.k, 'rep') < 0.98 THEN o.rep_id END AS rep_id,
			CASE WHEN u(o.c, o.k, 'promo') < 0.02 THEN 'promoção' END AS line,
			CASE WHEN u(o.c, o.k, 'origin') < 0.55 THEN o.channel2 WHEN u(o.c, o.k, 'origin') < 0.8 THEN 'ecommerce' WHEN u(o.c, o.k, 'origin') < 0.98 THEN 'telesales' END AS origin,
			CASE WHEN u(o.c, o.k, 'cancelled') < 0.012 THEN 'cancelled' WHEN o.day >= ${asOf - 3} THEN 'placed' WHEN o.day >= ${asOf - 9} THEN 'invoiced' ELSE 'delivered' END AS status,
			CASE WHEN o.sign < 0 THEN 'return' WHEN u(o.c, o.k, 200 + o.i) < 0.008 THEN 'bonus' ELSE 'sale' END AS kind,
			CASE WHEN o.day < ${asOf - 3} AND u(o.c, o.k, 'cancelled') >= 0.012 THEN ${day} + 1 END AS invoiced_on
		FROM (SELECT b.*, p.product_id, p.margin_rate + 0.06 * (u(b.c, b.k, 300 + b.i) - 0.5) AS rate,
				greatest(1, round(p.usual * b.size ** 0.6 * (0.5 + u(b.c, b.k, 400 + b.i))))::INTEGER AS quantity,
				round(quantity * p.price * (1 - 0.08 * u(b.c, b.k, 'discount'))) AS cents
			FROM (SELECT *, substr(basket, 1 + 5 * ((first + i) % num_items), 5) AS item
				FROM (SELECT *, unnest(range(num_lines)) AS i
					FROM (SELECT purchases.rowid AS n, c, k, day, customer_id, rep_id, size, basket, num_items,
							CASE WHEN channel = 'visit' THEN 'visit' ELSE 'telesales' END AS channel2,
							CASE WHEN u(c, k, 'return') < 0.015 THEN -1 ELSE 1 END AS sign,
							(num_items * u(c, k, 'first') ** 2)::INTEGER AS first,
							least(num_items, 1 + floor(-0.28 * num_items * ln(u(c, k, 'lines'))))::INTEGER AS num_lines
						FROM purchases JOIN shops USING (c)))) b
			JOIN products p ON p.product_id = b.item) o`;
}

/** Contacts of the last half year, a month apart, in order of day. */
export function contactsQuery({ asOf }: { readonly asOf: Day }): string {
	return `SELECT 'K' || lpad((n + 1)::VARCHAR, 9, '0') AS contact_id, customer_id, rep_id,
			TIMESTAMP '1970-01-01' + to_days(day) + to_minutes((480 + 570 * u(c, k, 'minute'))::BIGINT) AS contacted_at,
			channel, CASE WHEN u(c, k, 'way') < 0.03 THEN 'inbound' ELSE 'outbound' END AS direction,
			outcome, CASE WHEN outcome = 'no_order' THEN CASE WHEN u(c, k, 'why') < 0.4 THEN 'price' WHEN u(c, k, 'why') < 0.7 THEN 'overstocked' END END AS objection,
			CASE WHEN outcome <> 'not_reached' THEN (5 + 20 * u(c, k, 'stay'))::INTEGER END AS minutes
		FROM (SELECT row_number() OVER () - 1 AS n, *, CASE WHEN u(c, k, 'end') < 0.35 THEN 'order' WHEN u(c, k, 'end') < 0.8 THEN 'no_order' ELSE 'not_reached' END AS outcome
			FROM (SELECT c, -k AS k, customer_id, rep_id, channel, next AS day
				FROM (SELECT *, ${asOf} - 4 - floor(30 * (k - 1 + u(c, -k, 'contact')))::INTEGER AS due
					FROM (SELECT *, unnest(range(1, ${NUM_CONTACTS + 1})) AS k FROM shops))
				JOIN days ON days.day = due WHERE next < ${asOf} ORDER BY next, hash(c, k)))`;
}
