import { setImmediate } from "node:timers/promises";
import { createRandom } from "../../engine/random.ts";
import { type TableName, TABLES } from "../../engine/portfolio/schema.ts";
import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import type { TableFormat } from "../../engine/portfolio/files/write-table.ts";
import type { Day } from "../../engine/units.ts";
import { appointmentRows } from "./appointments.ts";
import { buildCatalogue, LINES } from "./catalogue.ts";
import { type Credit, drawCredit } from "./credit.ts";
import { buildCustomer, type Customer } from "./customer.ts";
import { customerRow, isPromisable } from "./customer-row.ts";
import { anniversariesOf, buildTerritory, hubCodeOf, REPS_PER_TEAM, type Territory } from "./geography.ts";
import { buildMarketCalendar } from "./market-calendar.ts";
import { type Care, livePast, type Market, type Past } from "./past.ts";
import { assignmentRows, planServices, type Service } from "./service.ts";
import { buildRep, insideRepOf, isInside, managerRows, numInsideBefore, type Rep, repIdOf, repRow, teamIdOf } from "./staff.ts";
import { STREAMS } from "./streams.ts";
import { campaignRows, priceRows, productRows, routeIdOf, routeRows, type Sales, targetRows } from "./team-tables.ts";
import type { CustomerTruth } from "./truth.ts";

/** What is asked of a synthetic distributor. */
export interface GenerateOptions {
	readonly customers: number;
	/** Reps that sell; one supervisor for ten of them and a director come on top. */
	readonly reps: number;
	readonly seed: number;
	/** First day planned: all history is before it. */
	readonly asOf: Day;
	readonly format: TableFormat;
	/** Share of the contacts meant to be made that a lot withholds, in [0, 1); none unless said. */
	readonly holdOutShare?: number;
	/** The portfolio folder; made where it is not there. */
	readonly out: string;
	readonly onProgress?: (progress: { readonly repsDone: number; readonly numReps: number }) => void;
}

export type Write = (table: TableName, row: readonly Cell[]) => void;
type AddTruth = (truth: CustomerTruth) => void;

const NO_DAYS: ReadonlySet<Day> = new Set();

/** Writes the rows of every table: first what all share, then rep by rep, each with its customers. */
export async function writeDistributor(options: GenerateOptions, write: Write, addTruth: AddTruth): Promise<void> {
	const { asOf, reps } = options;
	const market = openMarket(options);
	writeShared(options, market, write);
	let team = emptySales();
	for (let rep = 0; rep < reps; rep++) {
		const sales = writeTerritory(options, market, rep, write, addTruth);
		team = addSales(team, sales);
		for (const row of targetRows(repIdOf(rep), null, sales, asOf)) write("targets", row);
		if ((rep + 1) % REPS_PER_TEAM === 0 || rep + 1 === reps) {
			for (const row of targetRows(null, teamIdOf(rep), team, asOf)) write("targets", row);
			team = emptySales();
		}
		options.onProgress?.({ repsDone: rep + 1, numReps: reps });
		await setImmediate(); // a long run stays interruptible
	}
}

/** What all customers share. */
export function openMarket({ seed, asOf, customers, holdOutShare = 0 }: GenerateOptions): Market {
	return { seed, calendar: buildMarketCalendar(asOf), catalogue: buildCatalogue(seed, customers, asOf), holdOutShare };
}

/** Writes what all reps share: products, prices, campaigns, managers, holidays. */
export function writeShared({ seed, asOf, reps }: GenerateOptions, { catalogue, calendar }: Market, write: Write): void {
	for (const row of productRows(catalogue)) write("products", row);
	for (const row of priceRows(catalogue, asOf)) write("prices", row);
	for (const row of campaignRows(seed, catalogue, asOf)) write("campaigns", row);
	for (const row of managerRows(seed, reps)) write("reps", row);
	for (const { day, region, optional } of calendar.holidays) write("holidays", [day, region, optional]);
	for (let team = 0; team * REPS_PER_TEAM < reps; team++) {
		for (const day of anniversariesOf(seed, team, asOf)) write("holidays", [day, hubCodeOf(team), false]);
	}
}

/**
 * Customers are dealt out to the reps in order; inside reps, who do not travel, get twice as many, and a border moves by up to a
 * seventh of a territory.
 */
function borderOf({ seed, reps, customers }: GenerateOptions, rep: number): number {
	if (rep === 0 || rep === reps) return rep === 0 ? 0 : customers;
	const shift = (createRandom(seed, STREAMS.border + rep).next() - 0.5) * 0.28;
	return Math.round((customers * (rep + numInsideBefore(rep) + shift)) / (reps + numInsideBefore(reps)));
}

/** The rep of a territory, its customers in order, and how each is served. */
export interface Staffed {
	readonly territory: Territory;
	readonly rep: Rep;
	readonly customers: readonly Customer[];
	readonly cares: readonly Care[];
}

/** Draws who sells in a territory, and to whom. */
export function staffTerritory(options: GenerateOptions, market: Market, index: number): Staffed {
	const { seed, asOf } = options;
	const territory = buildTerritory(seed, index);
	const rep = buildRep(seed, index, territory, market.calendar);
	const customers: Customer[] = [];
	for (let i = borderOf(options, index); i < borderOf(options, index + 1); i++) {
		customers.push(buildCustomer(seed, i, territory, market.catalogue, asOf, isInside(index)));
	}
	const services = planServices(seed, rep, customers);
	const team = Math.floor(index / REPS_PER_TEAM);
	const closed = new Set(anniversariesOf(seed, team, asOf));
	const cares = customers.map(({ cityCode }, i) => ({
		service: services[i],
		rep,
		closed: cityCode === hubCodeOf(team) ? closed : NO_DAYS,
	}));
	return { territory, rep, customers, cares };
}

function writeTerritory(options: GenerateOptions, market: Market, index: number, write: Write, addTruth: AddTruth): Sales {
	const { seed, asOf } = options;
	const { territory, rep, customers, cares } = staffTerritory(options, market, index);
	write("reps", repRow(rep));
	for (const row of routeRows(seed, rep, territory)) write("delivery_routes", row);
	const promisable: Customer[] = [];
	let sales = emptySales();
	customers.forEach((customer, i) => {
		const past = livePast(market, customer, cares[i]);
		writeCustomer(options, customer, cares[i].service, rep, past, write, addTruth);
		if (isPromisable(customer, past.state) && isOwned(customer)) promisable.push(customer);
		sales = addSales(sales, salesOf(customer, past, asOf));
	});
	for (const row of appointmentRows(seed, rep, promisable, market.calendar)) write("appointments", row);
	return sales;
}

/** A few customers wait to be assigned. */
export function isOwned(customer: Customer): boolean {
	return customer.index % 331 !== 17;
}

function writeCustomer(
	{ seed, reps }: GenerateOptions,
	customer: Customer,
	service: Service,
	rep: Rep,
	past: Past,
	write: Write,
	addTruth: AddTruth,
): void {
	const owner = isOwned(customer) ? rep.id : null;
	const route = routeIdOf(rep, customer.index % 5 === 0 ? 1 : 0);
	const credit = drawCredit(seed, customer, past);
	const row = customerRow(customer, past.state, credit, owner, route);
	write("customers", row);
	if (owner !== null) for (const row of assignmentRows(customer, service, rep, helpersOf(rep, reps))) write("assignments", row);
	for (const row of past.orders) write("orders", row);
	for (const row of past.contacts) write("contacts", row);
	for (const row of past.events) write("service_events", row);
	addTruth({ customer, repId: rep.id, state: past.state, isEvident: isEvident(past, credit, row) });
}

/** Do the tables tell why a customer is gone: its own row, or what was written of it since? */
function isEvident({ state, isEvident: isTold }: Past, { overdue }: Credit, row: readonly Cell[]): boolean {
	if (state.mode !== "gone") return false;
	if (state.cause === "closed" && row[Object.keys(TABLES.customers.columns).indexOf("status")] === "closed") return true;
	return isTold || (state.cause === "credit" && overdue > 0);
}

/** Who helps a rep: the team's inside rep, and the next field rep who stands in. */
export function helpersOf(rep: Rep, numReps: number): { inside: string | null; colleague: string | null; line: string } {
	const inside = insideRepOf(rep.index, numReps);
	const next = rep.index + 1 < numReps ? rep.index + 1 : rep.index - 1;
	const colleague = next < 0 || isInside(next) || rep.kind === "inside" ? null : repIdOf(next);
	return { inside: inside === null ? null : repIdOf(inside), colleague, line: LINES[rep.index % LINES.length] };
}

function emptySales(): Sales {
	return { revenue: 0, margin: 0, buyers: 0, breadth: 0, fresh: 0 };
}

function salesOf({ behaviour }: Customer, { recent, marginLastMonth, breadth }: Past, asOf: Day): Sales {
	return {
		revenue: (recent[0] + recent[1] + recent[2]) / 3,
		margin: marginLastMonth,
		buyers: recent[0] > 0 ? 1 : 0,
		breadth: recent[0] > 0 ? breadth : 0,
		fresh: behaviour.startsOn !== null && behaviour.startsOn >= asOf - 30 ? 1 : 0,
	};
}

function addSales(a: Sales, b: Sales): Sales {
	return {
		revenue: a.revenue + b.revenue,
		margin: a.margin + b.margin,
		buyers: a.buyers + b.buyers,
		breadth: a.breadth + b.breadth,
		fresh: a.fresh + b.fresh,
	};
}
