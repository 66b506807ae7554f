import { type Cents, type Day, NULL_DAY } from "../units.ts";
import type { CaseContext } from "./case-context.ts";
import { CASH, COLLECT_ONLY } from "./credit.ts";
import type { Assortment } from "./offers.ts";
import type { CaseDay } from "./options.ts";
import { PROSPECT } from "./phase.ts";
import type { Standing } from "./standing.ts";
import { orderChance } from "./value.ts";

/** One customer's amounts that hold for all its options with a rep. */
export interface Basis {
	readonly standing: Standing;
	readonly phase: number;
	readonly cls: number;
	/** Day of the last contact of the history, or where nothing is known the day that makes service due at as_of. */
	readonly lastContact: Day;
	readonly wasContacted: boolean;
	/** Dates on which other agendas contact the customer, ascending. */
	readonly taken: readonly Day[];
	/** Day up to which disruption counts: the horizon's end and one interval more. */
	readonly end: Day;
	/** P(order within the interval | no contact) by index of the case's days. */
	readonly chance: Float64Array;
	/** By period; none for customers that may not be sold to. */
	readonly assortments: readonly Assortment[];
	/** To be collected by a contact; 0 where the ladder asks for none. */
	readonly overdue: Cents;
}

/** Works a customer's amounts out for the days of a case. */
export function basisOf(context: CaseContext, standing: Standing, days: readonly CaseDay[], taken: readonly Day[]): Basis {
	const { classification, scores, policy, asOf, offers, portfolio } = context;
	const { customer, cadence, worth } = standing;
	const phase = classification.phase[customer];
	const last = classification.lastContactDay[customer];
	const chanceOn = (date: Day): number =>
		phase === PROSPECT ? policy.value.prospect_order_probability : orderChance(scores, customer, date - asOf, cadence.interval);
	const rung = classification.credit[customer];
	const isCollected = rung === CASH || rung === COLLECT_ONLY;
	return {
		standing,
		phase,
		cls: classification.class[customer],
		lastContact: last === NULL_DAY ? asOf - cadence.maxGap : last,
		wasContacted: last !== NULL_DAY,
		taken: [...taken].sort((a, b) => a - b),
		end: context.lastDate + cadence.interval,
		chance: Float64Array.from(days, ({ date }) => chanceOn(date)),
		assortments: Array.from({ length: worth.canSell ? offers.numPeriods : 0 }, (_, period) =>
			offers.assortmentOf(customer, period, worth.marginRate),
		),
		overdue: isCollected ? portfolio.tables.customers.numbers.overdue_amount[customer] || 0 : 0,
	};
}
