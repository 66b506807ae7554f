import { formatTime, type Metres, type Seconds } from "../units.ts";
import { ARC, placeOfCustomer, placeOfRep, type Point, speedsAt, straightMetres } from "./places.ts";
import type { AgendaView, Checked, ContactView } from "./views.ts";
import { type Interval, overlaps } from "./work-day.ts";

/** Allowed difference of a rounded number to its exact value: a half, and what floating point may turn. */
const HALF = 0.5 + 1e-6;

interface Leg {
	readonly metres: Metres;
	readonly seconds: Seconds;
}

/** Legs, the totals of each day, and that each leg has its time. */
export function checkTravel(context: Checked): void {
	for (const { agendas } of context.reps) {
		for (const agenda of agendas) if (agenda.rep >= 0) checkAgenda(context, agenda);
	}
}

function checkAgenda(context: Checked, agenda: AgendaView): void {
	const home = placeOfRep(context, agenda.rep, "start");
	let from: Point | null = home;
	let before = Number.NEGATIVE_INFINITY;
	let last: ContactView | null = null;
	const { resumed } = agenda;
	const factor = resumed?.factor ?? 1;
	for (const contact of agenda.contacts) {
		if (contact.isFact) {
			if (contact.isVisit) [from, last] = [contact.customer < 0 ? null : placeOfCustomer(context, contact.customer), contact];
			before = Math.max(before, contact.end);
			continue;
		}
		if (resumed) before = Math.max(before, resumed.at);
		if (contact.arrive - contact.entry.travel_seconds < before) {
			context.report(
				"travel-time",
				contact.pointer,
				`${contact.entry.travel_seconds} s of travel do not fit between ${formatTime(before)} and ${contact.entry.arrive}`,
			);
		}
		before = contact.end;
		if (contact.isVisit) {
			const to = contact.customer < 0 ? null : placeOfCustomer(context, contact.customer);
			checkLeg(context, contact, from, to, last === null && home === null, factor);
			[from, last] = [to, contact];
		} else checkRemote(context, contact);
	}
	checkReturn(context, agenda, last, from);
}

function checkRemote({ report }: Checked, { entry, pointer }: ContactView): void {
	if (entry.travel_seconds !== 0 || entry.travel_metres !== 0)
		report("remote-travel", pointer, `${entry.travel_seconds} s and ${entry.travel_metres} m to a remote contact`);
}

function checkLeg(
	context: Checked,
	{ entry, pointer }: ContactView,
	from: Point | null,
	to: Point | null,
	isFree: boolean,
	factor: number,
): void {
	const leg = { metres: entry.travel_metres, seconds: entry.travel_seconds };
	if (isFree) checkNoLeg(context, leg, pointer);
	else if (from && to) checkRule(context, leg, from, to, ["leg-metres", "leg-seconds"], pointer, factor);
}

function checkNoLeg({ report }: Checked, { metres, seconds }: Leg, pointer: string): void {
	if (metres !== 0) report("leg-metres", `${pointer}/travel_metres`, `${metres} from no place`);
	if (seconds !== 0) report("leg-seconds", `${pointer}/travel_seconds`, `${seconds} from no place`);
}

type LegRules = readonly ["leg-metres", "leg-seconds"] | readonly ["day-travel-metres", "day-travel-seconds"];

/** Compares a leg with the straight-line rule; other ways of travel cannot be recomputed from the inputs. */
function checkRule(
	context: Checked,
	leg: Leg,
	from: Point,
	to: Point,
	[metresRule, secondsRule]: LegRules,
	pointer: string,
	factor: number,
): void {
	const { plan, policy, report } = context;
	if (leg.metres < 0) report(metresRule, `${pointer}/travel_metres`, `${leg.metres} on the leg`);
	if (leg.seconds < 0) report(secondsRule, `${pointer}/travel_seconds`, `${leg.seconds} on the leg`);
	if (plan.receipt.travel !== "straight") return;
	const straight = straightMetres(from, to);
	const exactMetres = straight * policy.travel.detour;
	const agrees = Math.abs(leg.metres - exactMetres) <= HALF + ARC * policy.travel.detour;
	const metres = agrees ? leg.metres : Math.round(exactMetres);
	if (!agrees) report(metresRule, `${pointer}/travel_metres`, `${leg.metres} on the leg, expected ${metres}`);
	const ways = speedsAt(context, straight).map((kmh) => (metres * 3.6) / kmh);
	// On a slower road the whole seconds of the rule are multiplied, and rounded again.
	const near = (seconds: number): boolean =>
		ways.some((exact) => Math.abs(seconds - exact * factor) <= (factor === 1 ? HALF : HALF * (1 + factor)));
	if (!near(leg.seconds)) report(secondsRule, `${pointer}/travel_seconds`, `${leg.seconds} on the leg, expected ${Math.round(ways[0])}`);
}

/** The way back from the last visit, whose length is what the day's totals say beyond the legs of its entries. */
function checkReturn(context: Checked, agenda: AgendaView, last: ContactView | null, from: Point | null): void {
	const { shape, pointer, contacts } = agenda;
	const home = last ? placeOfRep(context, agenda.rep, "end") : null;
	const back = {
		metres: shape.travel_metres - sumOf(contacts, (entry) => entry.travel_metres),
		seconds: shape.travel_seconds - sumOf(contacts, (entry) => entry.travel_seconds),
	};
	if (!home) {
		if (back.metres !== 0)
			context.report("day-travel-metres", `${pointer}/travel_metres`, `${back.metres} more than the legs, and no way back`);
		if (back.seconds !== 0)
			context.report("day-travel-seconds", `${pointer}/travel_seconds`, `${back.seconds} more than the legs, and no way back`);
	} else if (from) checkRule(context, back, from, home, ["day-travel-metres", "day-travel-seconds"], pointer, agenda.resumed?.factor ?? 1);
	checkCost(context, agenda, back);
	checkEnd(context, agenda, last, home ? back.seconds : null);
}

function sumOf(contacts: readonly ContactView[], of: (entry: ContactView["entry"]) => number): number {
	return contacts.reduce((sum, { entry }) => sum + of(entry), 0);
}

function checkCost({ policy, report }: Checked, { shape, contacts, pointer }: AgendaView, back: Leg): void {
	const legs = [...contacts.map(({ entry }): Leg => ({ metres: entry.travel_metres, seconds: entry.travel_seconds })), back];
	const exact = legs.map(
		({ metres, seconds }) => 100 * ((metres / 1000) * policy.travel.cost_per_km + (seconds / 3600) * policy.travel.cost_per_hour),
	);
	// A cost right at half a cent may be rounded either way.
	const least = exact.reduce((sum, cents) => sum + Math.ceil(cents - HALF), 0);
	const most = exact.reduce((sum, cents) => sum + Math.floor(cents + HALF), 0);
	if (shape.travel_cost_cents < least || shape.travel_cost_cents > most) {
		report("day-travel-cost", `${pointer}/travel_cost_cents`, `${shape.travel_cost_cents}, expected ${most} for the legs`);
	}
}

/**
 * The end is when the last contact ends or when the rep is back, whichever is later. The contract does not say whether the way back
 * is made before or after contacts that need no travel; it starts when something ends, so that nobody waits for nothing.
 */
function checkEnd(context: Checked, agenda: AgendaView, last: ContactView | null, back: Seconds | null): void {
	const { contacts, end, pointer, shape } = agenda;
	if (contacts.every(({ isFact }) => isFact)) return;
	const lastEnd = Math.max(...contacts.map((contact) => contact.end));
	const returns = back === null || last === null ? [lastEnd] : returnsOf(agenda, last, back);
	if (returns.some((reached) => Math.max(reached, lastEnd) === end)) return;
	context.report("day-end", `${pointer}/end`, `${shape.end}, last contact until ${formatTime(lastEnd)}, way back ${back ?? 0} s`);
}

/** When the rep can be back, leaving at the end of the last visit or of what follows it, beside later contacts and breaks. */
function returnsOf({ contacts, breaks, work, resumed }: AgendaView, last: ContactView, back: Seconds): Seconds[] {
	const busy: Interval[] = [
		...contacts.filter((contact) => contact.start >= last.end).map((contact): Interval => [contact.start, contact.end]),
		...breaks,
		...(work ? [...work.fixed, ...work.cut] : []),
	];
	const free = Math.max(last.end, last.isFact ? (resumed?.at ?? 0) : 0);
	const starts = [free, ...busy.map(([, to]) => to).filter((to) => to > last.end)];
	return starts.map((start) => start + back).filter((reached) => !busy.some((interval) => overlaps(interval, [reached - back, reached])));
}
