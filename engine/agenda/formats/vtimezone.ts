import { Temporal } from "temporal-polyfill";

const basic = (local: Temporal.ZonedDateTime): string =>
	local.toPlainDateTime().toString({ smallestUnit: "second" }).replaceAll(/[-:]/g, "");
const basicOffset = (offset: string): string => offset.replaceAll(":", "");

/** Changes of a zone's offset in (from, to], ascending. */
function transitionsOf(from: Temporal.ZonedDateTime, to: Temporal.ZonedDateTime): Temporal.ZonedDateTime[] {
	const transitions: Temporal.ZonedDateTime[] = [];
	let next = from.getTimeZoneTransition("next");
	while (next !== null && Temporal.ZonedDateTime.compare(next, to) <= 0) {
		transitions.push(next);
		next = next.getTimeZoneTransition("next");
	}
	return transitions;
}

/**
 * The VTIMEZONE component (RFC 5545 section 3.6.5) of an IANA zone, exact for the calendar years of two dates `YYYY-MM-DD`: one
 * observance from the start of the first year, and one a change of offset after it.
 */
export function formatVtimezone(zone: string, from: string, to: string): string {
	const start = Temporal.PlainDate.from(`${from.slice(0, 4)}-01-01`).toZonedDateTime(zone);
	const end = Temporal.PlainDate.from(`${to.slice(0, 4)}-12-31`).toZonedDateTime(zone);
	const moments = [start, ...transitionsOf(start, end)];
	const smallest = Math.min(...moments.map((moment) => moment.offsetNanoseconds));
	const observances = moments.flatMap((moment, index) => {
		const kind = moment.offsetNanoseconds > smallest ? "DAYLIGHT" : "STANDARD";
		// RFC 5545 wants the onset in the local time that was valid just before it.
		const before = index === 0 ? moment : moment.subtract({ nanoseconds: 1 });
		const onset = moment.toInstant().toZonedDateTimeISO(before.offset);
		return [
			`BEGIN:${kind}`,
			`DTSTART:${basic(onset)}`,
			`TZOFFSETFROM:${basicOffset(before.offset)}`,
			`TZOFFSETTO:${basicOffset(moment.offset)}`,
			`END:${kind}`,
		];
	});
	return ["BEGIN:VTIMEZONE", `TZID:${zone}`, ...observances, "END:VTIMEZONE"].join("\r\n");
}
