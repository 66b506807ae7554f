import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import { createBestOf } from "./best-of.ts";
import { createPersonalReader, type Personal } from "./personal-items.ts";
import { sampleCustomers } from "./sample-customers.ts";

/** Customers that others are compared with, at most; evenly through the portfolio. */
const MAX_POOL = 10_000;
/** Products of one customer that count, the heaviest. */
const MAX_PRODUCTS = 100;
/** Neighbours that speak for a customer. */
const NUM_ALIKE = 100;
const NUM_NEAR = 100;
/** A product is fresh in the orders since its customer began to buy it, so many of the latest. */
const FRESH_ORDERS = 4;

/** What customers like one buy; entries of products that are not in `touched` are 0. */
export interface NeighbourScores {
	readonly touched: readonly number[];
	/** Share of orders with the product among customers that have bought the same products, by cosine². */
	readonly alike: Float64Array;
	/** Mean decayed share of orders among the nearest customers, by distance of decayed shares. */
	readonly near: Float64Array;
	/** As `alike`, of products that those customers have begun to buy lately. */
	readonly fresh: Float64Array;
}

/** Customers that others are compared with: profiles as compressed rows, and the same by product. */
export interface Pool {
	/** Ids of the customers, by row of the pool. */
	readonly ids: readonly string[];
	readonly start: Int32Array;
	readonly product: Int32Array;
	readonly share: Float32Array;
	readonly weight: Float32Array;
	readonly isFresh: Uint8Array;
	/** Square of the length of the weights, and number of products that count. */
	readonly norm: Float64Array;
	readonly byProduct: Int32Array;
	readonly owner: Int32Array;
	readonly ownerWeight: Float32Array;
}

/**
 * Compares a customer with a pool of others through the products they share, so that no matrix of customers by products or of customers by
 * customers is ever held. After UP-CF (Faggioli et al., "Recency aware collaborative filtering for next basket recommendation", 2020) and
 * TIFU-KNN (Hu et al. 2020). The answer is overwritten by the next call.
 */
export function createNeighbourReader(portfolio: Portfolio, pool: Pool): (customer: number, personal: Personal) => NeighbourScores {
	const numProducts = portfolio.tables.products.length;
	const size = pool.ids.length;
	const rowInPool = rowsInPool(portfolio, pool);
	const [overlap, dot] = [new Float64Array(size), new Float64Array(size)];
	const met = new Int32Array(size);
	const [closest, nearest] = [createBestOf(NUM_ALIKE), createBestOf(NUM_NEAR)];
	const [alike, near, fresh] = [0, 0, 0].map(() => new Float64Array(numProducts));
	const touched: number[] = [];

	/** The hot loop of a score: most of the pool shares some product with a customer. */
	function meet(personal: Personal): number {
		const { byProduct, owner, ownerWeight } = pool;
		let numMet = 0;
		for (const { product, slow } of personal.items) {
			const weight = slow / personal.slowTotal;
			const end = byProduct[product + 1];
			for (let at = byProduct[product]; at < end; at++) {
				const other = owner[at];
				if (overlap[other]++ === 0) met[numMet++] = other;
				dot[other] += weight * ownerWeight[at];
			}
		}
		return numMet;
	}

	function choose(self: number, numMet: number, personal: Personal): void {
		const numOwn = personal.items.length;
		closest.length = nearest.length = 0;
		for (let i = 0; i < numMet; i++) {
			const other = met[i];
			if (other === self) continue;
			const numOther = pool.start[other + 1] - pool.start[other];
			closest.offer(other, overlap[other] ** 2 / (numOwn * numOther));
			nearest.offer(other, 2 * dot[other] - pool.norm[other]); // less the distance, but for the own length, which all share
		}
		for (let i = 0; i < numMet; i++) overlap[met[i]] = dot[met[i]] = 0;
	}

	function spread(): void {
		const total = closest.value.subarray(0, closest.length).reduce((sum, value) => sum + value, 0);
		for (let i = 0; i < closest.length; i++) {
			const weight = closest.value[i] / total;
			for (let at = pool.start[closest.item[i]]; at < pool.start[closest.item[i] + 1]; at++) {
				const product = pool.product[at];
				if (alike[product] === 0 && near[product] === 0) touched.push(product);
				alike[product] += weight * pool.share[at];
				fresh[product] += weight * pool.isFresh[at];
			}
		}
		for (let i = 0; i < nearest.length; i++) {
			for (let at = pool.start[nearest.item[i]]; at < pool.start[nearest.item[i] + 1]; at++) {
				const product = pool.product[at];
				if (alike[product] === 0 && near[product] === 0) touched.push(product);
				near[product] += pool.weight[at] / nearest.length;
			}
		}
	}

	return (customer, personal) => {
		for (const scores of [alike, near, fresh]) scores.fill(0); // most products are touched: cheaper than one by one
		touched.length = 0;
		choose(rowInPool[customer], meet(personal), personal);
		spread();
		return { touched, alike, near, fresh };
	};
}

/** Row in the pool by row of the customers table; -1 for those that are not in it. */
function rowsInPool(portfolio: Portfolio, { ids }: Pool): Int32Array {
	const { customers } = portfolio.tables;
	const rows = new Map(ids.map((id, row) => [id, row]));
	return Int32Array.from({ length: customers.length }, (_, customer) => rows.get(customers.texts.customer_id.at(customer) ?? "") ?? -1);
}

/** Draws the pool from a history. */
export function buildPool(portfolio: Portfolio, history: History): Pool {
	const readPersonal = createPersonalReader(portfolio, history);
	const customer = sampleCustomers(history, MAX_POOL);
	const start = new Int32Array(customer.length + 1);
	const [product, share, weight, isFresh]: number[][] = [[], [], [], []];
	const norm = new Float64Array(customer.length);
	for (const [row, id] of customer.entries()) {
		const { items, numOrders, slowTotal } = readPersonal(id);
		const chosen =
			items.length > MAX_PRODUCTS ? items.toSorted((a, b) => b.slow - a.slow || a.product - b.product).slice(0, MAX_PRODUCTS) : items;
		for (const item of chosen) {
			product.push(item.product);
			share.push(item.count / numOrders);
			weight.push(item.slow / slowTotal);
			isFresh.push(item.firstOrder > 0 && item.firstOrder >= numOrders - FRESH_ORDERS ? 1 : 0);
			norm[row] += (item.slow / slowTotal) ** 2;
		}
		start[row + 1] = product.length;
	}
	const rows = {
		ids: Array.from(customer, (row) => portfolio.tables.customers.texts.customer_id.at(row) ?? ""),
		start,
		product: Int32Array.from(product),
		share: Float32Array.from(share),
		weight: Float32Array.from(weight),
		isFresh: Uint8Array.from(isFresh),
		norm,
	};
	return { ...rows, ...byProducts(rows, portfolio.tables.products.length) };
}

function byProducts({ start, product, weight }: Pick<Pool, "start" | "product" | "weight">, numProducts: number) {
	const byProduct = new Int32Array(numProducts + 1);
	for (const item of product) byProduct[item + 1]++;
	for (let item = 0; item < numProducts; item++) byProduct[item + 1] += byProduct[item];
	const owner = new Int32Array(product.length);
	const ownerWeight = new Float32Array(product.length);
	const next = byProduct.slice();
	for (let row = 0; row + 1 < start.length; row++)
		for (let at = start[row]; at < start[row + 1]; at++) {
			const to = next[product[at]]++;
			owner[to] = row;
			ownerWeight[to] = weight[at];
		}
	return { byProduct, owner, ownerWeight };
}
