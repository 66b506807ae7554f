import { type Day, parseTime, type Seconds, weekdayOf } from "../../engine/units.ts";
import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import type { Customer } from "./customer.ts";
import { chance, pick, wholeBetween } from "./draw.ts";
import { cautiousTravel, type Place } from "./geography.ts";
import type { MarketCalendar } from "./market-calendar.ts";
import { isAway, type Rep } from "./staff.ts";
import { STREAMS } from "./streams.ts";

/** A stretch of a shift without any break in it. */
type Stretch = readonly [Seconds, Seconds];

const QUARTER = 900;
const DEFAULT_SERVICE = 3600; // what a policy may ask for where the appointment does not say

/**
 * Promises of one rep inside the horizon, feasible alone and together: on days the rep works, at most one visit before and one
 * after the midday break, each with the road from the place before it inside the same stretch of the shift, and the road home
 * after the last. Travel is taken slower than the policy does.
 */
export function appointmentRows(seed: number, rep: Rep, customers: readonly Customer[], calendar: MarketCalendar): Cell[][] {
	const random = createRandom(seed, STREAMS.promises + rep.index);
	const days = calendar.horizon.filter((day) => !isAway(rep.absences, day));
	const wanted = Math.min(days.length, Math.ceil(customers.length / 60));
	const pool = customers.filter(({ place }) => rep.kind === "inside" || place !== null);
	const rows: Cell[][] = [];
	for (let n = 0; n < wanted && pool.length > 1; n++) {
		const day = days.splice(random.below(days.length), 1)[0];
		const chosen = [take(random, pool), ...(chance(random, 0.35) && pool.length > 0 ? [take(random, pool)] : [])];
		rows.push(...(rep.kind === "inside" ? calls(random, rep, chosen, day) : visits(random, rep, chosen, day)));
	}
	return rows;
}

function take(random: Random, pool: Customer[]): Customer {
	return pool.splice(random.below(pool.length), 1)[0];
}

function visits(random: Random, rep: Rep, customers: readonly Customer[], day: Day): Cell[][] {
	const stretches = stretchesOf(rep, day);
	const rows: Cell[][] = [];
	let from = rep.start;
	let travelled = 0;
	const limit = (rep.maxTravelMinutes ?? 600) * 60 * 0.8;
	customers.forEach(({ id, place }, i) => {
		const [open, close] = stretches[i === 0 ? 0 : stretches.length - 1];
		if (place === null) return;
		const out = travelBetween(from, place);
		const home = travelBetween(place, rep.end);
		const minutes = chance(random, 0.8) ? 15 * wholeBetween(random, 1, 3) : null;
		const service = minutes === null ? DEFAULT_SERVICE : minutes * 60;
		const earliest = Math.ceil((open + out) / QUARTER) * QUARTER;
		const latest = close - service - home; // the road home fits in the same stretch, though it may be driven later
		if (earliest > latest || travelled + out + home > limit) return;
		const at = earliest + QUARTER * random.below(1 + Math.floor((latest - earliest) / QUARTER));
		const promised = customers.length > 1 || chance(random, 0.85); // alone in its day, the hour may stay open
		rows.push([id, rep.id, day, promised ? at : null, minutes, chance(random, 0.8) ? "visit" : null]);
		travelled += out;
		from = place;
	});
	return rows;
}

function travelBetween(from: Place | null, to: Place | null): Seconds {
	return from === null || to === null ? 0 : cautiousTravel(from, to);
}

function calls(random: Random, rep: Rep, customers: readonly Customer[], day: Day): Cell[][] {
	const stretches = stretchesOf(rep, day);
	return customers.map(({ id }, i) => {
		const [open, close] = stretches[i];
		const at = Math.ceil(open / QUARTER) * QUARTER + QUARTER * random.below(Math.floor((close - open) / QUARTER) - 4);
		return [id, rep.id, day, at, pick(random, [10, 15, null]), "phone"];
	});
}

/** The first and the last stretch of the rep's shift that no break can touch. */
function stretchesOf(rep: Rep, day: Day): readonly [Stretch, Stretch] {
	const [open, close] = shiftOn(rep.shifts, day);
	const breaks = rep.break.split(";").map((text) => /(\S+)-(\S+)$/.exec(text)?.slice(1).map(parseTime) ?? []);
	return [
		[open, breaks[0][0]],
		[breaks[breaks.length - 1][1], close],
	];
}

const WEEKDAYS = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];

/** Opening of a shift text as the staff is given (rules of one range of weekdays and one of hours). */
function shiftOn(shifts: string, day: Day): Stretch {
	const weekday = weekdayOf(day);
	for (const rule of shifts.split("; ")) {
		const [days, hours] = rule.split(" ");
		const [first, last = first] = days.split("-").map((name) => WEEKDAYS.indexOf(name));
		const [open, close] = hours.split("-").map(parseTime);
		if (weekday >= first && weekday <= last) return [open, close];
	}
	return [0, 0];
}
