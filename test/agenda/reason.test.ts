import { describe, expect, it } from "vitest";
import { createVoice } from "../../engine/agenda/messages.ts";
import type { Brief } from "../../engine/agenda/plan-document.ts";
import { type ReasonFacts, reasonOf } from "../../engine/agenda/reason.ts";

const brief: Brief = {
	customer_name: "Bar do Zé",
	last_order_on: "2026-11-06",
	days_since_last_order: 17,
	expected_interval_days: 9,
	ticket_cents: 124_000,
	lapsed_products: [],
	overdue_cents: 35_000,
	overdue_days: 12,
	headroom_cents: null,
	credit: "sell",
	stock_alerts: [],
	open_complaint: null,
	last_objection: null,
	goal_missing: null,
	order_by: "16:00:00",
	delivers_on: "2026-11-26",
	recovery: null,
};

const undelivered: Brief = { ...brief, order_by: null, delivers_on: null };

const facts: ReasonFacts = {
	kind: "sell",
	brief,
	hasRhythm: true,
	wasContacted: true,
	churnRisk: 0.34,
	terms: { sale: 5_000, retention: 3_000, mix: 200, channel_cost: -600 },
	numProducts: 3,
	productCents: 9_000,
	isInTime: true,
	isObjection: false,
};

describe("the reason of a contact", () => {
	it("says the rhythm and the two terms that tip the balance, in Portuguese", () => {
		expect(reasonOf(facts, createVoice("pt-BR", "BRL"))).toBe(
			"Compra a cada 9 dias e não compra há 17; tíquete médio de R$ 1.240; risco de perda de 34%; entrega em qui., 26/11 com pedido até 16:00.",
		);
	});

	it("says the same in English, and English for a language without words of its own", () => {
		const english =
			"Buys every 9 days, silent for 17; average ticket R$1,240; 34% risk of losing it; delivered on Thu, 11/26 if ordered by 16:00.";
		expect(reasonOf(facts, createVoice("en-US", "BRL"))).toBe(english);
		expect(reasonOf({ ...facts, isInTime: false }, createVoice("de-DE", "EUR"))).toContain("Buys every 9 days, silent for 17");
	});

	it("opens with what the contact is for when it is not a plain sale", () => {
		const collect = { ...facts, kind: "collect" as const, terms: { collection: 9_000 }, brief: undelivered };
		expect(reasonOf(collect, createVoice("pt-BR", "BRL"))).toBe(
			"Cobrar R$ 350 vencidos há 12 dias; compra a cada 9 dias e não compra há 17.",
		);
	});

	it("claims no rhythm for a customer that has none, and no contact where none is on record", () => {
		const fresh = { ...facts, hasRhythm: false, wasContacted: false, terms: { cadence: 9_000 }, brief: undelivered };
		expect(reasonOf(fresh, createVoice("en-US", "BRL"))).toBe("Last order 17 days ago; no contact on record.");
	});

	it("tells an escalated objection from an escalated risk", () => {
		const objection = {
			...facts,
			kind: "escalation" as const,
			isObjection: true,
			brief: { ...undelivered, last_objection: "price" },
			terms: {},
		};
		expect(reasonOf(objection, createVoice("pt-BR", "BRL"))).toContain("Objeção “price” levada à liderança; compra a cada 9 dias");
		expect(reasonOf({ ...objection, isObjection: false }, createVoice("en-US", "BRL"))).toContain("Customer at risk, called in");
	});

	it("keeps small terms to itself", () => {
		expect(reasonOf({ ...facts, terms: { sale: 10_000, mix: 100 } }, createVoice("en-US", "BRL"))).not.toContain("products to offer");
	});
});
