import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { PRICE_TABLES } from "./catalogue.ts";
import type { Credit } from "./credit.ts";
import type { Customer } from "./customer.ts";
import type { LifeState } from "./behaviour.ts";
import { SEGMENTS } from "./segments.ts";

/** Row of the customers table. */
export function customerRow(customer: Customer, state: LifeState, credit: Credit, owner: string | null, routeId: string): Cell[] {
	const { index, place } = customer;
	const own = index % 50 === 11; // a few have delivery days and terms of their own
	return [
		customer.id,
		owner,
		customer.name,
		customer.groupId,
		SEGMENTS[customer.segment].name,
		statusOf(customer, state),
		place?.lat ?? null,
		place?.lon ?? null,
		customer.cityCode,
		"SP",
		customer.channels.join(";"),
		customer.visitHours,
		customer.serviceMinutes,
		routeId,
		own ? "Mo,We,Fr" : null,
		own ? 2 : null,
		credit.status,
		credit.limit,
		credit.openBalance,
		credit.openOrders,
		credit.overdue,
		credit.overdueDays,
		PRICE_TABLES[customer.priceTable].minOrder,
		PRICE_TABLES[customer.priceTable].id,
		index % 71 === 5 ? 10 : null,
		index % 71 === 5 ? 4 : null,
		index % 71 === 5 ? 20 : null,
		state.mode === "prospect" || index % 3 === 0 ? customer.potential : null,
		customer.registeredOn,
		index % 131 === 77,
	];
}

/** Only half of the shops that closed are known to have. */
function statusOf({ index }: Customer, state: LifeState): string {
	if (state.mode === "gone" && state.cause === "closed") return index % 2 === 0 ? "closed" : "open";
	return index % 211 === 100 ? "do_not_contact" : "open";
}

/** May the customer be promised a visit? */
export function isPromisable(customer: Customer, state: LifeState): boolean {
	return statusOf(customer, state) === "open" && customer.index % 131 !== 77 && state.mode !== "waiting";
}
