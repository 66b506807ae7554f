import { expect, test } from "vitest";
import { formatAgendaIcs } from "../../../engine/index.ts";
import { formatVtimezone } from "../../../engine/agenda/formats/vtimezone.ts";
import { samplePlan } from "../../server/sample-plan.ts";

/** Folded lines put together again (RFC 5545 section 3.1). */
const linesOf = (text: string): string[] => text.replaceAll("\r\n ", "").trimEnd().split("\r\n");

test("each entry is an event whose UID is its entry_id, at local times of a zone that the file defines", () => {
	const lines = linesOf(formatAgendaIcs(samplePlan(), { rep: "r1", date: "2026-11-23" }));
	expect(lines.filter((line) => line === "BEGIN:VEVENT")).toHaveLength(1);
	expect(lines).toContain("UID:e-r1-a-1");
	expect(lines).toContain("DTSTART;TZID=America/Sao_Paulo:20261123T081000");
	expect(lines).toContain("DTEND;TZID=America/Sao_Paulo:20261123T084000");
	expect(lines).toContain("DTSTAMP:20261123T000000Z");
	expect(lines.indexOf("TZID:America/Sao_Paulo")).toBeGreaterThan(lines.indexOf("BEGIN:VTIMEZONE"));
});

test("no line is longer than 75 octets, and line breaks are those of the standard", () => {
	const text = formatAgendaIcs(samplePlan());
	for (const line of text.split("\r\n")) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
	expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
});

test("a rep's id, whatever is in it, makes no lines of its own", () => {
	const rep = "r,1;\\\r\nX-OTHER:1";
	const plan = samplePlan();
	const lines = linesOf(formatAgendaIcs({ ...plan, reps: plan.reps.map((one) => ({ ...one, rep_id: rep })) }, { rep }));
	expect(lines).toContain(String.raw`NAME:Carteira r\,1\;\\\nX-OTHER:1`);
	expect(lines).toContain(String.raw`CATEGORIES:retain,r\,1\;\\\nX-OTHER:1`);
	expect(lines).not.toContain("X-OTHER:1");
});

test("a plan without entries is an empty calendar", () => {
	const lines = linesOf(formatAgendaIcs(samplePlan(), { rep: "nobody" }));
	expect(lines[0]).toBe("BEGIN:VCALENDAR");
	expect(lines).not.toContain("BEGIN:VEVENT");
});

test("a zone without summer time has one observance", () => {
	expect(formatVtimezone("America/Sao_Paulo", "2026-11-23", "2026-12-04").split("\r\n")).toEqual([
		"BEGIN:VTIMEZONE",
		"TZID:America/Sao_Paulo",
		"BEGIN:STANDARD",
		"DTSTART:20260101T000000",
		"TZOFFSETFROM:-0300",
		"TZOFFSETTO:-0300",
		"END:STANDARD",
		"END:VTIMEZONE",
	]);
});

test("a zone with summer time has its changes, in the local time just before each", () => {
	// Central Europe 2026: 29 March 02:00 (+1) becomes 03:00 (+2); 25 October 03:00 (+2) becomes 02:00 (+1).
	const lines = formatVtimezone("Europe/Berlin", "2026-11-23", "2026-12-04").split("\r\n");
	expect(lines.slice(7, 17)).toEqual([
		"BEGIN:DAYLIGHT",
		"DTSTART:20260329T020000",
		"TZOFFSETFROM:+0100",
		"TZOFFSETTO:+0200",
		"END:DAYLIGHT",
		"BEGIN:STANDARD",
		"DTSTART:20261025T030000",
		"TZOFFSETFROM:+0200",
		"TZOFFSETTO:+0100",
		"END:STANDARD",
	]);
});
