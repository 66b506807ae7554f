import type { Policy } from "../policy/policy.ts";
import type { Cents, Seconds } from "../units.ts";
import { isManager, soleOwner } from "./action-plans.ts";
import { abcClasses } from "./classes.ts";
import { phasesOf } from "./phases.ts";
import type { Checked, RepView } from "./views.ts";

/** Half a cent, and what floating point may turn. */
const HALF = 0.5 + 1e-6;

type Floor = Policy["floors"][number];

/** Least and most cents that a floor may cost. */
type Range = readonly [Cents, Cents];

/** Phases and classes (`phase|class`, either may be empty for any) of which each rep surely has a customer, by row of reps. */
export type Holdings = ReadonlyMap<number, ReadonlySet<string>>;

/**
 * What each rep surely holds over the horizon. Customers without one clear owner, whose phase or class the rules leave open, or whom
 * another agenda of the plan contacts, are not counted.
 */
export function holdingsOf(context: Checked): Holdings {
	const classes = abcClasses(context);
	const holdings = new Map<number, Set<string>>();
	for (let customer = 0; customer < context.portfolio.tables.customers.numRows; customer++) {
		const owner = soleOwner(context, customer);
		const isElsewhere = context.contacts.get(customer)?.some(({ rep }) => rep !== owner) ?? false;
		if (owner < 0 || isElsewhere) continue;
		const held = holdings.get(owner) ?? new Set<string>();
		for (const mark of marksOf(phasesOf(context, customer), classes.get(customer) ?? [])) held.add(mark);
		holdings.set(owner, held);
	}
	return holdings;
}

/** What a customer surely counts for, `phase|class` with empty words for any. */
function marksOf(phases: readonly string[], classes: readonly string[]): string[] {
	const phase = phases.length === 1 ? ["", phases[0]] : [""];
	const cls = classes.length === 1 ? ["", classes[0]] : [""];
	return phase.flatMap((name) => cls.map((letter) => `${name}|${letter}`));
}

/**
 * Recomputes the price of a rep's floors. A floor is taken over the rep's shift time less breaks in the horizon. Whether the least
 * time is rounded to whole seconds, whether a rep without any customer of the kind owes the floor, and whether managers do, is left open by the contract.
 */
export function checkFloors(context: Checked, view: RepView, holdings: Holdings): void {
	const work = view.agendas.reduce((sum, { work }) => sum + (work?.workSeconds ?? 0), 0);
	const ranges = context.policy.floors.map((floor) => priceOf(context, view, floor, work, holdings));
	const [least, most] = ranges.reduce<Range>(([low, high], [min, max]) => [low + min, high + max], [0, 0]);
	if (view.shape.floor_cents < least || view.shape.floor_cents > most) {
		const expected = least === most ? String(least) : `${least} to ${most}`;
		context.report("floor", `${view.pointer}/floor_cents`, `${view.shape.floor_cents}, expected ${expected}`);
	}
}

function priceOf(context: Checked, view: RepView, floor: Floor, work: Seconds, holdings: Holdings): Range {
	const served = view.agendas
		.flatMap(({ contacts }) => contacts)
		.filter(({ entry }) => (floor.phase ?? entry.phase) === entry.phase && (floor.class ?? entry.class) === entry.class);
	const seconds = served.reduce((sum, { start, end }) => sum + end - start, 0);
	const [least, most] = timePrice((floor.min_share_of_time ?? 0) * work, seconds, floor.cost_per_hour_short ?? 0);
	const [fewest, dearest] = price(Math.max(0, (floor.min_contacts ?? 0) - served.length) * (floor.cost_per_contact_short ?? 0));
	const isHeld = holdings.get(view.rep)?.has(`${floor.phase ?? ""}|${floor.class ?? ""}`) === true;
	// Supervisors and directors see only whom they must, so that what is owed to others may be no matter of theirs.
	const isOwed = !isManager(context, view.rep) && (served.length > 0 || isHeld);
	return [isOwed ? least + fewest : 0, most + dearest];
}

function timePrice(atLeast: Seconds, served: Seconds, costPerHour: number): Range {
	const ranges = [Math.floor(atLeast), atLeast, Math.ceil(atLeast)].map((least) =>
		price((Math.max(0, least - served) / 3600) * costPerHour),
	);
	return [Math.min(...ranges.map(([least]) => least)), Math.max(...ranges.map(([, most]) => most))];
}

/** Whole cents of an amount; two where it lies at half a cent, which floating point may turn either way. */
function price(amount: number): Range {
	return [Math.ceil(100 * amount - HALF), Math.floor(100 * amount + HALF)];
}
