import type { RepCase } from "./case.ts";
import { CLASSES, PHASES } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import type { CaseDay } from "./options.ts";
import { isManager } from "./ownership.ts";
import type { Policy } from "./policy.ts";

type CaseFloor = RepCase["floors"][number];

/**
 * The policy's floors for one rep over its days: a share of shift time less breaks in whole seconds, or a number of contacts, with
 * the customers that count. A floor holds for reps that plan for such a customer; managers, who do not choose whom they see, have none.
 */
export function floorsOf(
	{ policy, classification, portfolio }: CaseContext,
	rep: number,
	customers: readonly number[],
	days: readonly CaseDay[],
): CaseFloor[] {
	if (isManager(portfolio.tables.reps, rep)) return [];
	const workSeconds = days.reduce((sum, { work }) => sum + work.workSeconds, 0);
	return policy.floors.flatMap((floor) => {
		const { phase, class: cls } = floor;
		const isMeant = (customer: number): boolean =>
			(phase === null || PHASES[classification.phase[customer]] === phase) &&
			(cls === null || CLASSES[classification.class[customer]] === cls);
		const members = Int32Array.from(customers.keys()).filter((position) => isMeant(customers[position]));
		return members.length === 0 ? [] : specsOf(floor, workSeconds, members);
	});
}

function specsOf(floor: Policy["floors"][number], workSeconds: number, customers: Int32Array): CaseFloor[] {
	const label = [floor.phase ?? "all phases", floor.class ?? "all classes"].join(" ");
	const share = floor.min_share_of_time;
	const contacts = floor.min_contacts;
	return [
		...(share === null
			? []
			: [{ unit: "seconds" as const, atLeast: Math.round(share * workSeconds), cost: floor.cost_per_hour_short ?? 0, customers, label }]),
		...(contacts === null
			? []
			: [{ unit: "contacts" as const, atLeast: contacts, cost: floor.cost_per_contact_short ?? 0, customers, label }]),
	];
}
