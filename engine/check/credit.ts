import { CREDIT_STATUS } from "../portfolio/schema.ts";
import { type Cents, NULL_CODE } from "../units.ts";
import type { CheckContext } from "./context.ts";

export type Rung = (typeof CREDIT_STATUS)[number];

/** Where a customer stands on the credit ladder. */
export function rungOf({ portfolio, policy }: CheckContext, customer: number): Rung {
	const { codes, numbers } = portfolio.tables.customers;
	if (codes.credit_status[customer] !== NULL_CODE) return CREDIT_STATUS[codes.credit_status[customer]];
	const days = numbers.overdue_days[customer];
	const isOverdue = numbers.overdue_amount[customer] >= policy.credit.ignore_below * 100;
	if (!isOverdue || !(days >= policy.credit.notice_after_days)) return "sell";
	if (days < policy.credit.cash_after_days) return "sell_with_notice";
	if (days < policy.credit.collect_only_after_days) return "collect_and_sell_cash";
	return days < policy.credit.collections_team_after_days ? "collect_only" : "collections_team";
}

/** Room for an order in cents; Infinity without a limit. */
export function headroomOf({ portfolio }: CheckContext, customer: number): Cents {
	const { credit_limit: limit, open_balance: balance, open_orders_value: orders } = portfolio.tables.customers.numbers;
	return Number.isNaN(limit[customer]) ? Number.POSITIVE_INFINITY : limit[customer] - zeroOf(balance[customer]) - zeroOf(orders[customer]);
}

/** Is there no room for the smallest order? */
export function isFull(context: CheckContext, customer: number): boolean {
	const headroom = headroomOf(context, customer);
	return headroom <= 0 || headroom < context.portfolio.tables.customers.numbers.min_order_value[customer];
}

function zeroOf(value: number): number {
	return Number.isNaN(value) ? 0 : value;
}
