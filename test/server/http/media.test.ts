import { expect, test } from "vitest";
import { mediaTypeOf, negotiate, tableMediaOf } from "../../../server/http/media.ts";

const OFFERED = ["application/json", "text/calendar", "text/csv"] as const;

test.each([
	[undefined, "application/json"],
	["", "application/json"],
	["*/*", "application/json"],
	["text/*", "text/calendar"],
	["text/csv", "text/csv"],
	["TEXT/CSV", "text/csv"],
	["text/csv;q=0.5, text/calendar;q=0.8", "text/calendar"],
	["application/json;q=0, */*;q=0.1", "text/calendar"], // json is refused by name, so the next offered
	["text/html, application/xhtml+xml, */*;q=0.8", "application/json"], // what a browser sends
])("Accept %s is answered with %s", (accept, type) => {
	expect(negotiate(accept, OFFERED)).toBe(type);
});

test("an Accept that nothing satisfies is refused with what there is", () => {
	expect(() => negotiate("image/png, text/csv;q=0", OFFERED)).toThrow(/application\/json, text\/calendar, text\/csv/);
});

test("a table's media type is found whatever its parameters, and only if it is exactly one of the known", () => {
	expect(tableMediaOf("Text/CSV; charset=windows-1252")).toEqual({ type: "text/csv", format: "csv" });
	expect(() => tableMediaOf("text/csvx")).toThrow(/text\/csvx/);
	expect(() => tableMediaOf(undefined)).toThrow(/missing/);
	expect(mediaTypeOf("a/b;c=d")).toBe("a/b");
});
