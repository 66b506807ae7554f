import { cadenceOf } from "../policy/action-plan.ts";
import { contactDay, isReached } from "../policy/classify.ts";
import { createLineSales, type LineSales } from "../policy/line-sales.ts";
import { INACTIVATING, PROSPECT } from "../policy/phase.ts";
import { CUSTOMER_STATUS } from "../portfolio/schema.ts";
import { type Day, NULL_CODE, NULL_DAY } from "../units.ts";
import { behind, daysOf, kindOf, type MonthView, ruleClass, type Span } from "./month-view.ts";
import { type ResultId, RESULTS, type ReviewResult } from "./review-document.ts";

const OPEN = CUSTOMER_STATUS.indexOf("open");
/** A change within this is none. */
const SAME = 0.02;
const UNITS: Readonly<Record<ResultId, ReviewResult["unit"]>> = {
	revenue: "cents",
	margin: "cents",
	positivated: "customers",
	new: "customers",
	recovered: "customers",
	lost: "customers",
	reached: "contacts",
	disrupted: "customers",
};
const LOWER_IS_BETTER: readonly ResultId[] = ["lost", "disrupted"];

/** The month's figures beside those of the month before. */
export function resultsOf(view: MonthView): ReviewResult[] {
	const [now, before] = [measure(view, view.month), measure(view, view.before)];
	const [days, daysBefore] = [workingDays(view, view.month), workingDays(view, view.before)];
	return RESULTS.map((id) => {
		const [value, earlier] = [sum(now[id]), sum(before[id])];
		const isCount = UNITS[id] === "customers";
		const change = earlier > 0 ? (isCount ? value / earlier : value / days / (earlier / daysBefore)) - 1 : null;
		return {
			id,
			unit: UNITS[id],
			value,
			before: earlier,
			change,
			verdict: verdictOf(id, change ?? Math.sign(value - earlier)),
			...behind(view, now[id], { before: before[id] }),
		};
	});
}

/** At least 1. */
export function workingDays({ calendar }: MonthView, span: Span): number {
	return Math.max(1, daysOf(span).filter((day) => calendar.isWorkingDay(day)).length);
}

function verdictOf(id: ResultId, moved: number): ReviewResult["verdict"] {
	if (Math.abs(moved) <= SAME) return "same";
	return moved > 0 === !LOWER_IS_BETTER.includes(id) ? "better" : "worse";
}

function sum(values: Float64Array): number {
	return values.reduce((all, value) => all + value, 0);
}

/** What each customer adds to each figure of a span of days. */
function measure(view: MonthView, span: Span): Record<ResultId, Float64Array> {
	const { history } = view;
	const lineSales = createLineSales(view.portfolio, view.policy);
	const empty = (): Float64Array => new Float64Array(history.numCustomers);
	const figures = Object.fromEntries(RESULTS.map((id) => [id, empty()])) as Record<ResultId, Float64Array>;
	for (let customer = 0; customer < history.numCustomers; customer++) {
		addSales(view, lineSales, span, customer, figures);
		addPassages(view, span, customer, figures);
		addService(view, span, customer, figures);
	}
	return figures;
}

/** Sales less returns, cancelled and cut lines left out; margin where lines or products state it, else at the policy's rate. */
function addSales(
	{ portfolio, history, policy }: MonthView,
	lineSales: LineSales,
	{ from, until }: Span,
	customer: number,
	into: Record<ResultId, Float64Array>,
): void {
	const { orders } = portfolio.tables;
	const bought = new Set<number>();
	for (let i = history.lineStart[customer]; i < history.lineStart[customer + 1]; i++) {
		const row = history.line[i];
		if (orders.days.ordered_on[row] < from || orders.days.ordered_on[row] >= until || !lineSales.counts(row)) continue;
		into.revenue[customer] += lineSales.net(row);
		into.margin[customer] += Math.round(lineSales.margin(row));
		if (lineSales.isSale(row)) bought.add(orders.refs.product_id[row]);
	}
	const { min_value: least, min_products: products_ } = policy.positivation;
	into.positivated[customer] = Number(into.revenue[customer] >= 100 * least && bought.size >= products_);
}

/** First orders, returns from silence, and silence that began. */
function addPassages(
	{ history, pictureAt }: MonthView,
	{ from, until }: Span,
	customer: number,
	into: Record<ResultId, Float64Array>,
): void {
	const { eventStart, eventDay } = history;
	const phase = pictureAt(from).phase[customer];
	const isSilent = (code: number): boolean => code >= INACTIVATING;
	let bought = false;
	for (let i = eventStart[customer]; i < eventStart[customer + 1]; i++) bought ||= eventDay[i] >= from && eventDay[i] < until;
	into.new[customer] = Number(phase === PROSPECT && bought);
	into.recovered[customer] = Number(isSilent(phase) && bought);
	into.lost[customer] = Number(phase !== PROSPECT && !isSilent(phase) && isSilent(pictureAt(until).phase[customer]));
}

/** Contacts that reached the customer, and whether at the end the last one lies further back than its action plan allows. */
function addService(view: MonthView, { from, until }: Span, customer: number, into: Record<ResultId, Float64Array>): void {
	const { portfolio, history } = view;
	const { contacts } = portfolio.tables;
	let last = NULL_DAY;
	for (let i = history.contactStart[customer]; i < history.contactStart[customer + 1]; i++) {
		const row = history.contact[i];
		const day = contactDay(contacts.numbers.contacted_at[row]);
		if (day >= until || !isReached(contacts.codes.outcome[row])) continue;
		last = day;
		into.reached[customer] += Number(day >= from);
	}
	into.disrupted[customer] = Number(
		last !== NULL_DAY && isServed(view, customer) && until - last > cadenceAt(view, customer, until).maxGap,
	);
}

/** Has the customer an owner, and may it be contacted? */
export function isServed({ portfolio, ownership }: MonthView, customer: number): boolean {
	const { status, blocked } = portfolio.tables.customers.codes;
	return ownership.ownerOf(customer) >= 0 && blocked[customer] !== 1 && (status[customer] === OPEN || status[customer] === NULL_CODE);
}

/** Days between contacts that the customer's action plan asks for on a day. */
export function cadenceAt(view: MonthView, customer: number, day: Day) {
	const { portfolio, ownership } = view;
	const { customers, assignments } = portfolio.tables;
	const row = ownership.assignmentOn(customer, view.month.until - 1);
	return cadenceOf(planAt(view, customer, day), customers, customer, row < 0 ? Number.NaN : assignments.numbers.interval_days[row]);
}

/** The customer's action plan on a day. */
export function planAt(view: MonthView, customer: number, day: Day) {
	const phase = view.pictureAt(day).phase[customer];
	return view.actionPlans.planOf(
		phase,
		ruleClass(view, customer, day),
		view.potential[customer],
		kindOf(view, view.ownership.ownerOf(customer)),
	);
}
