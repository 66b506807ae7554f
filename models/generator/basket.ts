import type { Random } from "../../engine/random.ts";
import type { Cents, Day } from "../../engine/units.ts";
import type { Catalogue } from "./catalogue.ts";
import { PRICE_RISE, PRICE_TABLES, priceOn } from "./catalogue.ts";
import type { BasketItem, Customer } from "./customer.ts";
import { chance, logNormal } from "./draw.ts";

/** One product of an order. */
export interface OrderLine {
	readonly product: number;
	readonly quantity: number;
	readonly net: Cents;
	readonly margin: Cents;
}

/** Orders since each item of a customer's basket was last taken; an item is likelier the longer it is overdue. */
export function createItemMemory(basket: readonly BasketItem[]): Float64Array {
	return Float64Array.from(basket, ({ probability }) => 1 / probability);
}

/** Draws what a customer that orders takes. `demand` scales quantities (season, growth, decline); `memory` is updated. */
export function drawOrder(
	random: Random,
	customer: Customer,
	catalogue: Catalogue,
	day: Day,
	asOf: Day,
	demand: number,
	memory: Float64Array,
): OrderLine[] {
	const { basket } = customer.behaviour;
	const moods = [0, 1, 2, 3].map(() => (chance(random, 0.75) ? 1.15 : 0.55)); // items of a group come together or stay away together
	const lines: OrderLine[] = [];
	for (let i = 0; i < basket.length; i++) {
		const item = basket[i];
		if (day < item.from || day > item.to) continue;
		const due = 0.4 + 0.6 * Math.min(2, memory[i] * item.probability);
		const taken = chance(random, Math.min(0.97, item.probability * due * (item.group < 0 ? 1 : moods[item.group])));
		memory[i] = taken ? 1 : memory[i] + 1;
		if (taken) lines.push(lineOf(random, customer, catalogue, item, day, asOf, demand));
	}
	if (lines.length === 0) lines.push(lineOf(random, customer, catalogue, favourite(basket, day), day, asOf, demand));
	return reachMinimum(lines, PRICE_TABLES[customer.priceTable].minOrder);
}

function favourite(basket: readonly BasketItem[], day: Day): BasketItem {
	const current = basket.filter(({ from, to }) => day >= from && day <= to);
	return (current.length > 0 ? current : basket).reduce((best, item) => (item.probability > best.probability ? item : best));
}

function lineOf(
	random: Random,
	customer: Customer,
	catalogue: Catalogue,
	item: BasketItem,
	day: Day,
	asOf: Day,
	demand: number,
): OrderLine {
	const product = catalogue.products[item.product];
	const quantity = Math.max(1, Math.round(item.quantity * demand * logNormal(random, 0.25)));
	const net = quantity * priceOn(product, customer.priceTable, day, asOf);
	const rise = day < asOf - PRICE_RISE.daysAgo ? PRICE_RISE.factor : 1;
	return { product: item.product, quantity, net, margin: net - Math.round((quantity * product.price * (1 - product.marginRate)) / rise) };
}

/** A shop that would miss the minimum order takes more of the same. */
function reachMinimum(lines: readonly OrderLine[], minimum: Cents): OrderLine[] {
	const net = lines.reduce((sum, line) => sum + line.net, 0);
	const times = Math.ceil(minimum / Math.max(1, net));
	if (times <= 1) return [...lines];
	return lines.map((line) => ({ ...line, quantity: line.quantity * times, net: line.net * times, margin: line.margin * times }));
}
