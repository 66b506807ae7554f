import type { RepCase } from "./case.ts";
import { CLASSES, PHASES } from "./case.ts";
import type { CaseContext } from "./case-context.ts";
import type { CaseDay } from "./options.ts";
import type { Policy } from "./policy.ts";

type CaseFloor = RepCase["floors"][number];

/**
 * The policy's floors for one rep over its days: a share of shift time less breaks, or a number of contacts, with the customers that
 * count. Every floor holds for every rep: one that has no such customer shows by its price that the portfolio lacks them.
 */
export function floorsOf({ policy, classification }: CaseContext, customers: readonly number[], days: readonly CaseDay[]): CaseFloor[] {
	const workSeconds = days.reduce((sum, { work }) => sum + work.workSeconds, 0);
	return policy.floors.flatMap((floor) => {
		const { phase, class: cls } = floor;
		const isMeant = (customer: number): boolean =>
			(phase === null || PHASES[classification.phase[customer]] === phase) &&
			(cls === null || CLASSES[classification.class[customer]] === cls);
		const members = Int32Array.from(customers.keys()).filter((position) => isMeant(customers[position]));
		return specsOf(floor, workSeconds, members);
	});
}

function specsOf(floor: Policy["floors"][number], workSeconds: number, customers: Int32Array): CaseFloor[] {
	const label = [floor.phase ?? "all phases", floor.class ?? "all classes"].join(" ");
	const share = floor.min_share_of_time;
	const contacts = floor.min_contacts;
	return [
		...(share === null
			? []
			: [{ unit: "seconds" as const, atLeast: share * workSeconds, cost: floor.cost_per_hour_short ?? 0, customers, label }]),
		...(contacts === null
			? []
			: [{ unit: "contacts" as const, atLeast: contacts, cost: floor.cost_per_contact_short ?? 0, customers, label }]),
	];
}
