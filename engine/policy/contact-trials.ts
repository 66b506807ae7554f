import { buildHistory, type History } from "../portfolio/history.ts";
import type { Portfolio, Table } from "../portfolio/portfolio.ts";
import { DIRECTIONS, OUTCOMES } from "../portfolio/schema.ts";
import { type BuyTillYouDie, noOrderProbability } from "../scoring/buy-till-you-die.ts";
import { openDays } from "../scoring/closures.ts";
import type { Rhythm } from "../scoring/rhythm.ts";
import { type Day, NULL_CODE, NULL_DAY } from "../units.ts";
import { potentialRanks } from "./abc.ts";
import { type ActionPlans, buildActionPlans, cadenceOf } from "./action-plan.ts";
import { contactDay } from "./classify.ts";
import { type PastPicture, pictureBefore, withoutLines } from "./past-picture.ts";
import { PROSPECT } from "./phase.ts";
import type { Policy } from "./policy.ts";

/**
 * The `objection` of a contact with outcome `cancelled` that says: this contact was planned and a lot withheld it, so that its customer
 * shows what happens without.
 */
export const HELD_OUT = "held_out";

/** What became of a contact that was meant to be made. */
export type Arm = "reached" | "not_reached" | "held_out";

/** One contact that was meant to be made and what followed it. Phase, class and channel are codes. */
export interface Trial {
	/** Row of the customers table. */
	readonly customer: number;
	readonly day: Day;
	readonly phase: number;
	readonly class: number;
	readonly channel: number;
	readonly arm: Arm;
	/** Days from its day on in which an order counts as its answer: the interval until the next contact is due. */
	readonly window: number;
	/** P(order in the window) under usual service, by what was known before the day. */
	readonly chance: number;
	readonly ordered: boolean;
}

/** Contacts by why they were not used. */
export interface LeftOut {
	/** Made by the customer. */
	inbound: number;
	/** Called off, for reasons that may have to do with the customer. */
	cancelled: number;
	/** Inside the window of an earlier contact with the same customer, whose answer they would be counted for twice. */
	overlapping: number;
	/** With a window that was not over. */
	unfinished: number;
}

export interface TrialInputs {
	readonly portfolio: Portfolio;
	readonly policy: Policy;
	/** For the chance under usual service; the estimate recalibrates it. */
	readonly model: BuyTillYouDie;
	/** Nothing dated on this day or later is looked at. */
	readonly asOf: Day;
}

const CANCELLED = OUTCOMES.indexOf("cancelled");
const NOT_REACHED = OUTCOMES.indexOf("not_reached");
const INBOUND = DIRECTIONS.indexOf("inbound");
/** Phases and classes are looked up as often as plans are commonly made. */
const DAYS_A_WEEK = 7;

/** What the judgement of one contact needs. */
interface Reading extends TrialInputs {
	readonly history: History;
	readonly plans: ActionPlans;
	readonly potential: Uint8Array;
	/** Day from which a customer's contacts count again. */
	readonly freeFrom: Int32Array;
	readonly leftOut: LeftOut;
}

/**
 * Tells of every contact of the policy's `history_days` before `asOf` whose window is over, customers' windows never overlapping, week by
 * week. Phases and classes are those of the week's first day, chances those of the contact's own.
 */
export function findTrials(inputs: TrialInputs, onTrial: (trial: Trial) => void): LeftOut {
	const { portfolio, policy, asOf } = inputs;
	const history = withoutLines(buildHistory(portfolio, asOf));
	const reading: Reading = {
		...inputs,
		history,
		plans: buildActionPlans(policy),
		potential: potentialRanks(
			portfolio.tables.customers.numbers.potential_value.map((value) => value || 0),
			policy.potential.high,
			policy.potential.medium,
		),
		freeFrom: new Int32Array(history.numCustomers).fill(NULL_DAY),
		leftOut: { inbound: 0, cancelled: 0, overlapping: 0, unfinished: 0 },
	};
	for (let week = firstWeek(reading); week < asOf; week += DAYS_A_WEEK) findInWeek(reading, week, onTrial);
	return reading.leftOut;
}

/** The first day looked at: `history_days` before `asOf`, or that of the first contact. */
function firstWeek({ portfolio, policy, asOf, history }: Reading): Day {
	const { contacted_at: at } = portfolio.tables.contacts.numbers;
	const first = history.contact.reduce((earliest, row) => Math.min(earliest, contactDay(at[row])), asOf);
	return Math.max(asOf - policy.effect_learning.history_days, first);
}

function findInWeek(reading: Reading, week: Day, onTrial: (trial: Trial) => void): void {
	const { history, portfolio } = reading;
	const { contacted_at: at } = portfolio.tables.contacts.numbers;
	const picture = pictureBefore(reading, week);
	for (let customer = 0; customer < history.numCustomers; customer++) {
		for (let i = history.contactStart[customer]; i < history.contactStart[customer + 1]; i++) {
			const day = contactDay(at[history.contact[i]]);
			if (day >= week + DAYS_A_WEEK) break;
			const trial = day < week ? null : trialOf(reading, picture, customer, history.contact[i], day);
			if (trial) onTrial(trial);
		}
	}
}

function trialOf(reading: Reading, picture: PastPicture, customer: number, row: number, day: Day): Trial | null {
	const { portfolio, plans, potential, freeFrom, leftOut, asOf } = reading;
	const { contacts, customers, reps } = portfolio.tables;
	const arm = armOf(contacts, row, leftOut);
	if (arm === null) return null;
	const phase = picture.phase[customer];
	const cls = phase === PROSPECT ? potential[customer] : picture.class[customer];
	const kind = reps.codes.kind[contacts.refs.rep_id[row]];
	const plan = plans.planOf(phase, cls, potential[customer], kind === NULL_CODE ? 0 : kind);
	const { interval: window } = cadenceOf(plan, customers, customer, Number.NaN);
	const reason = day < freeFrom[customer] ? "overlapping" : day + window > asOf ? "unfinished" : null;
	if (reason !== null) {
		leftOut[reason]++;
		return null;
	}
	freeFrom[customer] = day + window;
	const { chance, ordered } = answerOf(reading, picture.rhythm, customer, day, window);
	return { customer, day, phase, class: cls, channel: contacts.codes.channel[row], arm, window, chance, ordered };
}

function armOf({ codes, texts }: Table, row: number, leftOut: LeftOut): Arm | null {
	if (codes.direction[row] === INBOUND) leftOut.inbound++;
	else if (codes.outcome[row] !== CANCELLED) return codes.outcome[row] === NOT_REACHED ? "not_reached" : "reached";
	else if (texts.objection.at(row) === HELD_OUT) return "held_out";
	else leftOut.cancelled++;
	return null;
}

/** P(order in the window) from the orders before the day, and whether one came. */
function answerOf(
	{ history, model, policy }: Reading,
	rhythm: Rhythm,
	customer: number,
	day: Day,
	window: number,
): { chance: number; ordered: boolean } {
	const { eventStart, eventDay } = history;
	const [from, end] = [eventStart[customer], eventStart[customer + 1]];
	let to = end;
	while (to > from && eventDay[to - 1] >= day) to--;
	const ordered = to < end && eventDay[to] < day + window;
	if (to === from) return { chance: policy.value.prospect_order_probability, ordered };
	const unit = rhythm.baseInterval[customer];
	const summary = {
		repeatCount: to - from - 1,
		lastRepeat: openDays(rhythm.closures, eventDay[from], eventDay[to - 1]) / unit,
		age: openDays(rhythm.closures, eventDay[from], day) / unit,
	};
	return { chance: 1 - noOrderProbability(model, summary, window / unit), ordered };
}
