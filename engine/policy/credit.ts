import type { Table } from "../portfolio/portfolio.ts";
import { CREDIT_STATUS } from "../portfolio/schema.ts";
import { type Cents, NULL_CODE } from "../units.ts";
import type { Policy } from "./policy.ts";

export const SELL = CREDIT_STATUS.indexOf("sell");
export const SELL_WITH_NOTICE = CREDIT_STATUS.indexOf("sell_with_notice");
export const CASH = CREDIT_STATUS.indexOf("collect_and_sell_cash");
export const COLLECT_ONLY = CREDIT_STATUS.indexOf("collect_only");
export const COLLECTIONS_TEAM = CREDIT_STATUS.indexOf("collections_team");

/**
 * Rung of the credit ladder, a code of CREDIT_STATUS: the ERP's word where it is given (NULL_CODE: not), else by the days overdue
 * where the overdue amount reaches `ignore_below`. NaN counts as nothing overdue.
 */
export function creditRungOf(status: number, overdueAmount: Cents, overdueDays: number, ladder: Policy["credit"]): number {
	if (status !== NULL_CODE) return status;
	if (!(overdueAmount >= 100 * ladder.ignore_below)) return SELL;
	if (overdueDays >= ladder.collections_team_after_days) return COLLECTIONS_TEAM;
	if (overdueDays >= ladder.collect_only_after_days) return COLLECT_ONLY;
	if (overdueDays >= ladder.cash_after_days) return CASH;
	return overdueDays >= ladder.notice_after_days ? SELL_WITH_NOTICE : SELL;
}

/** Room for an order: limit − open balance − open orders, nulls counting 0; Infinity without a limit. */
export function headroomOf(limit: Cents, openBalance: Cents, openOrders: Cents): Cents {
	return Number.isNaN(limit) ? Infinity : limit - (openBalance || 0) - (openOrders || 0);
}

/** May the customer be sold to: within its credit, or for cash? Rung and headroom are those of the classification. */
export function canSell(rung: number, headroom: Cents, minOrderValue: Cents): boolean {
	if (rung >= COLLECT_ONLY) return false;
	return rung === CASH || (headroom > 0 && !(headroom < minOrderValue));
}

/** Answers the rung and headroom of rows of the customers table. */
export function createCredit(
	customers: Table,
	ladder: Policy["credit"],
): (row: number) => { readonly rung: number; readonly headroom: Cents } {
	const { credit_limit, open_balance, open_orders_value, overdue_amount, overdue_days } = customers.numbers;
	const { credit_status } = customers.codes;
	return (row) => ({
		rung: creditRungOf(credit_status[row], overdue_amount[row], overdue_days[row], ladder),
		headroom: headroomOf(credit_limit[row], open_balance[row], open_orders_value[row]),
	});
}
