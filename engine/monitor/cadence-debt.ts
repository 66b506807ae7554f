import type { ActionPlan } from "../policy/policy.ts";
import { hasPlace, serviceSeconds, VISIT } from "../policy/standing.ts";
import { parseChannels } from "../portfolio/calendar/calendar.ts";
import { CHANNELS, REP_KINDS } from "../portfolio/schema.ts";
import { codeTexts } from "../scoring/past-intervals.ts";
import { formatDay, NULL_DAY, type Seconds } from "../units.ts";
import { SERVICE_STATES } from "./figures.ts";
import type { PlannedContacts } from "./planned.ts";
import type { Source } from "./source.ts";
import { createServiceState } from "./standing-figures.ts";
import { learnUsualService } from "./usual-service.ts";
import type { View } from "./view.ts";

/** Days for which cadence debt looks ahead. */
export const DEBT_DAYS = 10;
const INSIDE = REP_KINDS.indexOf("inside");
const DISRUPTED = SERVICE_STATES.indexOf("disrupted");

/** Who will be without contact for longer than its maximum gap within the next days, by the first date beyond it. */
export function cadenceDebtOf(view: View, planned: PlannedContacts | null): Source {
	const { classification, maxGap, revenue, asOf } = view;
	const { lastContactDay } = classification;
	const service = learnUsualService(view);
	const secondsOf = serviceSecondsOf(view);
	const stateOf = createServiceState(view);
	return {
		figure: "cadence_debt",
		cells: Array.from({ length: DEBT_DAYS }, (_, i) => [formatDay(asOf + 1 + i)]),
		each(out, emit) {
			for (let customer = 0; customer < revenue.length; customer++) {
				const last = lastContactDay[customer];
				const on = last + maxGap[customer] + 1;
				if (last === NULL_DAY || on > asOf + DEBT_DAYS || stateOf(customer) >= DISRUPTED) continue;
				out[0] = secondsOf(customer);
				out[1] = service.missChance(customer, asOf - last, maxGap[customer]);
				const isLeft = planned?.isContactedBefore(customer, on) === false;
				out[2] = !isLeft ? 0 : planned.isFor(view.owner[customer]) ? 1 : out[1];
				out[3] = revenue[customer];
				emit(customer, on - asOf - 1, on);
			}
		},
	};
}

/** Service time of a contact by the first of the action plan's channels that is open; 0 where none is. */
export function serviceSecondsOf(view: View): (customer: number) => Seconds {
	const { customers, reps } = view.portfolio.tables;
	const agreed = codeTexts(customers.texts.channels);
	const masks = agreed.words.map(parseChannels);
	const { service_minutes: own, lat, lon } = customers.numbers;
	const { kind } = reps.codes;
	const coded = new Map<ActionPlan, readonly (readonly [channel: number, minutes: number])[]>();
	const channelsOf = (plan: ActionPlan): readonly (readonly [channel: number, minutes: number])[] => {
		const known = coded.get(plan) ?? plan.channels.map(({ channel, minutes }) => [CHANNELS.indexOf(channel), minutes] as const);
		coded.set(plan, known);
		return known;
	};
	return (customer) => {
		const rep = view.owner[customer];
		if (rep < 0) return 0;
		const mask = agreed.codes[customer] < 0 ? -1 : masks[agreed.codes[customer]];
		const canVisit = kind[rep] !== INSIDE && hasPlace({ lat, lon }, customer);
		for (const [channel, minutes] of channelsOf(view.planOf(customer))) {
			if (((mask >> channel) & 1) === 1 && (channel !== VISIT || canVisit)) return serviceSeconds(own[customer], channel, minutes);
		}
		return 0;
	};
}
