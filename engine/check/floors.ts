import type { Policy } from "../policy/policy.ts";
import type { Cents, Seconds } from "../units.ts";
import type { Checked, RepView } from "./views.ts";

/** Half a cent, and what floating point may turn. */
const HALF = 0.5 + 1e-6;

type Floor = Policy["floors"][number];

/** Least and most cents that a floor may cost: one number but where it lies at half a cent. */
type Range = readonly [Cents, Cents];

/**
 * Recomputes the price of a rep's floors: what its agendas lack to each share of its shift time less breaks, in hours of service, and
 * to each number of contacts, over the horizon.
 */
export function checkFloors({ policy, report }: Checked, view: RepView): void {
	const work = view.agendas.reduce((sum, { work }) => sum + (work?.workSeconds ?? 0), 0);
	const ranges = policy.floors.map((floor) => priceOf(view, floor, work));
	const [least, most] = ranges.reduce<Range>(([low, high], [min, max]) => [low + min, high + max], [0, 0]);
	if (view.shape.floor_cents < least || view.shape.floor_cents > most) {
		const expected = least === most ? String(least) : `${least} to ${most}`;
		report("floor", `${view.pointer}/floor_cents`, `${view.shape.floor_cents}, expected ${expected}`);
	}
}

function priceOf(view: RepView, floor: Floor, work: Seconds): Range {
	const served = view.agendas
		.flatMap(({ contacts }) => contacts)
		.filter(({ entry }) => (floor.phase ?? entry.phase) === entry.phase && (floor.class ?? entry.class) === entry.class);
	const seconds = served.reduce((sum, { start, end }) => sum + end - start, 0);
	const hoursShort = Math.max(0, (floor.min_share_of_time ?? 0) * work - seconds) / 3600;
	const contactsShort = Math.max(0, (floor.min_contacts ?? 0) - served.length);
	const [least, most] = price(hoursShort * (floor.cost_per_hour_short ?? 0));
	const [fewest, dearest] = price(contactsShort * (floor.cost_per_contact_short ?? 0));
	return [least + fewest, most + dearest];
}

/** Whole cents of an amount; two where it lies at half a cent, which floating point may turn either way. */
function price(amount: number): Range {
	return [Math.ceil(100 * amount - HALF), Math.floor(100 * amount + HALF)];
}
