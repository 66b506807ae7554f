import { channelsOf } from "../policy/standing.ts";
import { formatDay, NULL_DAY, type Seconds } from "../units.ts";
import { SERVICE_STATES } from "./figures.ts";
import type { PlannedContacts } from "./planned.ts";
import type { Source } from "./source.ts";
import { serviceStateOf } from "./standing-figures.ts";
import { learnUsualService } from "./usual-service.ts";
import type { View } from "./view.ts";

/** Days for which cadence debt looks ahead. */
export const DEBT_DAYS = 10;
const DISRUPTED = SERVICE_STATES.indexOf("disrupted");

/** Who will be without contact for longer than its maximum gap within the next days, by the first date beyond it. */
export function cadenceDebtOf(view: View, planned: PlannedContacts | null): Source {
	const { classification, maxGap, revenue, asOf } = view;
	const { lastContactDay } = classification;
	const service = learnUsualService(view);
	const secondsOf = serviceSecondsOf(view);
	return {
		figure: "cadence_debt",
		cells: Array.from({ length: DEBT_DAYS }, (_, i) => [formatDay(asOf + 1 + i)]),
		each(out, emit) {
			for (let customer = 0; customer < revenue.length; customer++) {
				const last = lastContactDay[customer];
				if (last === NULL_DAY || serviceStateOf(view, customer) >= DISRUPTED) continue;
				const on = last + maxGap[customer] + 1;
				if (on > asOf + DEBT_DAYS) continue;
				out[0] = secondsOf(customer);
				out[1] = service.missChance(customer, asOf - last, maxGap[customer]);
				out[2] = planned?.isContactedBefore(customer, on) === false ? 1 : 0;
				out[3] = revenue[customer];
				emit(customer, on - asOf - 1, on);
			}
		},
	};
}

/** Service time of a contact by the first of the action plan's channels that is open; 0 where none is. */
export function serviceSecondsOf(view: View): (customer: number) => Seconds {
	const { portfolio, owner, planOf } = view;
	return (customer) => {
		if (owner[customer] < 0) return 0;
		const channels = channelsOf({ portfolio }, owner[customer], customer, planOf(customer));
		return channels.find(({ preference }) => preference === 0)?.duration ?? 0;
	};
}
