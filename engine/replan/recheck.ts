import type { DayPlan, Entry } from "../agenda/plan-document.ts";
import { pointOf } from "../agenda/problem-of.ts";
import { legBetween, type Point } from "../agenda/travel.ts";
import type { UnplannedCode } from "../policy/case.ts";
import { isReached } from "../policy/classify.ts";
import { readContactRules } from "../policy/contact-rules.ts";
import { canSell, COLLECT_ONLY, COLLECTIONS_TEAM, createCredit } from "../policy/credit.ts";
import { readHoldOuts } from "../policy/hold-outs.ts";
import { buildOwnership, isManager } from "../policy/ownership.ts";
import type { Policy } from "../policy/policy.ts";
import { workDaysOf } from "../policy/work-days.ts";
import { type Calendar, intervalsOn, parseChannels, parseHours } from "../portfolio/calendar/calendar.ts";
import { type Portfolio, rowsById } from "../portfolio/portfolio.ts";
import { CHANNELS, CUSTOMER_STATUS } from "../portfolio/schema.ts";
import { timelineOf } from "../portfolio/timeline.ts";
import { type Day, formatDay, formatTime, NULL_CODE, NULL_DAY, parseDay, parseTime, SECONDS_PER_DAY } from "../units.ts";

const OPEN = CUSTOMER_STATUS.indexOf("open");
const SELLING: readonly string[] = ["sell", "retain", "prospect"];

/** One rep's day of some earlier plan. */
export interface DayAgenda {
	readonly rep_id: string;
	readonly day: DayPlan;
}

/** A contact that the rules no longer allow on its day. */
export interface DroppedContact {
	readonly rep_id: string;
	readonly customer_id: string;
	readonly entry_id: string;
	readonly code: UnplannedCode;
	readonly detail: string;
}

/** How a rep's day goes on without the contacts that were dropped; those that are left keep their times. */
export interface AmendedDay extends Pick<DayPlan, "start" | "end" | "travel_seconds" | "travel_metres" | "travel_cost_cents"> {
	readonly rep_id: string;
	/** The contacts left, in their order, with the legs to them. */
	readonly entries: readonly Pick<Entry, "entry_id" | "travel_seconds" | "travel_metres">[];
}

export interface Rechecked {
	readonly dropped: readonly DroppedContact[];
	/** The days that lost contacts. */
	readonly amended: readonly AmendedDay[];
}

interface Rules {
	readonly policy: Policy;
	readonly calendar: Calendar;
}

/**
 * Holds agendas of an earlier plan against a portfolio and a policy as they now stand: credit, blocks, experiments' hold-outs, contact rules,
 * opening hours, channels, the gap to contacts since, who serves whom, absences and shifts. Nothing is scored and nothing replanned, so that it works where planning does not.
 * The agendas are all of one date. Delivery days and the limits of a day, which dropping cannot break, are not looked at again.
 */
export function recheckDay(portfolio: Portfolio, agendas: readonly DayAgenda[], rules: Rules): Rechecked {
	if (agendas.length === 0) return { dropped: [], amended: [] };
	const date = parseDay(agendas[0].day.date);
	const judge = createJudge(portfolio, rules, date);
	const dropped: DroppedContact[] = [];
	const amended: AmendedDay[] = [];
	for (const { rep_id, day } of agendas) {
		const kept = day.entries.filter((entry) => {
			const refusal = judge.refusalOf(rep_id, entry);
			if (refusal) dropped.push({ rep_id, customer_id: entry.customer_id, entry_id: entry.entry_id, ...refusal });
			return !refusal;
		});
		if (kept.length < day.entries.length) amended.push(amendedDay(day, rep_id, kept, judge.placesOf(rep_id), portfolio, rules));
	}
	return { dropped, amended };
}

interface Refusal {
	readonly code: UnplannedCode;
	readonly detail: string;
}

interface Places {
	readonly start: Point | null;
	readonly end: Point | null;
	readonly customerRows: ReadonlyMap<string, number>;
}

function createJudge(portfolio: Portfolio, { policy, calendar }: Rules, date: Day) {
	const { customers, reps } = portfolio.tables;
	const customerRows = rowsById(customers, "customer_id");
	const repRows = rowsById(reps, "rep_id");
	const ownership = buildOwnership(portfolio, [date]);
	const lastReached = createLastReached(portfolio, date);
	const [heldOutBy, ruledOutBy] = [readHoldOuts(portfolio, policy), readContactRules(portfolio, policy)];

	function refusalOfRep(rep: number, repId: string, entry: Entry): Refusal | null {
		if (rep < 0 || rep >= reps.numRows) return { code: "NO_REP", detail: `${repId} is no rep any more` };
		if (ownership.isAbsent(rep, date)) return { code: "ABSENCE", detail: `the rep is absent on ${formatDay(date)}` };
		const work = workDaysOf(reps, rep, calendar)(date);
		if (work === null) return { code: "ABSENCE", detail: `the rep does not work on ${formatDay(date)}` };
		if (parseTime(entry.start) >= work.open && parseTime(entry.end) <= work.close) return null;
		return { code: "NO_WINDOW", detail: `${entry.start}-${entry.end} is not inside the shift` };
	}

	function refusalOfCustomer(customer: number, rep: number, entry: Entry): Refusal | null {
		const { status, blocked } = customers.codes;
		if (blocked[customer] === 1 || (status[customer] !== NULL_CODE && status[customer] !== OPEN))
			return { code: "BLOCKED", detail: "the customer is blocked, closed or not to be contacted" };
		const isOther = entry.kind !== "escalation" && !isManager(reps, rep) && ownership.repOn(customer, date) !== rep;
		if (isOther) return { code: "NO_REP", detail: "the customer is another rep's, or nobody's" };
		return agreedRefusal(customer, rep) ?? creditRefusal(customer, entry) ?? hoursRefusal(customer, entry) ?? gapRefusal(customer, entry);
	}

	/** What an experiment's lot, or a rep's refusal, keeps from the day. */
	function agreedRefusal(customer: number, rep: number): Refusal | null {
		const heldOut = heldOutBy(customer, rep, date);
		if (heldOut !== null) return { code: "HELD_OUT", detail: heldOut };
		const rule = ruledOutBy(rep, customer, date);
		return rule && { code: "BLOCKED", detail: `a rule until ${rule.until} keeps the rep from the customer: ${rule.reason}` };
	}

	function creditRefusal(customer: number, { kind }: Entry): Refusal | null {
		const { rung, headroom } = createCredit(customers, policy.credit)(customer);
		if (rung === COLLECTIONS_TEAM) return { code: "CREDIT_BLOCKED", detail: "the collections team has the customer" };
		if (rung === COLLECT_ONLY && kind !== "collect" && kind !== "escalation")
			return { code: "CREDIT_BLOCKED", detail: "the customer is only collected from" };
		if (!SELLING.includes(kind) || canSell(rung, headroom, customers.numbers.min_order_value[customer])) return null;
		return { code: "CREDIT_BLOCKED", detail: `a headroom of ${Math.floor(headroom)} cents has no room for an order` };
	}

	function hoursRefusal(customer: number, { channel, start, end }: Entry): Refusal | null {
		const { channels, visit_hours: hours, state, city_code: city } = customers.texts;
		const agreed = channels.at(customer);
		const code = CHANNELS.findIndex((name) => name === channel);
		if (agreed !== null && ((parseChannels(agreed) >> code) & 1) === 0)
			return { code: "NO_CHANNEL", detail: `the customer agreed to ${agreed}, not to ${channel}` };
		const text = hours.at(customer);
		if (channel !== "visit" || text === null) return null;
		const open = intervalsOn(parseHours(text), date, calendar.isHoliday(date, [state.at(customer), city.at(customer)]));
		if (open.some(([from, to]) => from <= parseTime(start) && parseTime(end) <= to)) return null;
		return { code: "NO_WINDOW", detail: `${start}-${end} is not inside ${text} on ${formatDay(date)}` };
	}

	function gapRefusal(customer: number, { min_gap_days: gap }: Entry): Refusal | null {
		const last = lastReached(customer);
		if (last === NULL_DAY || date - last >= gap) return null;
		return { code: "MIN_GAP", detail: `contacted on ${formatDay(last)}, less than ${gap} days before` };
	}

	return {
		/** Why a contact may not stand; null: it may. A promise falls only with its rep or its customer. */
		refusalOf(repId: string, entry: Entry): Refusal | null {
			const rep = repRows.get(repId) ?? -1;
			const customer = customerRows.get(entry.customer_id);
			if (customer === undefined || customer >= customers.numRows) return { code: "BLOCKED", detail: "no customer any more" };
			const ofRep = refusalOfRep(rep, repId, entry);
			return ofRep ?? (entry.kind === "appointment" ? null : refusalOfCustomer(customer, rep, entry));
		},
		placesOf(repId: string): Places {
			const rep = repRows.get(repId) ?? -1;
			const { numbers } = reps;
			const place = (lat: number, lon: number): Point | null => (Number.isNaN(lat) || Number.isNaN(lon) ? null : { lat, lon });
			if (rep < 0) return { start: null, end: null, customerRows };
			return {
				start: place(numbers.start_lat[rep], numbers.start_lon[rep]),
				end: place(numbers.end_lat[rep], numbers.end_lon[rep]),
				customerRows,
			};
		},
	};
}

/** Day of a customer's last contact before a day that reached it; NULL_DAY for none. */
function createLastReached(portfolio: Portfolio, before: Day): (customer: number) => Day {
	const { contacts } = portfolio.tables;
	const { contactStart, contact } = timelineOf(portfolio);
	return (customer) => {
		for (let at = contactStart[customer + 1] - 1; at >= contactStart[customer]; at--) {
			const row = contact === null ? at : contact[at];
			const day = Math.floor(contacts.numbers.contacted_at[row] / SECONDS_PER_DAY);
			if (day < before && isReached(contacts.codes.outcome[row])) return day;
		}
		return NULL_DAY;
	};
}

/** A day without some of its contacts: the others keep their times, the legs between them are new. */
function amendedDay(
	day: DayPlan,
	rep_id: string,
	kept: readonly Entry[],
	{ start, end, customerRows }: Places,
	portfolio: Portfolio,
	{ policy }: Rules,
): AmendedDay {
	const none = { seconds: 0, metres: 0, cost: 0 };
	let here = start;
	const legTo = (there: Point | null): typeof none => {
		const leg = here && there ? legBetween(policy.travel, here, there) : none;
		here = there;
		return leg;
	};
	const legs = kept.map((entry) =>
		entry.channel === "visit" ? legTo(pointOf(portfolio, customerRows.get(entry.customer_id) ?? -1)) : none,
	);
	const visits = kept.flatMap((entry, index) => (entry.channel === "visit" ? [{ entry, leg: legs[index] }] : []));
	const back = visits.length > 0 ? legTo(end) : none;
	const total = (of: (leg: typeof none) => number): number => [...legs, back].reduce((sum, leg) => sum + of(leg), 0);
	const starts = [
		...kept.slice(0, 1).map((entry) => parseTime(entry.start)),
		...visits.slice(0, 1).map(({ entry, leg }) => parseTime(entry.start) - leg.seconds),
	];
	const ends = [
		...kept.slice(-1).map((entry) => parseTime(entry.end)),
		...visits.slice(-1).map(({ entry }) => parseTime(entry.end) + back.seconds),
	];
	const isSame = (entry: Entry | undefined, other: Entry | undefined): boolean => entry?.entry_id === other?.entry_id;
	const [first, last] = [day.entries[0], day.entries.at(-1)];
	return {
		rep_id,
		start: isSame(first, kept[0]) || starts.length === 0 ? day.start : formatTime(Math.min(...starts)),
		end: isSame(last, kept.at(-1)) || ends.length === 0 ? day.end : formatTime(Math.max(...ends)),
		travel_seconds: total(({ seconds }) => seconds),
		travel_metres: total(({ metres }) => metres),
		travel_cost_cents: total(({ cost }) => cost),
		entries: kept.map(({ entry_id }, index) => ({ entry_id, travel_seconds: legs[index].seconds, travel_metres: legs[index].metres })),
	};
}
