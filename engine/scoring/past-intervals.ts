import { countDays, type History } from "../portfolio/history.ts";
import type { CodedTexts, Portfolio, TextColumn } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";
import { type Closures, closuresBefore, openIndex } from "./closures.ts";
import { BASE_GAPS, FALLBACK_INTERVAL, MIN_SEGMENT } from "./rhythm.ts";

export function codeTexts(column: TextColumn): CodedTexts {
	if (column.coded) return column.coded();
	const { length } = column;
	const codes = new Int32Array(length).fill(-1);
	const known = new Map<string, number>();
	for (let row = 0; row < length; row++) {
		const word = column.at(row);
		if (word === null) continue;
		let code = known.get(word);
		if (code === undefined) known.set(word, (code = known.size));
		codes[row] = code;
	}
	return { codes, words: [...known.keys()] };
}

/**
 * Expected interval of every customer before each of some days, as `buildRhythm` finds it in a history cut before that day: one pass over
 * the purchases, in which each customer's gaps are kept in order as they come, instead of a pass a day. NaN for customers that had not ordered.
 */
export function intervalsBefore(portfolio: Portfolio, history: History, days: readonly Day[]): Float32Array[] {
	const ascending = [...new Set(days)].sort((a, b) => a - b);
	const segments = codeTexts(portfolio.tables.customers.texts.segment);
	const known = countDays(history);
	const closures = ascending.map((day) => closuresBefore(known, day));
	const medians = openMedians(history, ascending, closures);
	const intervals = medians.map((found) => shrink(found, segments));
	return days.map((day) => intervals[ascending.indexOf(day)]);
}

/** What own gaps say before one day. */
interface Own {
	/** Gaps between purchases; -1 without any purchase. */
	readonly gapCount: Int32Array;
	/** Median own gap in open days; NaN without gaps. */
	readonly openMedian: Float32Array;
	/** No median is longer than so many days. */
	readonly longest: number;
}

function openMedians(
	{ eventStart, eventDay, numCustomers, before: end }: History,
	days: readonly Day[],
	closures: readonly Closures[],
): Own[] {
	const isSame = closures.map((at, k) => k > 0 && JSON.stringify(at.ranges) === JSON.stringify(closures[k - 1].ranges));
	const own = days.map(() => ({
		gapCount: new Int32Array(numCustomers).fill(-1),
		openMedian: new Float32Array(numCustomers).fill(Number.NaN),
		longest: end - (closures[0]?.firstDay ?? end) + 1,
	}));
	let most = 1;
	for (let customer = 0; customer < numCustomers; customer++) most = Math.max(most, eventStart[customer + 1] - eventStart[customer]);
	const sorted = new Int32Array(most);
	for (let customer = 0; customer < numCustomers; customer++) {
		const [from, to] = [eventStart[customer], eventStart[customer + 1]];
		let [event, count, before] = [from, 0, 0];
		for (let k = 0; k < days.length; k++) {
			const day = days[k];
			if (!isSame[k]) {
				event = from; // closures that have become known since shorten gaps of before
				count = 0;
			}
			for (; event < to && eventDay[event] < day; event++) {
				const last = before;
				before = openIndex(closures[k], eventDay[event]);
				if (event === from) continue;
				const gap = Math.max(1, before - last);
				let at = count++;
				for (; at > 0 && sorted[at - 1] > gap; at--) sorted[at] = sorted[at - 1];
				sorted[at] = gap;
			}
			if (event === from) continue;
			own[k].gapCount[customer] = count;
			if (count > 0) own[k].openMedian[customer] = (sorted[(count - 1) >> 1] + sorted[count >> 1]) / 2;
		}
	}
	return own;
}

function shrink({ gapCount, openMedian, longest }: Own, { codes, words }: CodedTexts): Float32Array {
	const isRegular = (customer: number): boolean => gapCount[customer] >= 2;
	const counted = countHalves(openMedian, isRegular, codes, words.length, longest);
	const usual = medianOfHalves(counted.all) ?? FALLBACK_INTERVAL;
	const base = Float32Array.from(words, (_, code) =>
		counted.sizes[code] >= MIN_SEGMENT ? (medianOfHalves(counted.bySegment[code]) ?? usual) : usual,
	);
	const usualRounded = Math.fround(usual);
	const intervals = new Float32Array(gapCount.length).fill(Number.NaN);
	for (let customer = 0; customer < gapCount.length; customer++) {
		const own = gapCount[customer];
		if (own < 0) continue;
		const around = codes[customer] < 0 ? usualRounded : base[codes[customer]];
		intervals[customer] = ((own > 0 ? own * openMedian[customer] : 0) + BASE_GAPS * around) / (own + BASE_GAPS);
	}
	return intervals;
}

/** How often each half day is a regular customer's median: medians of whole days are multiples of it, so that counting sorts them exactly. */
function countHalves(
	medians: Float32Array,
	isCounted: (customer: number) => boolean,
	codes: Int32Array,
	numSegments: number,
	longest: number,
): { readonly all: Int32Array; readonly bySegment: readonly Int32Array[]; readonly sizes: Int32Array } {
	const blank = (): Int32Array => new Int32Array(2 * longest + 1);
	const [all, bySegment, sizes] = [blank(), Array.from({ length: numSegments }, blank), new Int32Array(numSegments)];
	for (let customer = 0; customer < medians.length; customer++) {
		if (!isCounted(customer)) continue;
		const halves = 2 * medians[customer];
		all[halves]++;
		if (codes[customer] < 0) continue;
		bySegment[codes[customer]][halves]++;
		sizes[codes[customer]]++;
	}
	return { all, bySegment, sizes };
}

/** Middle value in days, the mean of the two middle ones for an even number; null of none. */
function medianOfHalves(counts: Int32Array): number | null {
	const total = counts.reduce((sum, count) => sum + count, 0);
	if (total === 0) return null;
	const at = (rank: number): number => {
		let seen = 0;
		for (let halves = 0; halves < counts.length; halves++) if ((seen += counts[halves]) > rank) return halves / 2;
		return Number.NaN;
	};
	return (at((total - 1) >> 1) + at(total >> 1)) / 2;
}
