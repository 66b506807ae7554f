import type { Seconds } from "../units.ts";

/** Closed intervals of seconds from midnight, ascending, disjoint. */
export type Windows = readonly (readonly [Seconds, Seconds])[];

/** Starts from which a service of `duration` lies inside one of the hours and inside the shift. */
export function startWindows(hours: Windows, open: Seconds, close: Seconds, duration: Seconds): Windows {
	const windows: (readonly [Seconds, Seconds])[] = [];
	for (const [from, to] of hours) {
		const first = Math.max(from, open);
		const last = Math.min(to, close) - duration;
		if (first <= last) windows.push([first, last]);
	}
	return windows;
}

/** The part of the windows in [from, to]. */
export function clipWindows(windows: Windows, from: Seconds, to: Seconds): Windows {
	return windows.flatMap(([first, last]) =>
		Math.max(first, from) <= Math.min(last, to) ? [[Math.max(first, from), Math.min(last, to)] as const] : [],
	);
}
