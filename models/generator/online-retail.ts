import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { openDurableFile } from "../../engine/portfolio/files/durable-file.ts";
import type { TableName } from "../../engine/portfolio/schema.ts";
import { openTableWriter } from "../../engine/portfolio/files/write-table.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { type Cents, type Day, formatDay } from "../../engine/units.ts";
import { chance, pick } from "./draw.ts";
import { type Place, REPS_PER_TEAM } from "./geography.ts";
import { retailPolicy } from "./policy.ts";
import { eachRetailLine, readRetailFile, type RetailLine, type Skipped } from "./retail-lines.ts";
import { cityOf, drawPlace, NUM_CITIES } from "./retail-places.ts";
import { STREAMS } from "./streams.ts";

export interface RetailSummary {
	readonly folder: string;
	/** Rows of each table. */
	readonly rows: Readonly<Record<string, number>>;
	/** Lines of the source that were left out, by reason. */
	readonly skipped: Skipped;
	/** Lines of customers that were not known before asOf; 0 where it was not given. */
	readonly numLinesOfLaterCustomers: number;
	/** First and last date of the orders. */
	readonly from: string;
	readonly to: string;
	/** What is not in the source and was made up. */
	readonly synthesised: readonly string[];
}

interface RetailCustomer {
	readonly id: string;
	readonly country: string;
	readonly city: number | null;
	readonly place: Place | null;
	repId: string;
}

interface RetailProduct {
	description: string;
	readonly prices: Cents[];
}

const CUSTOMERS_PER_REP = 280;
const SYNTHESISED = [
	"reps: all of them, about one for 280 customers, with homes, shifts, breaks, teams, supervisors and a director",
	"customers.rep_id: customers of a city are dealt to its reps by direction; those outside the United Kingdom to inside reps",
	"customers.lat, lon, city_code: drawn around eleven cities; the source knows only the country, which stands in customers.state",
	"customers.channels, service_minutes, visit_hours: drawn; customers outside the United Kingdom have remote channels only",
	"policy.json: the engine's defaults in pounds, with an assumed margin rate, because the source has no margins",
];

/**
 * Makes a portfolio folder of the public data set Online Retail II, a wholesaler's order lines. Orders, products, prices and the
 * customers' ids and countries are the source's; places and reps, which it lacks, are synthesised with a seed and listed in
 * `SYNTHESISED.md`. With `asOf`, customers without a line before it are left out, with their lines; later lines of the others stay,
 * since readers of history ignore them.
 */
export async function importOnlineRetail(file: string, out: string, options: { seed: number; asOf?: Day }): Promise<RetailSummary> {
	const bytes = readRetailFile(file);
	mkdirSync(out, { recursive: true });
	const survey = surveyLines(bytes, options.asOf ?? Number.POSITIVE_INFINITY);
	const customers = placeCustomers(survey.countries, options.seed);
	const reps = staffCities(customers, options.seed);
	const { skipped, numLater, numOrders } = await writeOrders(bytes, out, customers);
	const rows = {
		customers: await writeRows(out, "customers", CUSTOMER_COLUMNS, customers.values().map(customerCells).toArray()),
		orders: numOrders,
		reps: await writeRows(out, "reps", REP_COLUMNS, reps),
		products: await writeRows(out, "products", PRODUCT_COLUMNS, [...survey.products].map(productCells)),
	};
	writeText(join(out, "policy.json"), `${JSON.stringify(retailPolicy(), null, "\t")}\n`);
	writeText(join(out, "SYNTHESISED.md"), synthesisedText(options.seed));
	const [from, to] = [formatDay(survey.first), formatDay(survey.last)];
	return { folder: out, rows, skipped, numLinesOfLaterCustomers: numLater, from, to, synthesised: SYNTHESISED };
}

/** Customers (with their countries) and products of the lines, customers only where they have a line before asOf. */
function surveyLines(bytes: Buffer, asOf: Day) {
	const countries = new Map<string, string>();
	const products = new Map<string, RetailProduct>();
	let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
	eachRetailLine(bytes, (line) => {
		if (line.day < asOf && !countries.has(line.customer)) countries.set(line.customer, line.country);
		if (line.quantity > 0 && line.day < asOf) addProduct(products, line);
		first = Math.min(first, line.day);
		last = Math.max(last, line.day);
	});
	return { countries, products, first, last };
}

function addProduct(products: Map<string, RetailProduct>, { product, description, price }: RetailLine): void {
	const known = products.get(product);
	if (known) {
		known.prices.push(price);
		if (description !== "") known.description = description;
	} else products.set(product, { description, prices: [price] });
}

function placeCustomers(countries: ReadonlyMap<string, string>, seed: number): Map<string, RetailCustomer> {
	const customers = new Map<string, RetailCustomer>();
	for (const [id, country] of [...countries].sort(([a], [b]) => (a < b ? -1 : 1))) {
		const random = createRandom(seed, STREAMS.customer + Number(id));
		const drawn = country === "United Kingdom" ? drawPlace(random) : { city: null, place: null };
		customers.set(id, { id, country, ...drawn, repId: "" });
	}
	return customers;
}

/** Reps for every city and for the countries abroad; sets the customers' `repId` and answers the rows of the reps table. */
function staffCities(customers: ReadonlyMap<string, RetailCustomer>, seed: number): Cell[][] {
	const random = createRandom(seed, STREAMS.rep);
	const sellers: Cell[][] = [];
	const hire = (group: readonly RetailCustomer[], home: Place | null): void => {
		const index = sellers.length;
		const repId = `R${String(index + 1).padStart(3, "0")}`;
		for (const customer of group) customer.repId = repId;
		sellers.push(repCells(random, repId, Math.floor(index / REPS_PER_TEAM), home));
	};
	for (let city = 0; city < NUM_CITIES; city++) {
		const { centre } = cityOf(city);
		const here = [...customers.values()].filter((customer) => customer.city === city);
		for (const group of splitEvenly(byDirection(here, centre))) hire(group, centre);
	}
	for (const group of splitEvenly([...customers.values()].filter(({ city }) => city === null))) hire(group, null);
	return [...managerCells(sellers), ...sellers];
}

function byDirection(customers: readonly RetailCustomer[], centre: Place): RetailCustomer[] {
	const angle = ({ place }: RetailCustomer): number => (place === null ? 0 : Math.atan2(place.lat - centre.lat, place.lon - centre.lon));
	return customers.toSorted((a, b) => angle(a) - angle(b));
}

function splitEvenly<T>(items: readonly T[]): T[][] {
	const numGroups = Math.ceil(items.length / CUSTOMERS_PER_REP);
	return Array.from({ length: numGroups }, (_, i) =>
		items.slice(Math.round((i * items.length) / numGroups), Math.round(((i + 1) * items.length) / numGroups)),
	);
}

const REP_COLUMNS = ["rep_id", "name", "team_id", "manager_id", "kind", "start_lat", "start_lon", "end_lat", "end_lon", "shifts", "break"];

function repCells(random: Random, repId: string, team: number, home: Place | null): Cell[] {
	const kind = home === null ? "inside" : "field_employee";
	const shifts = pick(random, ["Mo-Fr 08:30-17:30", "Mo-Fr 09:00-18:00"]);
	const [lat, lon] = [home?.lat ?? null, home?.lon ?? null];
	return [repId, `Rep ${repId.slice(1)}`, `T${team + 1}`, `S${team + 1}`, kind, lat, lon, lat, lon, shifts, "60min 11:30-14:00"];
}

/** A director in the first city and a supervisor a team, who lives where the team's first rep on the road does. */
function managerCells(sellers: readonly (readonly Cell[])[]): Cell[][] {
	const { lat, lon } = cityOf(0).centre;
	const hours: Cell[] = ["Mo-Fr 09:00-17:30", "12:30-13:30"];
	const director: Cell[] = ["D1", "Director", null, null, "director", lat, lon, lat, lon, ...hours];
	const teams = Array.from({ length: Math.ceil(sellers.length / REPS_PER_TEAM) }, (_, i) => i);
	const supervisors = teams.map((team): Cell[] => {
		const members = sellers.slice(team * REPS_PER_TEAM, (team + 1) * REPS_PER_TEAM);
		const home = (members.find(([, , , , kind]) => kind === "field_employee") ?? director).slice(5, 9);
		return [`S${team + 1}`, `Supervisor ${team + 1}`, `T${team + 1}`, "D1", "supervisor", ...home, ...hours];
	});
	return [director, ...supervisors];
}

const CUSTOMER_COLUMNS = ["customer_id", "rep_id", "state", "city_code", "lat", "lon", "channels", "visit_hours", "service_minutes"];

function customerCells({ id, repId, country, city, place }: RetailCustomer): Cell[] {
	const random = createRandom(Number(id), STREAMS.standing);
	const channels = [place === null ? null : "visit", "phone", chance(random, 0.8) ? "email" : null].filter((name) => name !== null);
	const hours = place === null ? null : pick(random, ["Mo-Fr 09:00-17:30", "Mo-Sa 09:30-17:00", "Mo-Fr 10:00-12:30,13:30-17:00", null]);
	const cityName = city === null ? null : cityOf(city).name;
	return [
		id,
		repId,
		country,
		cityName,
		place?.lat ?? null,
		place?.lon ?? null,
		channels.join(";"),
		hours,
		place === null ? null : 5 * (4 + random.below(5)),
	];
}

const PRODUCT_COLUMNS = ["product_id", "name", "price"];

function productCells([id, { description, prices }]: readonly [string, RetailProduct]): Cell[] {
	prices.sort((a, b) => a - b);
	return [id, description === "" ? null : description, prices[Math.floor((prices.length - 1) / 2)]];
}

const ORDER_COLUMNS = ["order_id", "customer_id", "ordered_on", "product_id", "quantity", "net_value", "status", "kind"];

async function writeOrders(bytes: Buffer, out: string, customers: ReadonlyMap<string, RetailCustomer>) {
	const orders = openTableWriter(out, "orders", "csv", ORDER_COLUMNS);
	let numLater = 0;
	const skipped = eachRetailLine(bytes, ({ invoice, customer, day, product, quantity, price }) => {
		const kind = quantity > 0 ? "sale" : "return";
		if (customers.has(customer)) orders.append([invoice, customer, day, product, quantity, quantity * price, "invoiced", kind]);
		else numLater++;
	});
	return { skipped, numLater, numOrders: await orders.close() };
}

async function writeRows(out: string, table: TableName, columns: readonly string[], rows: readonly (readonly Cell[])[]): Promise<number> {
	const writer = openTableWriter(out, table, "csv", columns);
	for (const row of rows) writer.append(row);
	return await writer.close();
}

function writeText(path: string, text: string): void {
	const file = openDurableFile(path);
	file.write(text);
	file.close();
}

function synthesisedText(seed: number): string {
	const list = SYNTHESISED.map((item) => `- ${item}`).join("\n");
	return `# What in this folder is made up

Orders, products, list prices (medians of what was paid), customer ids and countries come from Online Retail II (UCI, D. Chen, CC BY 4.0).
The following is not in that source and was synthesised with seed ${seed}:

${list}
`;
}
