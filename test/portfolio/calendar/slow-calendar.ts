/** Slow twins of the calendar's rules: dates are texts and the runtime's own dates, days are walked one by one. */

const NAMES = ["Su", "Mo", "Tu", "We", "Th", "Fr", "Sa"];

/** The date after another. */
export function dayAfter(date: string): string {
	const next = new Date(`${date}T12:00:00Z`);
	next.setUTCDate(next.getUTCDate() + 1);
	return next.toISOString().slice(0, 10);
}

/** `Mo` … `Su`. */
export function weekdayName(date: string): string {
	return NAMES[new Date(`${date}T12:00:00Z`).getUTCDay()];
}

/** `A` or `B` of a date: Mondays are counted from that of the week which holds 4 January, of the year that the week's Thursday lies in. */
export function weekParity(date: string): "A" | "B" {
	let thursday = date;
	while (["Fr", "Sa", "Su"].includes(weekdayName(thursday))) thursday = dayBefore(thursday);
	while (weekdayName(thursday) !== "Th") thursday = dayAfter(thursday);
	let week = 1;
	for (let at = `${thursday.slice(0, 4)}-01-04`; !isInWeekOf(at, thursday); at = dayAfter(at)) if (weekdayName(at) === "Su") week++;
	return week % 2 === 1 ? "A" : "B";
}

function dayBefore(date: string): string {
	const before = new Date(`${date}T12:00:00Z`);
	before.setUTCDate(before.getUTCDate() - 1);
	return before.toISOString().slice(0, 10);
}

/** Do two dates lie between the same Mondays? */
function isInWeekOf(date: string, other: string): boolean {
	const mondayOf = (day: string): string => {
		let monday = day;
		while (weekdayName(monday) !== "Mo") monday = dayBefore(monday);
		return monday;
	};
	return mondayOf(date) === mondayOf(other);
}
