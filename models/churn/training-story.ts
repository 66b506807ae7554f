import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import type { ChurnAnchor } from "../../engine/scoring/churn-inputs.ts";
import type { Training } from "../../engine/scoring/model-folder.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { measureReference } from "./reference.ts";

/** What a model learns from, told before it is trained: no curve yet, and no time spent. */
export function storyOf(portfolio: Portfolio, history: History, origins: readonly Day[], anchor: ChurnAnchor): Training {
	const { eventDay, eventStart, numCustomers } = history;
	const [first, last] = eventDay.reduce(([min, max], day) => [Math.min(min, day), Math.max(max, day)], [eventDay[0], eventDay[0]]);
	let customers = 0;
	for (let customer = 0; customer < numCustomers; customer++) if (eventStart[customer + 1] > eventStart[customer]) customers++;
	return {
		data: portfolio.digest,
		numEvents: eventDay.length,
		numCustomers: customers,
		from: formatDay(first),
		to: formatDay(last),
		origins: origins.map(formatDay),
		curve: [],
		seconds: 0,
		reference: measureReference(portfolio, history, origins, anchor),
	};
}
