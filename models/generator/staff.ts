import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { createRandom, type Random } from "../../engine/random.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { between, chance, pick, wholeBetween } from "./draw.ts";
import { hubOf, offset, type Place, REPS_PER_TEAM, type Territory } from "./geography.ts";
import { HISTORY_DAYS, type MarketCalendar } from "./market-calendar.ts";
import { personName } from "./names.ts";
import { STREAMS } from "./streams.ts";

export type Range = readonly [Day, Day];

/** A person who sells. */
export interface Rep {
	readonly index: number;
	readonly id: string;
	readonly kind: "field_employee" | "rca" | "inside";
	readonly teamId: string;
	readonly managerId: string;
	readonly name: string;
	readonly start: Place | null;
	readonly end: Place | null;
	readonly shifts: string;
	readonly break: string;
	readonly maxVisits: number | null;
	readonly maxCalls: number | null;
	readonly maxTravelMinutes: number | null;
	/** Days away, both ends included, before asOf and from it on. */
	readonly pastAbsences: readonly Range[];
	readonly absences: readonly Range[];
}

const FIELD_SHIFTS = [
	"Mo-Fr 08:00-18:00",
	"Mo-Fr 08:00-18:00",
	"Mo-Fr 08:00-18:00",
	"Mo-Fr 07:30-17:00",
	"Mo-Th 08:00-18:00; Fr 08:00-16:30",
	"Mo-Fr 08:00-17:30; Sa 08:00-12:00",
];
const BREAKS = ["12:00-13:00", "12:00-13:00", "60min 11:30-14:00", "60min 11:30-14:00", "12:00-13:00;15:30-15:45"];

export function repIdOf(rep: number): string {
	return `R${String(rep + 1).padStart(5, "0")}`;
}

export function teamIdOf(rep: number): string {
	return `T${String(Math.floor(rep / REPS_PER_TEAM) + 1).padStart(4, "0")}`;
}

/** Every eighth seller works from the office; a company of a few has none. */
export function isInside(rep: number): boolean {
	return rep % 8 === 7;
}

export function numInsideBefore(rep: number): number {
	return Math.floor(rep / 8);
}

/** The inside rep of a rep's team, or null. */
export function insideRepOf(rep: number, numReps: number): number | null {
	const first = Math.floor(rep / REPS_PER_TEAM) * REPS_PER_TEAM;
	for (let other = first; other < Math.min(numReps, first + REPS_PER_TEAM); other++) if (isInside(other)) return other;
	return null;
}

export function buildRep(seed: number, index: number, territory: Territory, calendar: MarketCalendar): Rep {
	const random = createRandom(seed, STREAMS.rep + index);
	const inside = isInside(index);
	const kind = inside ? "inside" : chance(random, 0.4) ? "rca" : "field_employee";
	const home = inside ? null : offset(territory.towns[0].centre, between(random, -2, 2), between(random, -2, 2));
	return {
		index,
		id: repIdOf(index),
		kind,
		teamId: teamIdOf(index),
		managerId: `S${teamIdOf(index).slice(1)}`,
		name: personName(random),
		start: home,
		end: kind === "rca" && chance(random, 0.3) ? null : home,
		shifts: inside ? "Mo-Fr 08:30-18:00" : pick(random, FIELD_SHIFTS),
		break: inside ? "12:00-13:00" : pick(random, BREAKS),
		maxVisits: inside ? 0 : chance(random, 0.3) ? wholeBetween(random, 18, 22) : null,
		maxCalls: inside ? 80 : chance(random, 0.5) ? 30 : null,
		maxTravelMinutes: inside ? null : chance(random, 0.3) ? (territory.kind === "urban" ? 180 : 300) : null,
		pastAbsences: [0, 1, 2].map(() => holidayTrip(random, calendar.asOf - random.below(HISTORY_DAYS), 9)),
		absences: drawAbsences(random, calendar),
	};
}

function holidayTrip(random: Random, start: Day, length: number): Range {
	return [start, start + wholeBetween(random, Math.floor(length / 2), length)];
}

/** One rep in seven is away on some days of the horizon. */
function drawAbsences(random: Random, { horizon }: MarketCalendar): Range[] {
	const draw = random.next();
	if (draw > 0.15) return [];
	const first = pick(random, horizon);
	return [draw < 0.09 ? [first, first] : [first, first + wholeBetween(random, 2, 4)]];
}

export function isAway(ranges: readonly Range[], day: Day): boolean {
	return ranges.some(([from, to]) => day >= from && day <= to);
}

/** Row of the reps table. */
export function repRow(rep: Rep): Cell[] {
	const absences = rep.absences.map(([from, to]) => `${formatDay(from)}/${formatDay(to)}`).join(";");
	return [
		rep.id,
		rep.name,
		rep.teamId,
		rep.managerId,
		rep.kind,
		rep.start?.lat ?? null,
		rep.start?.lon ?? null,
		rep.end?.lat ?? null,
		rep.end?.lon ?? null,
		rep.shifts,
		rep.break,
		rep.maxVisits,
		rep.maxCalls,
		rep.maxTravelMinutes,
		absences === "" ? null : absences,
		"America/Sao_Paulo",
	];
}

/** Rows of the director and of one supervisor a team; they come on top of the selling reps. */
export function managerRows(seed: number, numReps: number): Cell[][] {
	const random = createRandom(seed, STREAMS.team - 1);
	const manager = (id: string, team: string | null, boss: string | null, kind: string, base: Place, visits: number): Cell[] => [
		id,
		personName(random),
		team,
		boss,
		kind,
		base.lat,
		base.lon,
		base.lat,
		base.lon,
		"Mo-Fr 08:30-17:30",
		"12:00-13:00",
		visits,
		12,
		240,
		null,
		"America/Sao_Paulo",
	];
	const rows = [manager("D0001", null, null, "director", hubOf(seed, 0), 3)];
	for (let team = 0; team * REPS_PER_TEAM < numReps; team++) {
		const teamId = teamIdOf(team * REPS_PER_TEAM);
		rows.push(manager(`S${teamId.slice(1)}`, teamId, "D0001", "supervisor", hubOf(seed, team), 6));
	}
	return rows;
}
