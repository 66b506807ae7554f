import { CLASSES, PHASES, POTENTIALS, type PlanContext, TABLES, type Table, formatDay } from "../engine/index.ts";

const CREDIT_STATUS = TABLES.customers.columns.credit_status.values ?? [];
const MAX_PURCHASES = 24;
const MAX_PRODUCTS = 10;

/** Dates of portfolios are never before 1970; the sentinel for none is. */
const dateOrNull = (day: number): string | null => (day < 0 ? null : formatDay(day));
const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Row of a customer; -1 where there is none. */
function rowOf(customers: Table, customerId: string): number {
	const ids = customers.texts.customer_id;
	for (let row = 0; row < ids.length; row++) if (ids.at(row) === customerId) return row;
	return -1;
}

function scoresView({ scores }: PlanContext, row: number): object {
	return {
		model: scores.model,
		churn_risk: finiteOrNull(scores.churnRisk[row]),
		churn_risk_own_rhythm: finiteOrNull(scores.churnRiskOwnRhythm[row]),
		expected_orders: finiteOrNull(scores.expectedOrders[row]),
		expected_value_cents: finiteOrNull(scores.expectedValue[row]),
		expected_days_to_order: finiteOrNull(scores.expectedDaysToOrder[row]),
		expected_interval_days: finiteOrNull(scores.expectedInterval[row]),
		ticket_cents: finiteOrNull(scores.ticket[row]),
	};
}

function productsView({ scores, portfolio }: PlanContext, row: number): object[] {
	const from = scores.productStart[row];
	const to = Math.min(scores.productStart[row + 1], from + MAX_PRODUCTS);
	return Array.from({ length: to - from }, (_, index) => ({
		product_id: portfolio.tables.products.texts.product_id.at(scores.product[from + index]),
		propensity: scores.propensity[from + index],
		expected_cents: Math.round(scores.propensity[from + index] * scores.productValue[from + index]),
	}));
}

function historyView({ history }: PlanContext, row: number): object {
	const [from, to] = [history.eventStart[row], history.eventStart[row + 1]];
	const shown = Math.min(MAX_PURCHASES, to - from);
	return {
		num_purchases: to - from,
		purchases: Array.from({ length: shown }, (_, index) => ({
			date: formatDay(history.eventDay[to - 1 - index]),
			net_value_cents: Math.round(history.eventValue[to - 1 - index]),
		})),
	};
}

/** Everything known of one customer at the context's day, without its next contact; null where there is no such customer. */
export function customerView(context: PlanContext, customerId: string): object | null {
	const { customers } = context.portfolio.tables;
	const row = rowOf(customers, customerId);
	if (row < 0) return null;
	const { classification } = context;
	const silence = classification.daysSinceLastOrder[row];
	return {
		customer_id: customerId,
		name: customers.texts.name.at(row),
		as_of: formatDay(context.asOf),
		phase: PHASES[classification.phase[row]],
		class: CLASSES[classification.class[row]],
		potential: POTENTIALS[classification.potential[row]],
		credit: CREDIT_STATUS[classification.credit[row]],
		is_recovered: classification.recovered[row] === 1,
		headroom_cents: finiteOrNull(classification.headroom[row]),
		last_order_on: dateOrNull(classification.lastOrderDay[row]),
		days_since_last_order: silence < 0 ? null : silence,
		last_contact_on: dateOrNull(classification.lastContactDay[row]),
		scores: scoresView(context, row),
		products: productsView(context, row),
		history: historyView(context, row),
	};
}
