import { type Point, straightLine } from "../agenda/travel.ts";
import type { MonthView } from "./month-view.ts";
import type { ReviewLoad, ReviewMove } from "./review-document.ts";

/** Moves proposed for one rep: more is a new territory, not a review. */
const MOST_OF_A_REP = 10;

/**
 * Customers to move from portfolios that are too big: to a rep of the same team and kind, the middle of whose customers is nearer, and
 * which has room for it. The one that gains most distance first, until the portfolio fits.
 */
export function movesOf(view: MonthView, loads: readonly ReviewLoad[], due: Float64Array): ReviewMove[] {
	const { customers, reps } = view.portfolio.tables;
	const rowOf = new Map(Array.from({ length: reps.numRows }, (_, rep) => [reps.texts.rep_id.at(rep) ?? "", rep] as const));
	const middles = middlesOf(view);
	const roomOf = ({ shift_seconds: shift, travel_share: travel }: ReviewLoad): number => shift * (1 - travel);
	const seconds = new Map(loads.map((rep) => [rep, rep.due_seconds]));
	const loadWith = (rep: ReviewLoad, more: number): number => ((seconds.get(rep) ?? 0) + more) / roomOf(rep);
	const moves: ReviewMove[] = [];
	for (const from of loads.filter(({ is_too_big }) => is_too_big)) {
		const row = rowOf.get(from.rep_id) ?? -1;
		const others = loads.filter((to) => to !== from && to.team_id === from.team_id && to.kind === from.kind && roomOf(to) > 0);
		const candidates = view
			.customersOf(row)
			.filter((customer) => due[customer] > 0)
			.flatMap((customer) =>
				others.map((to) => ({ customer, to, ...distances(view, customer, middles[row], middles[rowOf.get(to.rep_id) ?? -1]) })),
			)
			.filter(({ gain }) => gain > 0)
			.sort((a, b) => b.gain - a.gain || a.customer - b.customer);
		const moved = new Set<number>();
		for (const { customer, to, fromKm, toKm } of candidates) {
			if (loadWith(from, 0) <= 1 || moved.size === MOST_OF_A_REP) break;
			if (moved.has(customer) || loadWith(to, due[customer]) > 1) continue;
			moved.add(customer);
			seconds.set(from, (seconds.get(from) ?? 0) - due[customer]);
			seconds.set(to, (seconds.get(to) ?? 0) + due[customer]);
			moves.push({
				customer_id: customers.texts.customer_id.at(customer) ?? "",
				name: customers.texts.name.at(customer),
				from_rep_id: from.rep_id,
				to_rep_id: to.rep_id,
				from_km: fromKm,
				to_km: toKm,
				due_seconds: Math.round(due[customer]),
				from_load: loadWith(from, 0),
				to_load: loadWith(to, 0),
			});
		}
	}
	return moves;
}

function placeOf({ portfolio }: MonthView, customer: number): Point | null {
	const { lat, lon } = portfolio.tables.customers.numbers;
	return Number.isNaN(lat[customer]) || Number.isNaN(lon[customer]) ? null : { lat: lat[customer], lon: lon[customer] };
}

/** The mean place of each rep's customers, by row of reps; null for none. */
function middlesOf(view: MonthView): (Point | null)[] {
	const { reps, customers } = view.portfolio.tables;
	const sums = Array.from({ length: reps.length }, () => ({ lat: 0, lon: 0, num: 0 }));
	for (let customer = 0; customer < customers.length; customer++) {
		const place = placeOf(view, customer);
		const own = sums[view.ownership.ownerOf(customer)];
		if (!place || !own) continue;
		own.lat += place.lat;
		own.lon += place.lon;
		own.num++;
	}
	return sums.map(({ lat, lon, num }) => (num > 0 ? { lat: lat / num, lon: lon / num } : null));
}

/** Kilometres to both middles, and how many are gained; no gain where a place is not known. */
function distances(view: MonthView, customer: number, from: Point | null | undefined, to: Point | null | undefined) {
	const place = placeOf(view, customer);
	if (!place || !from || !to) return { fromKm: 0, toKm: 0, gain: 0 };
	const [fromKm, toKm] = [straightLine(place, from) / 1000, straightLine(place, to) / 1000];
	return { fromKm, toKm, gain: fromKm - toKm };
}
