import { z } from "zod";
import { assemblePlan, receiptHead, throughDates } from "../agenda/assemble-plan.ts";
import type { PlanDocument, Receipt, RepPlan, Unplanned, Violation } from "../agenda/plan-document.ts";
import { pointOf } from "../agenda/problem-of.ts";
import { repPlanOf } from "../agenda/rep-plan.ts";
import { legBetween, type Point } from "../agenda/travel.ts";
import { unmetOf, unplannedOf } from "../agenda/unplanned.ts";
import { CarteiraError } from "../errors.ts";
import { TERMS, type RepCase } from "../policy/case.ts";
import { dataThroughOf } from "../portfolio/data-through.ts";
import { CHANNELS } from "../portfolio/schema.ts";
import type { PlacedContact, SlotSchedule, Solution } from "../solver/solution.ts";
import { type Day, formatDay, parseTime, type Seconds, SECONDS_PER_DAY } from "../units.ts";
import type { Desk } from "./desk.ts";
import type { PlanChange } from "./diff.ts";
import { inOrder } from "./order.ts";
import { revise } from "./replan.ts";
import { carriedOver } from "./carried-over.ts";
import { date, readAs, readReplanRequest } from "./request.ts";

const id = z.string().min(1).max(200);
const time = z.string().refine((text) => !Number.isNaN(parseTime(text)), "expected a local time HH:MM");

/** Body of `POST …/evaluations`: who is to be contacted, in order. Where no start is given, each contact begins as early as it can. */
export const assessRequest = z.strictObject({
	as_of: date,
	agendas: z
		.array(
			z.strictObject({
				rep_id: id,
				date,
				contacts: z.array(z.strictObject({ customer_id: id, channel: z.enum(CHANNELS).default("visit"), start: time.optional() })).max(500),
			}),
		)
		.min(1)
		.max(100_000),
	seed: z.int32().default(1),
	iterations: z.int().min(0).max(100_000).default(800),
	/** Changes that the optimiser may show. */
	most: z.int().min(0).max(100).default(5),
});
export type AssessOrder = z.input<typeof assessRequest>;
type Asked = z.output<typeof assessRequest>;

/** What a plan made by people is worth, what it breaks, and what would be changed first. */
export interface Assessment {
	readonly value_cents: number;
	/** Contacts that no rule allows on their day, which are left out of the plan and its value. */
	readonly refused: readonly {
		readonly rep_id: string;
		readonly date: string;
		readonly customer_id: string;
		readonly reasons: Unplanned["reasons"];
	}[];
	/** Of the plan below, in the words of `check`. */
	readonly violations: readonly Violation[];
	/** The first changes, and what the plan is worth with them. */
	readonly changes: readonly PlanChange[];
	readonly value_changed_cents: number;
	readonly plan: PlanDocument;
}

/** Scores a plan made by people, lists what it breaks, and shows what the optimiser would change first. */
export function assess(desk: Desk, order: unknown, check: (plan: PlanDocument) => readonly Violation[]): Assessment {
	const asked = readAs(assessRequest, order, "evaluation");
	validateAsked(desk, asked);
	const { plan, refused } = documentOf(desk, asked);
	const request = readReplanRequest({
		now: `${plan.as_of}T00:00`,
		max_changes: asked.most,
		seed: asked.seed,
		iterations: asked.iterations,
	});
	const reps = inOrder(desk, new Set(plan.reps.map(({ rep_id }) => rep_id)));
	const better = revise(
		desk,
		plan,
		request,
		{ ...carriedOver(plan, request), urgent: plan.receipt.revision?.urgent ?? [] },
		reps,
		(of) => ({ ...of, isQuestion: true }),
	);
	return {
		value_cents: sumOf(plan.reps, ({ value_cents }) => value_cents),
		refused,
		violations: check(plan),
		// What only begins earlier because the people's plan waited is no change of the optimiser's.
		changes: better.diff.changes.filter(({ cause }) => cause === "replanned"),
		value_changed_cents: sumOf(better.plan.reps, ({ value_cents }) => value_cents),
		plan,
	};
}

function validateAsked(desk: Desk, asked: Asked): void {
	const seen = new Set<string>();
	const { asOf, horizon } = desk.context;
	const [first, last] = [formatDay(asOf), formatDay(horizon[horizon.length - 1])];
	for (const [at, { rep_id, date: on, contacts }] of asked.agendas.entries()) {
		const key = `${rep_id} ${on}`;
		if (!desk.repRows.has(rep_id)) throw new CarteiraError("INVALID_INPUT", `/agendas/${at}/rep_id: ${rep_id} is no rep of the portfolio`);
		if (on < first || on > last)
			throw new CarteiraError("INVALID_INPUT", `/agendas/${at}/date: ${on} is outside of the horizon ${first} to ${last}`);
		if (seen.has(key)) throw new CarteiraError("INVALID_INPUT", `/agendas/${at}: rep ${rep_id} has two agendas on ${on}; expected one`);
		seen.add(key);
		for (const [nth, { customer_id }] of contacts.entries()) {
			if (desk.customerRows.has(customer_id)) continue;
			throw new CarteiraError(
				"INVALID_INPUT",
				`/agendas/${at}/contacts/${nth}/customer_id: ${customer_id} is no customer of the portfolio`,
			);
		}
	}
}

/** The agendas as a plan.json: with times, values and who is left out. */
function documentOf(desk: Desk, asked: Asked): { plan: PlanDocument; refused: Assessment["refused"][number][] } {
	const { portfolio, scores, asOf } = desk.context;
	const repIds = [...new Set(asked.agendas.map(({ rep_id }) => rep_id))];
	const bare = {
		reps: repIds.map((rep_id) => ({
			rep_id,
			days: asked.agendas.filter((agenda) => agenda.rep_id === rep_id).map(({ date: on, contacts }) => ({ date: on, entries: contacts })),
		})),
	} as unknown as PlanDocument; // all that is read of it is who is contacted when
	const refused: Assessment["refused"][number][] = [];
	const parts = repIds.map((repId) => partOf(desk, bare, asked, repId, refused));
	const receipt: Receipt = {
		...receiptHead(desk.context, scores.model),
		engine: "made by people",
		travel: "straight",
		seed: asked.seed,
		iterations: Object.fromEntries(repIds.map((repId) => [repId, 0])),
		data_through: throughDates(dataThroughOf(portfolio.tables, asOf)),
		published: desk.published?.plan_id ?? null,
		reps: [...repIds].sort((a, b) => (a < b ? -1 : 1)),
	};
	const reps = parts.map(({ plan }) => plan);
	const present = new Set(reps.flatMap(({ days }) => days.flatMap(({ entries }) => entries.map(({ customer_id }) => customer_id))));
	const unmet = parts.flatMap((part) => part.unmet);
	for (const { customer_id } of unmet) present.add(customer_id);
	const unplanned = [...new Map(parts.flatMap((part) => part.unplanned).map((row) => [row.customer_id, row])).values()].filter(
		({ customer_id }) => !present.has(customer_id),
	);
	return {
		plan: assemblePlan(desk.context, receipt, { reps, unplanned, unmet_required: unmet, warnings: [] }),
		refused,
	};
}

function partOf(desk: Desk, bare: PlanDocument, asked: Asked, repId: string, refused: Assessment["refused"][number][]) {
	const agendas = new Map(asked.agendas.filter(({ rep_id }) => rep_id === repId).map((agenda) => [agenda.date, agenda.contacts]));
	const eager = new Set([...agendas.values()].flat().flatMap(({ customer_id }) => desk.customerRows.get(customer_id) ?? []));
	const repCase = desk.caseOf(bare, desk.repRows.get(repId) ?? -1, eager);
	const dates = new Set(repCase.days.map(formatDay));
	const refuse = (on: string, customer_id: string, reason?: Reason): void => {
		const reasons = reason ? [reason] : reasonsOf(on, customer_id);
		refused.push({ rep_id: repId, date: on, customer_id, reasons });
	};
	const reasonsOf = (on: string, customer_id: string): readonly Reason[] => {
		if (!dates.has(on)) return [{ code: "ABSENCE", proven: false, detail: `the rep does not work on ${on}` }];
		const customer = desk.customerRows.get(customer_id) ?? -1;
		const known = repCase.exclusions.find((exclusion) => exclusion.customer === customer)?.reasons;
		const isOwn = repCase.customers.includes(customer);
		const other = isOwn
			? { code: "NO_WINDOW", proven: false, detail: `the rules allow no such contact on ${on}` }
			: { code: "NO_REP", proven: false, detail: `the customer is not one of rep ${repId}` };
		return known ?? [other];
	};
	for (const [on, contacts] of agendas) if (!dates.has(on)) for (const { customer_id } of contacts) refuse(on, customer_id);
	const schedules = repCase.slots.map((_, slot) =>
		scheduleOf(desk, repCase, slot, agendas.get(formatDay(repCase.days[repCase.slots[slot].day])) ?? [], refuse),
	);
	const solution = solutionOf(repCase, schedules);
	const plan: RepPlan = { ...repPlanOf(desk.context, repCase, solution, desk.brief, desk.voice), gap: null };
	return {
		plan,
		unplanned: unplannedOf(desk.context, repCase, solution),
		unmet: unmetOf(desk.context, repCase, solution),
	};
}

type Reason = Unplanned["reasons"][number];

const BEYOND_MIDNIGHT: Reason = { code: "SHIFT_FULL", proven: false, detail: "it would end after midnight" };

/** A day's contacts one after the other: each when it was said to start, else as early as it can; breaks where they fall due. */
function scheduleOf(
	desk: Desk,
	repCase: RepCase,
	slot: number,
	contacts: Asked["agendas"][number]["contacts"],
	refuse: (on: string, customerId: string, reason?: Reason) => void,
): SlotSchedule {
	const { policy, portfolio } = desk.context;
	const { open, breaks, day } = repCase.slots[slot];
	const on = formatDay(repCase.days[day]);
	const placed: PlacedContact[] = [];
	const taken: { start: Seconds; end: Seconds }[] = [];
	const due = [...breaks];
	let here: Point | null = repCase.places.start;
	let clock = open;
	let leave = -1;
	const total = { seconds: 0, metres: 0, cost: 0 };
	const ride = (to: Point | null) => (here && to ? legBetween(policy.travel, here, to) : { seconds: 0, metres: 0, cost: 0 });
	const add = (leg: { seconds: number; metres: number; cost: number }): void => {
		total.seconds += leg.seconds;
		total.metres += leg.metres;
		total.cost += leg.cost;
	};
	const rest = (until: Seconds): void => {
		while (due.length > 0 && until > due[0].latest) {
			const [{ earliest, duration }] = due.splice(0, 1);
			const start = Math.max(clock, earliest);
			if (start + duration > SECONDS_PER_DAY) continue;
			clock = start + duration;
			taken.push({ start, end: clock });
		}
	};
	for (const { customer_id, channel, start: said } of contacts) {
		const customer = desk.customerRows.get(customer_id) ?? -1;
		const code = CHANNELS.indexOf(channel);
		const options = [...repCase.options.entries()].filter(
			([, option]) => option.customer === customer && option.day === day && option.channel === code,
		);
		if (options.length === 0 || placed.some(({ option }) => repCase.options[option].customer === customer)) {
			refuse(on, customer_id);
			continue;
		}
		const [, { duration }] = options[0];
		const isVisit = code === 0;
		const place = isVisit ? pointOf(portfolio, customer) : here;
		const leg = isVisit ? ride(place) : { seconds: 0, metres: 0, cost: 0 };
		const earliest = (): Seconds => {
			const arrived = clock + leg.seconds;
			const starts = options.flatMap(([, { windows }]) =>
				windows.flatMap(([from, to]) => (to >= arrived ? [Math.max(from, arrived)] : [])),
			);
			return starts.length > 0 ? Math.min(...starts) : arrived;
		};
		const wished = said === undefined ? null : parseTime(said);
		const isLate = (): boolean => (wished ?? earliest()) + duration > SECONDS_PER_DAY;
		if (!isLate()) rest((wished ?? earliest()) + duration);
		if (isLate()) {
			refuse(on, customer_id, BEYOND_MIDNIGHT);
			continue;
		}
		const start = wished ?? earliest();
		const option = options.find(([, { windows }]) => windows.some(([from, to]) => from <= start && start <= to)) ?? options[0];
		if (isVisit && leave < 0) leave = Math.max(0, start - leg.seconds);
		add(leg);
		placed.push({
			option: option[0],
			slot,
			arrive: start,
			start,
			end: start + duration,
			travelTime: leg.seconds,
			travelDistance: leg.metres,
		});
		clock = start + duration;
		if (isVisit) here = place;
	}
	rest(Number.POSITIVE_INFINITY);
	const last = placed.at(-1)?.end ?? open;
	const isOut = placed.some(({ option }) => repCase.options[option].channel === 0);
	const back = isOut ? ride(repCase.places.end) : { seconds: 0, metres: 0, cost: 0 };
	add(back);
	const evening = taken.find(({ start, end }) => start < last + back.seconds && last < end);
	const finish = Math.min(SECONDS_PER_DAY, (evening ? evening.end : last) + back.seconds);
	return {
		slot,
		contacts: placed,
		leave: leave < 0 ? open : leave,
		finish,
		breaks: taken,
		travelTime: total.seconds,
		travelDistance: total.metres,
		travelCost: total.cost,
	};
}

function solutionOf(repCase: RepCase, schedules: readonly SlotSchedule[]): Solution {
	const terms = new Int32Array(TERMS.length);
	const last = new Map<number, Day>();
	const done = new Map<number, { seconds: number; contacts: number }>();
	let value = 0;
	for (const { slot, contacts, travelCost } of schedules) {
		const on = repCase.days[repCase.slots[slot].day];
		for (const { option, start, end } of contacts) {
			const { customer, cutoff } = repCase.options[option];
			value += repCase.termsInto(option, last.get(customer) ?? null, start > cutoff, terms);
			last.set(customer, on);
			const before = done.get(customer) ?? { seconds: 0, contacts: 0 };
			done.set(customer, { seconds: before.seconds + end - start, contacts: before.contacts + 1 });
		}
		value -= travelCost;
	}
	const floorCost = repCase.floors.reduce((cents, { unit, atLeast, cost, customers }) => {
		const reached = [...customers].reduce((sum, position) => sum + (done.get(repCase.customers[position])?.[unit] ?? 0), 0);
		const missing = Math.max(0, atLeast - reached);
		return cents + Math.round(100 * (unit === "seconds" ? missing / 3600 : missing) * cost);
	}, 0);
	const isPlaced = new Set(schedules.flatMap(({ contacts }) => contacts.map(({ option }) => option)));
	return {
		schedules,
		value: value - floorCost,
		floorCost,
		upperBound: value - floorCost,
		boundMethod: "none: a plan made by people is scored, not bounded",
		unmetRequired: [...repCase.options.keys()].filter((option) => repCase.options[option].required && !isPlaced.has(option)),
		iterations: 0,
		stopped: false,
	};
}

function sumOf(reps: readonly RepPlan[], of: (rep: RepPlan) => number): number {
	return reps.reduce((sum, rep) => sum + of(rep), 0);
}
