import { createRandom } from "../../engine/random.ts";
import type { Cents } from "../../engine/units.ts";
import type { Customer } from "./customer.ts";
import { between, chance, pickWeighted, wholeBetween } from "./draw.ts";
import type { Past } from "./past.ts";
import { STREAMS } from "./streams.ts";

/** What a customer owes and may owe on asOf. */
export interface Credit {
	readonly status: string | null;
	readonly limit: Cents | null;
	readonly openBalance: Cents;
	readonly openOrders: Cents;
	readonly overdue: Cents;
	readonly overdueDays: number;
}

/**
 * About 15 % have something overdue, most of them by a few days; those that left for want of credit are deep in it. The balance is
 * what is not yet due of the last month's purchases, plus the overdue.
 */
export function drawCredit(seed: number, customer: Customer, past: Past): Credit {
	const random = createRandom(seed, STREAMS.credit + customer.index);
	const { state, recent, lastYear, notInvoiced } = past;
	const monthly = Math.max(lastYear / 12, recent[0] / 2, customer.potential / 10);
	const bankrupt = state.mode === "gone" && state.cause === "credit";
	const isOverdue = lastYear > 0 && (bankrupt || chance(random, 0.14));
	const overdueDays = bankrupt
		? wholeBetween(random, 25, 200)
		: pickWeighted(random, [
				[wholeBetween(random, 1, 4), 0.5],
				[wholeBetween(random, 5, 29), 0.34],
				[wholeBetween(random, 30, 59), 0.11],
				[wholeBetween(random, 60, 150), 0.05],
			]);
	const overdue = isOverdue ? Math.max(3000, Math.round(monthly * between(random, 0.1, 0.7))) : 0;
	const notDue = Math.round(Math.max(0, recent[0] - notInvoiced) * between(random, 0.3, 0.9));
	const tight = chance(random, 0.05); // the limit is nearly used up
	const generous = chance(random, 0.15); // pays cash or by card: no limit is kept
	const limit =
		Math.round((tight ? (overdue + notDue) * between(random, 0.9, 1.15) : monthly * between(random, 1.8, 3.5) + overdue) / 10_000) * 10_000;
	return {
		status: isOverdue && overdueDays > 60 && chance(random, 0.3) ? "collections_team" : null,
		limit: generous ? null : limit + 50_000 * (tight ? 0 : 1),
		openBalance: notDue + overdue,
		openOrders: notInvoiced,
		overdue,
		overdueDays: isOverdue ? overdueDays : 0,
	};
}
