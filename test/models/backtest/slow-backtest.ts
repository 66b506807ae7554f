import { contactValuesOf, type Portfolio } from "../../../engine/index.ts";
import { PHASES } from "../../../engine/policy/case.ts";
import type { Table } from "../../../engine/portfolio/portfolio.ts";
import { createRandom } from "../../../engine/random.ts";
import type { Predictor } from "../../../engine/scoring/predictor.ts";
import { orderProbability } from "../../../engine/scoring/scores.ts";
import { understand } from "../../../engine/understand.ts";
import { type Day, formatDay, NULL_CODE, SECONDS_PER_DAY } from "../../../engine/units.ts";
import type { BacktestDocument, Captured, Estimate, Ranking } from "../../../models/backtest/backtest-document.ts";
import { dayOf, plainRows, type SlowRow } from "../../monitor/slow-figures.ts";
import { spoiledFrom } from "./made-past.ts";

export interface SlowQuestion {
	readonly origins: readonly Day[];
	readonly windowDays: number;
	readonly contactDays: number;
	readonly seed: number;
	/** Ids of customers in order of a plan's contacts, by origin. */
	readonly planned?: ReadonlyMap<Day, readonly string[]>;
}

const FIGURES = ["breaks", "value_at_risk", "sales"] as const;
type Figure = (typeof FIGURES)[number];
const ORDER = ["value", "last_order", "biggest", "route", "random", "reps", "plan"] as const;

/** What became of an origin's customers; by figure, how much of it each holds. */
interface SlowOrigin {
	readonly origin: Day;
	readonly customers: readonly number[];
	readonly numContacts: number;
	readonly amounts: Readonly<Record<Figure, ReadonlyMap<number, number>>>;
	readonly lists: ReadonlyMap<Ranking, readonly number[]>;
	/** P(order in the window), whether one came, and the value foretold and brought in 90 days where these are over. */
	readonly said: readonly { readonly chance: number; readonly came: number; readonly foretold: number; readonly brought: number }[];
}

const sum = (list: readonly number[]): number => list.reduce((total, one) => total + one, 0);

/** A sale that makes a day one of purchase. */
const isSale = (row: SlowRow): boolean => Number(row.quantity) > 0 && (row.kind === "sale" || row.kind === null);

const signed = (row: SlowRow): number =>
	(Number(row.quantity) < 0 || row.kind === "return") && Number(row.net_value) > 0 ? -Number(row.net_value) : Number(row.net_value);

/** The portfolio of a day: without rows dated on it or later, and without what the tables say of today alone. */
function asItWas(portfolio: Portfolio, day: Day): Portfolio {
	const { tables } = spoiledFrom(portfolio, day, "deleted");
	const without = (table: Table, columns: readonly string[]): Table => ({
		...table,
		numbers: { ...table.numbers, ...blank(table.numbers, columns, () => new Float64Array(table.length).fill(Number.NaN)) },
		codes: { ...table.codes, ...blank(table.codes, columns, () => new Uint8Array(table.length).fill(NULL_CODE)) },
	});
	const money = ["credit_limit", "open_balance", "open_orders_value", "overdue_amount", "overdue_days"];
	const empty = (table: Table): Table => ({ ...table, numRows: 0, numStubs: 0, length: 0 });
	return {
		...portfolio,
		tables: {
			...tables,
			customers: without(tables.customers, ["status", "blocked", "credit_status", ...money]),
			products: without(tables.products, ["active", "stock_quantity"]),
			appointments: empty(tables.appointments),
			campaigns: empty(tables.campaigns),
			targets: empty(tables.targets),
		},
	};
}

function blank<Column>(columns: Readonly<Record<string, Column>>, names: readonly string[], make: () => Column): Record<string, Column> {
	return Object.fromEntries(names.filter((name) => name in columns).map((name) => [name, make()]));
}

/** Sorted by a key, the lower row of the customers table first where it ties. */
const by = (customers: readonly number[], keyOf: (customer: number) => number): number[] =>
	[...customers].sort((a, b) => keyOf(a) - keyOf(b) || a - b);

/** One origin, customer by customer and line by line; what a contact is worth, phases and hazards are the engine's, of the rows of then. */
function replay(portfolio: Portfolio, predictor: Predictor, origin: Day, question: SlowQuestion): SlowOrigin {
	const { windowDays, contactDays, seed, planned } = question;
	const lines = plainRows(portfolio.tables.orders).filter((row) => row.status !== "cancelled");
	const linesOf = Map.groupBy(lines, (row) => Number(row.customer_id));
	const soldIn = (customer: number, from: Day, to: Day): number =>
		Math.max(
			0,
			sum((linesOf.get(customer) ?? []).filter((row) => Number(row.ordered_on) >= from && Number(row.ordered_on) < to).map(signed)),
		);
	const boughtOn = (customer: number, from: Day, to: Day): number[] => {
		const days = (linesOf.get(customer) ?? []).filter(isSale).map((row) => Number(row.ordered_on));
		return [...new Set(days)].filter((day) => day >= from && day < to);
	};
	const context = understand(asItWas(portfolio, origin), { asOf: origin }, predictor, { isSilenceCounted: true });
	const { best, rep } = contactValuesOf(context);
	const ids = plainRows(portfolio.tables.customers).map((_, customer) => customer);
	const customers = ids.filter((customer) => boughtOn(customer, origin - 365, origin).length > 0 && !Number.isNaN(best[customer]));
	const isGone = (customer: number): boolean => ["inactive", "ex_customer"].includes(PHASES[context.classification.phase[customer]]);
	const isBreak = (customer: number): boolean =>
		boughtOn(customer, 0, origin).length >= 4 && !isGone(customer) && boughtOn(customer, origin, origin + windowDays).length === 0;

	const random = createRandom(seed, origin);
	const lots = new Map(customers.map((customer) => [customer, random.next()]));
	const lists = new Map<Ranking, readonly number[]>([
		["value", by(customers, (customer) => -best[customer])],
		["last_order", by(customers, (customer) => Math.max(...boughtOn(customer, 0, origin)))],
		["biggest", by(customers, (customer) => -soldIn(customer, origin - 365, origin))],
		["route", by(customers, (customer) => untilVisit(customers, customer, rep, origin))],
		["random", by(customers, (customer) => lots.get(customer) ?? 0)],
	]);
	const made = plainRows(portfolio.tables.contacts)
		.filter((row) => row.direction !== "inbound" && row.outcome !== "cancelled")
		.filter((row) => dayOf(row) >= origin && dayOf(row) < origin + contactDays && customers.includes(Number(row.customer_id)))
		.sort((a, b) => Number(a.contacted_at) - Number(b.contacted_at) || Number(a.customer_id) - Number(b.customer_id));
	const met = [...new Set(made.map((row) => Number(row.customer_id)))];
	if (met.length > 0) lists.set("reps", met);
	const { customer_id: idOf } = portfolio.tables.customers.texts;
	const plan = planned?.get(origin)?.map((id) => ids.find((customer) => idOf.at(customer) === id) ?? -1);
	if (plan)
		lists.set(
			"plan",
			[...new Set(plan)].filter((customer) => customers.includes(customer)),
		);

	const is90Over = origin + 90 <= Math.max(...plainRows(portfolio.tables.orders).map((row) => Number(row.ordered_on))) + 1;
	return {
		origin,
		customers,
		numContacts: met.length > 0 ? met.length : Math.ceil(customers.length / 5),
		amounts: {
			breaks: new Map(customers.map((customer) => [customer, Number(isBreak(customer))])),
			value_at_risk: new Map(customers.map((customer) => [customer, isBreak(customer) ? soldIn(customer, origin - 365, origin) : 0])),
			sales: new Map(customers.map((customer) => [customer, soldIn(customer, origin, origin + windowDays)])),
		},
		lists,
		said: customers.map((customer) => ({
			chance: orderProbability(context.scores, customer, windowDays),
			came: Number(boughtOn(customer, origin, origin + windowDays).length > 0),
			foretold: is90Over ? context.scores.expectedValue[customer] : 0,
			brought: is90Over ? soldIn(customer, origin, origin + 90) : 0,
		})),
	};
}

/** Weeks until a rep comes by that sees its customers in order of rows, a fourth a week, and began on a Monday that all rounds share. */
function untilVisit(customers: readonly number[], customer: number, rep: Int32Array, origin: Day): number {
	let monday = origin;
	while (new Date(monday * SECONDS_PER_DAY * 1000).getUTCDay() !== 1) monday--;
	const week = Math.round((monday + 3) / 7) % 4; // Monday 29 December 1969 began the first
	const own = customers.filter((other) => rep[other] === rep[customer]);
	const turn = 4 * own.indexOf(customer) - week * own.length; // fourths of a customer, so that all is whole
	return (turn < 0 ? turn + 4 * own.length : turn) / own.length;
}

/** Share of a figure that a list holds among customers that may be named more than once; null of nothing. */
function heldBy(list: ReadonlySet<number>, amounts: ReadonlyMap<number, number>, drawn: readonly number[]): number | null {
	const all = sum(drawn.map((customer) => amounts.get(customer) ?? 0));
	return all > 0 ? sum(drawn.map((customer) => (list.has(customer) ? (amounts.get(customer) ?? 0) : 0))) / all : null;
}

const meanOf = (shares: readonly (number | null)[]): number | null => {
	const known = shares.filter((share) => share !== null);
	return known.length > 0 ? sum(known) / known.length : null;
};

/** The back-test that the obvious computation gives; words of limits are left empty. */
export function slowBacktest(portfolio: Portfolio, predictor: Predictor, question: SlowQuestion): Partial<BacktestDocument> {
	const replays = question.origins.map((origin) => replay(portfolio, predictor, origin, question));
	const firstOf = new Map(
		replays.map((one) => [one, new Map([...one.lists].map(([name, list]) => [name, new Set(list.slice(0, one.numContacts))]))]),
	);
	const first = (one: SlowOrigin, ranking: Ranking): ReadonlySet<number> => firstOf.get(one)?.get(ranking) ?? new Set();
	const having = (ranking: Ranking): SlowOrigin[] => replays.filter(({ lists }) => lists.has(ranking));

	const numCustomers = portfolio.tables.customers.length;
	const random = createRandom(question.seed, 17);
	const draws = Array.from({ length: 300 }, () => Array.from({ length: numCustomers }, () => random.below(numCustomers)));
	/** A mean over origins with the draws but the 2.5 % lowest and highest; `drawn`: null for everybody once. */
	const estimateOf = (asked: (drawn: readonly number[] | null) => number | null): Estimate => {
		const all = draws
			.map(asked)
			.filter((share) => share !== null)
			.sort((a, b) => a - b);
		const inside = all.slice(Math.floor(0.025 * all.length), all.length - Math.floor(0.025 * all.length));
		return { mean: asked(null), lower: inside.at(0) ?? null, upper: inside.at(-1) ?? null };
	};
	const captureOver = (own: readonly SlowOrigin[], ranking: Ranking, figure: Figure) => (drawn: readonly number[] | null) =>
		meanOf(own.map((one) => heldBy(first(one, ranking), one.amounts[figure], drawn ?? one.customers)));
	const each = <Made>(make: (figure: Figure) => Made) => ({
		breaks: make("breaks"),
		value_at_risk: make("value_at_risk"),
		sales: make("sales"),
	});

	const overall = ORDER.filter((ranking) => having(ranking).length > 0).map((ranking) => ({
		ranking,
		num_origins: having(ranking).length,
		...each((figure) => estimateOf(captureOver(having(ranking), ranking, figure))),
		curve: [5, 10, 20, 30, 50, 70].flatMap((percent) => {
			const reaching = having(ranking).filter(
				({ customers, lists }) => 100 * (lists.get(ranking) ?? []).length >= percent * customers.length,
			);
			const held = (figure: Figure): number | null =>
				meanOf(
					reaching.map(({ customers, lists, amounts }) => {
						const head = (lists.get(ranking) ?? []).slice(0, Math.ceil((percent * customers.length) / 100));
						return heldBy(new Set(head), amounts[figure], customers);
					}),
				);
			return reaching.length > 0 ? [{ customers: percent / 100, ...each(held) }] : [];
		}),
		value_ahead:
			ranking === "value"
				? null
				: each((figure) =>
						estimateOf((drawn) => {
							const [ours, theirs] = (["value", ranking] as const).map((one) => captureOver(having(ranking), one, figure)(drawn));
							return ours === null || theirs === null ? null : ours - theirs;
						}),
					),
	}));

	const said = replays.flatMap((one) => one.said);
	const sorted = said.toSorted((a, b) => a.chance - b.chance);
	const tenths = Array.from({ length: 10 }, (_, tenth) =>
		sorted.slice(Math.floor((tenth * said.length) / 10), Math.floor(((tenth + 1) * said.length) / 10)),
	);
	const surprise = ({ chance, came }: (typeof said)[number]): number =>
		-Math.log(Math.min(1 - 1e-5, Math.max(1e-5, came === 1 ? chance : 1 - chance)));
	const brought = sum(said.map((one) => one.brought));
	const hasReps = having("reps").length > 0;
	return {
		from: formatDay(question.origins[0]),
		to: formatDay(question.origins.at(-1) ?? 0),
		window_days: question.windowDays,
		contact_days: question.contactDays,
		level: 0.95,
		origins: replays.map((one) => ({
			origin: formatDay(one.origin),
			num_customers: one.customers.length,
			num_contacts: one.numContacts,
			num_breaks: sum([...one.amounts.breaks.values()]),
			break_cents: sum([...one.amounts.value_at_risk.values()]),
			sales_cents: sum([...one.amounts.sales.values()]),
			has_seen: false, // the shipped model learned from made-up orders
			rankings: ORDER.filter((ranking) => one.lists.has(ranking)).map(
				(ranking): Captured => ({
					ranking,
					num_contacts: first(one, ranking).size,
					...each((figure) => heldBy(first(one, ranking), one.amounts[figure], one.customers)),
				}),
			),
		})),
		overall,
		calibration: {
			order: tenths
				.filter((own) => own.length > 0)
				.map((own) => ({
					mean_score: sum(own.map(({ chance }) => chance)) / own.length,
					mean_label: sum(own.map(({ came }) => came)) / own.length,
					count: own.length,
				})),
			log_loss: said.length > 0 ? sum(said.map(surprise)) / said.length : null,
			value_bias: brought > 0 ? sum(said.map((one) => one.foretold)) / brought - 1 : null,
		},
		limits: [
			...(replays.some(({ customers }) => customers.length === 0) ? (["NOBODY_TO_RANK"] as const) : []),
			...(replays.some(({ customers, amounts }) => customers.length > 0 && sum([...amounts.breaks.values()]) === 0)
				? (["NO_BREAKS"] as const)
				: []),
			...(["NO_UPLIFT", "USUAL_SERVICE", "TODAYS_MASTER_DATA"] as const),
			...(question.planned ? [] : (["NO_SOLVE"] as const)),
			...(hasReps ? [] : (["NO_CONTACTS"] as const)),
		].map((code) => ({ code, detail: "" })),
	};
}
