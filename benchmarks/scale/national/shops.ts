import { join } from "node:path";
import { openDurableFile } from "../../../engine/portfolio/files/durable-file.ts";
import { openTableWriter, type TableWriter } from "../../../engine/portfolio/files/write-table.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { appointmentRows } from "../../../models/generator/appointments.ts";
import type { LifeState } from "../../../models/generator/behaviour.ts";
import type { Product } from "../../../models/generator/catalogue.ts";
import { drawCredit } from "../../../models/generator/credit.ts";
import type { Customer } from "../../../models/generator/customer.ts";
import { customerRow, isPromisable } from "../../../models/generator/customer-row.ts";
import {
	helpersOf,
	isOwned,
	openMarket,
	type Staffed,
	staffTerritory,
	type Write,
	writeShared,
} from "../../../models/generator/distributor.ts";
import type { GenerateOptions } from "../../../models/generator/distributor.ts";
import type { MarketCalendar } from "../../../models/generator/market-calendar.ts";
import type { Past } from "../../../models/generator/past.ts";
import { assignmentRows } from "../../../models/generator/service.ts";
import { repRow } from "../../../models/generator/staff.ts";
import { routeIdOf, routeRows } from "../../../models/generator/team-tables.ts";
import { CUSTOMERS_A_REP, type NationalOptions } from "./national-options.ts";

const TABLES = [
	"customers",
	"assignments",
	"reps",
	"products",
	"prices",
	"appointments",
	"delivery_routes",
	"campaigns",
	"holidays",
] as const;

/** Files in plain CSV that the pasts and the tables of the folder are made from. */
export interface Shops {
	readonly tables: readonly (readonly [TableName, string])[];
	/** A line a customer: who it is and how it buys. */
	readonly shopsPath: string;
	/** A line a day of the history: how open the market is, its demand, and the next day that is fully open. */
	readonly daysPath: string;
	readonly productsPath: string;
}

/** Orders come this many times more seldom than a small distributor's, and about half as many lines each: 50 lines a customer in two years. */
const SLOWER = 2;

/** Writes every table but orders and contacts, rep by rep. */
export async function writeShops(options: NationalOptions, scratch: string): Promise<Shops> {
	const sizes: GenerateOptions = { ...options, format: "csv", reps: Math.max(1, Math.round(options.customers / CUSTOMERS_A_REP)) };
	const market = openMarket(sizes);
	const writers = new Map<TableName, TableWriter>(TABLES.map((name) => [name, openTableWriter(scratch, name, "csv")]));
	const shops = openDurableFile(join(scratch, "shops.csv"));
	const write: Write = (table, row) => writers.get(table)?.append(row);
	writeShared(sizes, market, write);
	for (let rep = 0; rep < sizes.reps; rep++) {
		const staffed = staffTerritory(sizes, market, rep);
		writeTerritory(sizes, staffed, market.calendar, write);
		for (const customer of staffed.customers) shops.write(shopLine(customer, staffed.rep.id, market.catalogue.products));
	}
	shops.close();
	for (const writer of writers.values()) await writer.close();
	return {
		tables: TABLES.map((name) => [name, join(scratch, `${name}.csv`)]),
		shopsPath: shops.path,
		daysPath: writeDays(join(scratch, "days.csv"), market.calendar),
		productsPath: writeProducts(join(scratch, "usual.csv"), market.catalogue.products),
	};
}

function writeTerritory(
	options: GenerateOptions,
	{ rep, territory, customers, cares }: Staffed,
	calendar: MarketCalendar,
	write: Write,
): void {
	const { seed, asOf, reps } = options;
	write("reps", repRow(rep));
	for (const row of routeRows(seed, rep, territory)) write("delivery_routes", row);
	const promisable: Customer[] = [];
	customers.forEach((customer, i) => {
		const past = usualPast(customer, asOf);
		const route = routeIdOf(rep, customer.index % 5 === 0 ? 1 : 0);
		write("customers", customerRow(customer, past.state, drawCredit(seed, customer, past), isOwned(customer) ? rep.id : null, route));
		if (!isOwned(customer)) return;
		for (const row of assignmentRows(customer, cares[i].service, rep, helpersOf(rep, reps))) write("assignments", row);
		if (isPromisable(customer, past.state)) promisable.push(customer);
	});
	for (const row of appointmentRows(seed, rep, promisable, calendar)) write("appointments", row);
}

/** What a customer's credit is drawn from: purchases as its size makes them usual. */
function usualPast({ behaviour, potential }: Customer, asOf: number): Past {
	const month = behaviour.startsOn === null ? 0 : Math.round(potential / 3);
	const mode = behaviour.startsOn === null ? "prospect" : behaviour.startsOn < asOf ? "regular" : "waiting";
	const state: LifeState = { mode, clock: 0, sinceContact: 10, goneOn: null, cause: null, recoveredOn: null };
	return {
		orders: [],
		contacts: [],
		events: [],
		state,
		recent: [month, month, month],
		lastYear: 12 * month,
		notInvoiced: 0,
		marginLastMonth: 0,
		breadth: 0,
		isEvident: false,
	};
}

/** index, id, rep, size, shape and mean of the gaps in days, first day, monthly P(leaving), products (ids of five letters, joined), channel. */
function shopLine({ index, id, size, behaviour, channels }: Customer, repId: string, products: readonly Product[]): string {
	const { startsOn, shape, interval, monthly, basket } = behaviour;
	const items = basket.map(({ product }) => products[product].id).join("");
	const gap = (SLOWER * interval * 7) / 5.2;
	const leaving = monthly.leave + monthly.decline / 3;
	const channel = channels.includes("visit") ? "visit" : "phone";
	return `${index},${id},${repId},${size},${shape < 4 ? 2 : 4},${gap.toFixed(3)},${startsOn ?? ""},${leaving.toFixed(5)},${items},${channel}\n`;
}

function writeDays(path: string, { from, asOf, openness, season }: MarketCalendar): string {
	const file = openDurableFile(path);
	for (let day = from; day < asOf; day++) {
		let next = day;
		while (openness[next - from] < 1 && next < asOf) next++;
		file.write(`${day},${openness[day - from]},${season[day - from]},${next}\n`);
	}
	file.close();
	return path;
}

function writeProducts(path: string, products: readonly Product[]): string {
	const file = openDurableFile(path);
	for (const { id, price, marginRate, usualQuantity } of products) file.write(`${id},${price},${marginRate},${usualQuantity}\n`);
	file.close();
	return path;
}
