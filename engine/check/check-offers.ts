import { PRODUCT_REASONS } from "../scoring/scores.ts";
import { CREDIT_STATUS } from "../portfolio/schema.ts";
import { formatDay } from "../units.ts";
import { headroomOf, rungOf } from "./credit.ts";
import { ordersOf, silenceOf } from "./phases.ts";
import { type Checked, type ContactView, contactsOf } from "./views.ts";

/** Suggested products, churn risk, entry ids, and the facts of every brief. */
export function checkOffers(context: Checked): void {
	const ids = new Map<string, string>();
	for (const contact of contactsOf(context.reps)) {
		const { entry, pointer } = contact;
		const risk = entry.churn_risk;
		if (risk !== null && !isShare(risk)) context.report("churn-risk", `${pointer}/churn_risk`, `${risk} is not in [0, 1]`);
		const twin = ids.get(entry.entry_id);
		if (twin !== undefined) context.report("entry-id", `${pointer}/entry_id`, `${entry.entry_id} is also the id of ${twin}`);
		ids.set(entry.entry_id, pointer);
		checkProducts(context, contact);
		checkBrief(context, contact);
	}
}

function isShare(value: number): boolean {
	return value >= 0 && value <= 1;
}

function checkProducts({ productRows, portfolio, report }: Checked, { entry, pointer }: ContactView): void {
	const { codes, numbers } = portfolio.tables.products;
	const seen = new Set<string>();
	for (const [at, { product_id: id, propensity, reason }] of entry.products.entries()) {
		const place = `${pointer}/products/${at}`;
		const row = productRows.get(id);
		if (row === undefined) report("product-unknown", `${place}/product_id`, `no product ${id} in the table`);
		else {
			if (codes.active[row] === 0) report("product-inactive", place, `product ${id} is not active`);
			if (numbers.stock_quantity[row] <= 0) report("product-stock", place, `product ${id} is out of stock`);
		}
		if (seen.has(id)) report("product-repeated", place, `product ${id} is suggested twice`);
		if (!isShare(propensity)) report("propensity", `${place}/propensity`, `${propensity} is not in [0, 1]`);
		if (!PRODUCT_REASONS.some((known) => known === reason))
			report("product-reason", `${place}/reason`, `${reason} is none of ${PRODUCT_REASONS.join(", ")}`);
		seen.add(id);
	}
}

/** Facts that a brief states under their usual names; the contract leaves open which ones it has. */
function checkBrief(context: Checked, { customer, entry, pointer }: ContactView): void {
	const { numbers, texts } = context.portfolio.tables.customers;
	const { overdue_amount: overdue, overdue_days: days } = numbers;
	const orders = ordersOf(context, customer);
	const headroom = headroomOf(context, customer);
	const facts: readonly (readonly [string, string | number | null])[] = [
		["customer_name", texts.name.at(customer)],
		["last_order_on", orders && formatDay(orders.last)],
		["days_since_last_order", orders && silenceOf(context, orders.last)],
		["overdue_cents", overdue[customer] || 0],
		["overdue_days", days[customer] || 0],
		["headroom_cents", Number.isFinite(headroom) ? headroom : null],
		["credit", CREDIT_STATUS.find((rung) => rung === rungOf(context, customer)) ?? null],
	];
	for (const [name, fact] of facts) {
		const shown = entry.brief[name];
		if (shown !== undefined && shown !== fact)
			context.report("brief", `${pointer}/brief/${name}`, `${JSON.stringify(shown)}, expected ${JSON.stringify(fact)}`);
	}
}
