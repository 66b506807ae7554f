import { buildAppointments } from "./appointments.ts";
import { type CaseInputs, serviceOf } from "./case-context.ts";
import { namedOrphans, orphansOf } from "./cases.ts";
import { countFavourites } from "./favourites.ts";
import { measureAchieved } from "./goals.ts";
import type { CommonCases } from "./population.ts";
import { wavesOf } from "./waves.ts";
import { usualCustomerOf } from "./worth.ts";

/** Measures a whole portfolio for the cases of its reps. */
export function surveyCases(inputs: CaseInputs): CommonCases {
	const service = serviceOf(inputs);
	const { customers, reps } = inputs.portfolio.tables;
	const appointments = buildAppointments(inputs.portfolio, service.dates[0], service.dates[service.dates.length - 1]);
	const escalated = new Map<number, string[]>();
	for (let customer = 0; customer < customers.length; customer++) {
		const manager = service.escalatedTo(customer);
		if (manager < 0) continue;
		const ids = escalated.get(manager) ?? [];
		ids.push(customers.texts.customer_id.at(customer) ?? "");
		escalated.set(manager, ids);
	}
	return {
		usual: usualCustomerOf(inputs.scores),
		favourites: countFavourites(inputs.portfolio, inputs.history),
		achieved: measureAchieved({ ...inputs, ownership: service.ownership }),
		waves: wavesOf(service, reps.numRows),
		escalated,
		orphans: namedOrphans(orphansOf({ ...service, appointments }), inputs.portfolio),
	};
}
