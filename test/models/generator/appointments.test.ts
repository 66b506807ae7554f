import { describe, expect, it } from "vitest";
import { type Break, intervalsOn, parseBreaks, parseHours } from "../../../engine/portfolio/calendar/calendar.ts";
import type { Cell } from "../../../engine/portfolio/cells/cell-text.ts";
import { parseDay, type Seconds } from "../../../engine/units.ts";
import { DEFAULT_POLICY } from "../../../engine/index.ts";
import { appointmentRows } from "../../../models/generator/appointments.ts";
import { buildCatalogue } from "../../../models/generator/catalogue.ts";
import { buildCustomer } from "../../../models/generator/customer.ts";
import { buildTerritory, type Place } from "../../../models/generator/geography.ts";
import { buildMarketCalendar } from "../../../models/generator/market-calendar.ts";
import { buildRep, isAway, type Rep } from "../../../models/generator/staff.ts";

const asOf = parseDay("2026-11-20");
const calendar = buildMarketCalendar(asOf);
const catalogue = buildCatalogue(1, 300, asOf);

interface Promise_ {
	readonly place: Place | null;
	readonly at: Seconds | null;
	readonly service: Seconds;
}

/** Seconds on the road by the default policy, straight from its definition. */
function policyTravel(from: Place | null, to: Place | null): Seconds {
	if (from === null || to === null) return 0;
	const rad = Math.PI / 180;
	const a =
		Math.sin(((to.lat - from.lat) * rad) / 2) ** 2 +
		Math.cos(from.lat * rad) * Math.cos(to.lat * rad) * Math.sin(((to.lon - from.lon) * rad) / 2) ** 2;
	const straight = 2 * 6_371_008.8 * Math.asin(Math.sqrt(a));
	const { detour, speeds } = DEFAULT_POLICY.travel;
	const band = speeds.find((speed) => speed.up_to_km === undefined || straight <= speed.up_to_km * 1000);
	return Math.round(Math.round(straight * detour) / ((band?.kmh ?? 0) / 3.6));
}

/** Can the promises of a day be kept in order? Breaks are tried on a grid of five minutes; travel and service never overlap one. */
function canBeKept(rep: Rep, open: Seconds, close: Seconds, promises: readonly Promise_[]): boolean {
	return placements(parseBreaks(rep.break)).some((breaks) => {
		const free = (start: Seconds, length: Seconds): boolean => breaks.every(([from, to]) => start + length <= from || start >= to);
		const earliest = (start: Seconds, length: Seconds): Seconds => {
			if (free(start, length)) return start;
			return earliest(breaks.find(([from, to]) => start < to && start + length > from)?.[1] ?? close, length);
		};
		let now = open;
		let from = rep.start;
		for (const { place, at, service } of promises) {
			const road = policyTravel(from, place);
			const arrive = earliest(now, road) + road;
			const start = at ?? earliest(arrive, service);
			if (arrive > start || !free(start, service)) return false;
			now = start + service;
			from = place;
		}
		const home = policyTravel(from, rep.end);
		return earliest(now, home) + home <= close;
	});
}

function placements(breaks: readonly Break[]): [Seconds, Seconds][][] {
	if (breaks.length === 0) return [[]];
	const [{ earliest, latest, duration }, ...others] = breaks;
	const starts = Array.from({ length: Math.floor((latest - earliest) / 300) + 1 }, (_, i) => earliest + i * 300);
	return starts.flatMap((start) => placements(others).map((rest): [Seconds, Seconds][] => [[start, start + duration], ...rest]));
}

function drawDays(seed: number, index: number) {
	const territory = buildTerritory(seed, index);
	const rep = buildRep(seed, index, territory, calendar);
	const customers = Array.from({ length: 300 }, (_, i) => buildCustomer(seed, i, territory, catalogue, asOf, rep.kind === "inside"));
	const rows = appointmentRows(seed, rep, customers, calendar);
	return { rep, rows, customers: new Map(customers.map((customer) => [customer.id, customer])) };
}

function promiseOf(row: readonly Cell[], place: Place | null): Promise_ {
	return { place, at: row[3] === null ? null : Number(row[3]), service: row[4] === null ? 3600 : Number(row[4]) * 60 };
}

describe("appointments", () => {
	const cases = Array.from({ length: 60 }, (_, i) => drawDays(100 + Math.floor(i / 10), i % 10));

	it("are made for every rep, none of them twice with a customer", () => {
		for (const { rows } of cases) {
			expect(rows.length).toBeGreaterThan(0);
			expect(new Set(rows.map(([customer]) => customer)).size).toBe(rows.length);
		}
	});

	it("lie on days of the horizon on which the rep works and is not away", () => {
		for (const { rep, rows } of cases) {
			for (const [, , on] of rows) {
				expect(calendar.horizon).toContain(on);
				expect(isAway(rep.absences, Number(on))).toBe(false);
				expect(intervalsOn(parseHours(rep.shifts), Number(on), false).length).toBeGreaterThan(0);
			}
		}
	});

	it("can all be kept, alone and together, by the default policy's travel and with every break taken", () => {
		for (const { rep, rows, customers } of cases) {
			for (const day of new Set(rows.map(([, , on]) => Number(on)))) {
				const ofDay = rows.filter(([, , on]) => on === day).sort((a, b) => Number(a[3]) - Number(b[3]));
				const promises = ofDay.map((row) => promiseOf(row, row[5] === "phone" ? null : (customers.get(String(row[0]))?.place ?? null)));
				const [open, close] = intervalsOn(parseHours(rep.shifts), day, false)[0];
				for (const alone of promises) expect(canBeKept(rep, open, close, [alone])).toBe(true);
				expect(canBeKept(rep, open, close, promises)).toBe(true);
			}
		}
	});
});
