import { CarteiraError } from "../../engine/errors.ts";
import { PHASES, type PlanContext, type PlanDocument, understand } from "../../engine/index.ts";
import { buildHistory, type History, netValueOf } from "../../engine/portfolio/history.ts";
import { type Portfolio, rowsById } from "../../engine/portfolio/portfolio.ts";
import { REQUIRED_TO_PLAN } from "../../engine/portfolio/schema.ts";
import { survival, NUM_BINS } from "../../engine/scoring/hazard.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { createPredictor, defaultModelDir, type Predictor } from "../../engine/scoring/predictor.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { hasSeen } from "../evaluation/origin-report.ts";
import { logLoss, reliability } from "../evaluation/metrics.ts";
import { churnLabels, endOfOrders } from "../churn/populations.ts";
import { type BacktestDocument, type Ranking, RANKINGS } from "./backtest-document.ts";
import { capturedOf, type OriginOutcome, overallOf } from "./captures.ts";
import { effectsThen, knownThen } from "./known-then.ts";
import { contactedBy, rankCustomers } from "./rankings.ts";

/** Days in which a customer that bought with regularity should have bought again. */
const WINDOW_DAYS = 90;
const CONTACT_DAYS = 7;
/** Orders that make a regularity. */
const REGULAR_ORDERS = 4;
/** Where nobody noted contacts, this share of the customers counts as contacted. */
const CONTACTED_SHARE = 0.2;
const INACTIVE = PHASES.indexOf("inactive");
const LEVEL = 0.95;

export interface BacktestOptions {
	/** First and last origin; the others lie evenly between them. */
	readonly from: Day;
	readonly to: Day;
	readonly origins: number;
	/** Days from each origin that tell who broke; 90 unless said. */
	readonly windowDays?: number;
	/** Days from each origin in which the reps' contacts count; 7 unless said. Every ranking has as many customers first as they contacted. */
	readonly contactDays?: number;
	/** Model folder; the shipped one unless said. */
	readonly model?: string;
	readonly seed?: number;
	/** Solves a plan of a past as it was known; without, customers are ranked by what a contact is worth. */
	readonly solve?: (portfolio: Portfolio, request: { readonly asOf: Day; readonly policy: unknown }) => Promise<PlanDocument>;
	readonly onProgress?: (message: string) => void;
}

/** What one origin adds to the calibration. */
interface Said {
	readonly ordered: readonly number[];
	readonly probability: readonly number[];
	readonly value: number;
	readonly cameIn: number;
}

/**
 * Replays a portfolio's own past, origin by origin: whom the value of a contact would have put first by what was known before the origin, what
 * those customers then did, and whom naive orders and the reps had first. INVALID_INPUT where a window would end after the last order.
 */
export async function backtest(portfolio: Portfolio, options: BacktestOptions): Promise<BacktestDocument> {
	const { windowDays = WINDOW_DAYS, contactDays = CONTACT_DAYS, seed = 1, model, solve, onProgress } = options;
	requireTables(portfolio);
	const whole = buildHistory(portfolio, endOfOrders(portfolio.tables.orders.days.ordered_on));
	const origins = originsOf(options, whole.before, windowDays);
	const folder = await readModelFolder(model ?? defaultModelDir());
	const predictor = await createPredictor(folder);
	const past = knownThen(portfolio);
	const outcomes: OriginOutcome[] = [];
	const said: Said[] = [];
	const shown: BacktestDocument["origins"] = [];
	let context: PlanContext | null = null;
	for (const origin of origins) {
		onProgress?.(`replaying ${formatDay(origin)}`);
		context = contextAt(past, portfolio, origin, predictor);
		const ranked = rankCustomers(context, seed);
		const plan = solve && (await solve(past, { asOf: origin, policy: effectsThen(portfolio.policy, origin) }));
		const outcome = outcomeOf(context, whole, ranked, plan, { windowDays, contactDays });
		outcomes.push(outcome);
		said.push(saidAt(context, whole, outcome.customers, windowDays));
		shown.push(shownOf(outcome, origin, hasSeen(folder.manifest, origin)));
	}
	const ordered = said.flatMap((one) => one.ordered);
	const probability = said.flatMap((one) => one.probability);
	const cameIn = said.reduce((sum, one) => sum + one.cameIn, 0);
	return {
		from: formatDay(options.from),
		to: formatDay(options.to),
		currency: context?.policy.currency ?? "",
		model: predictor.model,
		window_days: windowDays,
		contact_days: contactDays,
		level: LEVEL,
		origins: shown,
		overall: overallOf(outcomes, whole.numCustomers, seed),
		calibration: {
			order: reliability(ordered, probability).map(({ meanScore, meanLabel, count }) => ({
				mean_score: meanScore,
				mean_label: meanLabel,
				count,
			})),
			log_loss: ordered.length > 0 ? logLoss(ordered, probability) : null,
			value_bias: cameIn > 0 ? said.reduce((sum, one) => sum + one.value, 0) / cameIn - 1 : null,
		},
		limits: [
			...emptyOf(shown),
			...limitsOf(
				outcomes,
				solve !== undefined,
				shown.some(({ has_seen }) => has_seen),
			),
		],
	};
}

function requireTables({ given }: Portfolio): void {
	const missing = REQUIRED_TO_PLAN.filter((table) => !given.has(table));
	if (missing.length > 0)
		throw new CarteiraError("INVALID_INPUT", `a back-test needs the tables ${REQUIRED_TO_PLAN.join(", ")}; missing: ${missing.join(", ")}`);
}

function originsOf({ from, to, origins }: BacktestOptions, end: Day, windowDays: number): Day[] {
	if (to < from) throw new CarteiraError("USAGE", `--to is ${formatDay(to)}; expected ${formatDay(from)} (--from) or later`);
	if (to + windowDays > end)
		throw new CarteiraError(
			"INVALID_INPUT",
			`--to is ${formatDay(to)}, whose window of ${windowDays} days is not over in the data; expected ${formatDay(end - windowDays)} or earlier`,
		);
	const step = origins > 1 ? (to - from) / (origins - 1) : 0;
	return [...new Set(Array.from({ length: origins }, (_, i) => Math.round(from + i * step)))];
}

/** Understands the past as it was known: silence before the origin is the customers' own, since the feed has gone on. */
export function contextAt(past: Portfolio, { policy }: Portfolio, asOf: Day, predictor: Predictor): PlanContext {
	return understand(past, { asOf, policy: effectsThen(policy, asOf) }, predictor, { isSilenceCounted: true });
}

function outcomeOf(
	context: PlanContext,
	whole: History,
	{ customers, rankings }: ReturnType<typeof rankCustomers>,
	plan: PlanDocument | undefined,
	{ windowDays, contactDays }: { readonly windowDays: number; readonly contactDays: number },
): OriginOutcome {
	const { portfolio, history, classification, asOf } = context;
	const contacted = contactedBy(context, whole, customers, contactDays);
	const numContacts = contacted.length > 0 ? contacted.length : Math.ceil(CONTACTED_SHARE * customers.length);
	const lists = new Map(rankings);
	if (contacted.length > 0) lists.set("reps", contacted);
	if (plan) lists.set("plan", plannedIn(plan, portfolio, customers));
	const silent = churnLabels(whole, asOf, customers, () => windowDays);
	const isRegular = (customer: number): boolean =>
		history.eventStart[customer + 1] - history.eventStart[customer] >= REGULAR_ORDERS && classification.phase[customer] < INACTIVE;
	const position = new Map(customers.map((customer, i) => [customer, i]));
	const first = new Map<Ranking, Uint8Array>();
	for (const [ranking, list] of lists) {
		const held = new Set(list.slice(0, numContacts));
		first.set(
			ranking,
			Uint8Array.from(customers, (customer) => Number(held.has(customer))),
		);
	}
	return {
		customers,
		numContacts,
		isBreak: Uint8Array.from(customers, (customer, i) => (isRegular(customer) ? silent[i] : 0)),
		pastYear: Float64Array.from(customers, (customer) => netValueOf(portfolio, history, customer, asOf - 365, asOf)),
		sales: Float64Array.from(customers, (customer) => netValueOf(portfolio, whole, customer, asOf, asOf + windowDays)),
		first,
		orders: new Map([...lists].map(([ranking, list]) => [ranking, list.map((customer) => position.get(customer) ?? -1)])),
	};
}

/** Candidates in order of a plan's contacts. */
function plannedIn({ reps }: PlanDocument, { tables }: Portfolio, customers: readonly number[]): number[] {
	const rows = rowsById(tables.customers, "customer_id");
	const candidates = new Set(customers);
	const entries = reps.flatMap(({ days }) =>
		days.flatMap(({ date, entries: own }) => own.map(({ start, customer_id }) => ({ at: `${date} ${start}`, customer_id }))),
	);
	entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : a.customer_id < b.customer_id ? -1 : 1));
	return [...new Set(entries.map(({ customer_id }) => rows.get(customer_id) ?? -1))].filter((row) => candidates.has(row));
}

function saidAt({ portfolio, scores, asOf }: PlanContext, whole: History, customers: readonly number[], windowDays: number): Said {
	const silent = churnLabels(whole, asOf, customers, () => windowDays);
	const isKnown = asOf + 90 <= whole.before;
	const sum = (of: (customer: number) => number): number => (isKnown ? customers.reduce((total, customer) => total + of(customer), 0) : 0);
	return {
		ordered: silent.map((label) => 1 - label),
		probability: customers.map((customer) => 1 - survival(scores.hazard, customer * NUM_BINS, windowDays)),
		value: sum((customer) => scores.expectedValue[customer]),
		cameIn: sum((customer) => netValueOf(portfolio, whole, customer, asOf, asOf + 90)),
	};
}

function shownOf(outcome: OriginOutcome, origin: Day, seen: boolean): BacktestDocument["origins"][number] {
	const { customers, isBreak, pastYear, sales } = outcome;
	return {
		origin: formatDay(origin),
		num_customers: customers.length,
		num_contacts: outcome.numContacts,
		num_breaks: isBreak.reduce((sum, one) => sum + one, 0),
		break_cents: Math.round(pastYear.reduce((sum, value, i) => sum + isBreak[i] * value, 0)),
		sales_cents: Math.round(sales.reduce((sum, value) => sum + value, 0)),
		has_seen: seen,
		rankings: RANKINGS.flatMap((ranking) => capturedOf(outcome, ranking) ?? []),
	};
}

/** Why figures are missing: origins with nobody to rank, and such at which nobody broke. */
function emptyOf(origins: BacktestDocument["origins"]): BacktestDocument["limits"] {
	const unranked = origins.filter(({ num_customers }) => num_customers === 0);
	const unbroken = origins.filter(({ num_customers, num_breaks }) => num_customers > 0 && num_breaks === 0);
	const told = (own: typeof origins): string =>
		`at ${own.length} of ${origins.length} origins (${own.map(({ origin }) => origin).join(", ")})`;
	const limits: BacktestDocument["limits"] = [];
	if (unranked.length > 0)
		limits.push({
			code: "NOBODY_TO_RANK",
			detail: `${told(unranked)} nobody who may be contacted had ordered in the year before: there is nothing to rank, so that figures are missing`,
		});
	if (unbroken.length > 0)
		limits.push({
			code: "NO_BREAKS",
			detail: `${told(unbroken)} no customer that bought with regularity stopped: shares of breaks are missing there`,
		});
	return limits;
}

function limitsOf(outcomes: readonly OriginOutcome[], isSolved: boolean, isSeen: boolean): BacktestDocument["limits"] {
	const limits: BacktestDocument["limits"] = [
		{
			code: "NO_UPLIFT",
			detail: "it shows whom a ranking finds, not what contacting them would have changed: for that, hold some out by lot",
		},
		{
			code: "USUAL_SERVICE",
			detail: "what customers did includes what the reps of then did; breaks that their contacts prevented are not seen",
		},
		{
			code: "TODAYS_MASTER_DATA",
			detail:
				"reps, segments and places are today's; credit, status and stock of then are not known and left out, as are promises, campaigns and targets",
		},
	];
	if (!isSolved)
		limits.push({
			code: "NO_SOLVE",
			detail: "customers are ranked by the value of their best contact; travel and the working day are left out",
		});
	if (!outcomes.some(({ first }) => first.has("reps")))
		limits.push({
			code: "NO_CONTACTS",
			detail: `no contacts are noted: every ranking has its first ${100 * CONTACTED_SHARE} %, and reps cannot be compared`,
		});
	if (isSeen)
		limits.push({ code: "MODEL_HAS_SEEN", detail: "the model learned from days on or after some origin: its figures flatter it" });
	return limits;
}
