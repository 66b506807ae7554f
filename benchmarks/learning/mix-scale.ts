import { Command } from "commander";
import { buildHistory } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../engine/random.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createNet } from "../../engine/scoring/net.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { scoreMix } from "../../engine/scoring/score-mix.ts";
import { loadTensorFlow } from "../../engine/scoring/tensorflow.ts";
import { NULL_CODE, parseDay } from "../../engine/units.ts";
import { portfolioOf } from "../../test/scoring/synthetic-portfolio.ts";
import { wholeOf } from "../option-values.ts";

const AS_OF = parseDay("2026-11-23");
const LENGTHS = { replenish: 12, open: 8 };

/** Random orders: favourites of each customer among products of falling popularity, a basket of five of them every ten days or so. */
function randomPortfolio(numCustomers: number, numProducts: number, ordersEach: number): Portfolio {
	const numLines = numCustomers * ordersEach * 5;
	const base = portfolioOf([], { numCustomers, numProducts });
	const { orders } = base.tables;
	const [customerOf, productOf, dayOf] = [0, 0, 0].map(() => new Int32Array(numLines));
	const random = createRandom(1);
	const anyProduct = (): number => Math.floor(numProducts * random.next() ** 3);
	for (let customer = 0, row = 0; customer < numCustomers; customer++) {
		const favourites = Array.from({ length: 25 }, anyProduct);
		for (let order = 0; order < ordersEach; order++)
			for (let line = 0; line < 5; line++, row++) {
				customerOf[row] = customer;
				productOf[row] = random.next() < 0.8 ? favourites[random.below(25)] : anyProduct();
				dayOf[row] = AS_OF - 10 * order - 1 - (customer % 10);
			}
	}
	const filled = {
		...orders,
		numRows: numLines,
		length: numLines,
		refs: { ...orders.refs, customer_id: customerOf, product_id: productOf },
		days: { ...orders.days, ordered_on: dayOf },
		numbers: {
			...orders.numbers,
			quantity: new Float64Array(numLines).fill(1),
			net_value: new Float64Array(numLines).fill(1000),
			margin: new Float64Array(numLines),
		},
		codes: { ...orders.codes, status: new Uint8Array(numLines).fill(NULL_CODE), kind: new Uint8Array(numLines).fill(NULL_CODE) },
	};
	return { ...base, tables: { ...base.tables, orders: filled } };
}

const options = new Command()
	.description("Scores the mix of made customers with the shipped nets: CPU seconds from history to ranked lists, and peak memory.")
	.option("--customers <n>", "customers", "100000")
	.option("--products <n>", "products", "5000")
	.option("--orders <n>", "orders of a customer, five lines each", "20")
	.parse()
	.opts<Record<"customers" | "products" | "orders", string>>();

const numCustomers = wholeOf("--customers", options.customers, 1, 1_000_000);
const numProducts = wholeOf("--products", options.products, 30, 100_000);
const portfolio = randomPortfolio(numCustomers, numProducts, wholeOf("--orders", options.orders, 1, 200));
const history = buildHistory(portfolio, AS_OF);
const tensorFlow = await loadTensorFlow();
const folder = await readModelFolder(defaultModelDir());
const nets = { replenish: await createNet(tensorFlow, folder, "replenish", 1), open: await createNet(tensorFlow, folder, "open", 1) };
const before = process.resourceUsage().maxRSS / 1024;
const started = process.cpuUsage();
const scores = scoreMix(nets, portfolio, history, buildRhythm(portfolio, history), Int32Array.from(Array(numCustomers).keys()), LENGTHS);
const { user, system } = process.cpuUsage(started);
console.log(
	JSON.stringify({
		customers: numCustomers,
		products: numProducts,
		lines: portfolio.tables.orders.numRows,
		suggestions: scores.product.length,
		cpuSeconds: Math.round((user + system) / 1e5) / 10,
		peakMbBefore: Math.round(before),
		peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
	}),
);
