import type { ContactOption } from "../policy/case.ts";
import type { Brief } from "./plan-document.ts";
import type { MessageKey, Voice, Words } from "./messages.ts";

/** The facts that a reason is made of. Terms in cents by name. */
export interface ReasonFacts {
	readonly kind: ContactOption["kind"];
	readonly brief: Brief;
	/** Has it bought often enough for its interval to be its own? */
	readonly hasRhythm: boolean;
	readonly wasContacted: boolean;
	readonly churnRisk: number | null;
	readonly terms: Readonly<Record<string, number>>;
	readonly numProducts: number;
	readonly productCents: number;
	/** Does the contact start in time for the brief's `order_by`? */
	readonly isInTime: boolean;
	/** Is the escalation due to an objection, not to risk? */
	readonly isObjection: boolean;
}

const OPENED_BY_KIND: ReadonlySet<string> = new Set(["appointment", "escalation", "collect", "resolve", "prospect"]);
/** A term is worth a phrase from this share of the entry's positive money. */
const WORTH_SAYING = 0.15;

/** One sentence a rep understands: what the contact is for, the customer's rhythm, and the money that tips the balance. */
export function reasonOf(facts: ReasonFacts, voice: Voice): string {
	const phrases = [...openingOf(facts, voice), ...moneyOf(facts, voice), ...deliveryOf(facts, voice)];
	const sentence = phrases.join("; ");
	return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function openingOf({ kind, brief, hasRhythm, isObjection }: ReasonFacts, voice: Voice): string[] {
	const words = overdueWords(brief, voice);
	const key = kind === "escalation" && isObjection ? "escalatedObjection" : (kind as MessageKey);
	const phrases = OPENED_BY_KIND.has(kind) ? [voice.say(key, { ...words, objection: brief.last_objection ?? "" })] : [];
	const silence = brief.days_since_last_order;
	if (silence === null) return phrases.length > 0 ? phrases : [voice.say("prospect")];
	const interval = brief.expected_interval_days;
	phrases.push(
		interval === null || !hasRhythm
			? voice.say("firstOrders", { silence })
			: voice.say("rhythm", { interval: Math.round(interval), silence }),
	);
	if (brief.recovery) phrases.push(voice.say(`stopped_${brief.recovery.cause}`));
	return phrases;
}

function moneyOf(facts: ReasonFacts, voice: Voice): string[] {
	const { brief, terms } = facts;
	const total = Object.values(terms).reduce((sum, cents) => sum + Math.max(0, cents), 0);
	const phraseOf: Readonly<Record<string, () => string | null>> = {
		sale: () => (brief.ticket_cents === null ? null : voice.say("ticket", { ticket: voice.money(brief.ticket_cents) })),
		retention: () => (facts.churnRisk === null ? null : voice.say("risk", { risk: voice.percent(facts.churnRisk) })),
		mix: () => (facts.numProducts === 0 ? null : voice.say("mix", { count: facts.numProducts, value: voice.money(facts.productCents) })),
		collection: () => (facts.kind === "collect" ? null : voice.say("overdue", overdueWords(brief, voice))),
		cadence: () => voice.say(facts.wasContacted ? "cadence" : "neverContacted"),
		campaign: () => voice.say("campaign"),
		goal: () => voice.say("goal"),
	};
	return Object.entries(terms)
		.filter(([name, cents]) => phraseOf[name] && cents > WORTH_SAYING * total)
		.sort(([, a], [, b]) => b - a)
		.slice(0, 2)
		.flatMap(([name]) => phraseOf[name]() ?? []);
}

function deliveryOf({ brief, isInTime }: ReasonFacts, voice: Voice): string[] {
	if (brief.delivers_on === null) return [];
	const delivers = voice.date(brief.delivers_on);
	const isDue = brief.order_by !== null && isInTime;
	return [isDue ? voice.say("orderBy", { delivers, orderBy: brief.order_by.slice(0, 5) }) : voice.say("delivery", { delivers })];
}

function overdueWords(brief: Brief, voice: Voice): Words {
	return { overdue: voice.money(brief.overdue_cents), overdueDays: brief.overdue_days };
}
