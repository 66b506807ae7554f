import { describe, expect, it } from "vitest";
import { CLASSES, DEFAULT_POLICY, effectRowsOf, PHASES, validatePolicy } from "../../../engine/index.ts";
import { parseDay } from "../../../engine/units.ts";
import { createRandom } from "../../../engine/random.ts";
import { estimateEffects } from "../../../models/effects/estimate-effects.ts";
import { formatEffects } from "../../../models/effects/effects-report.ts";
import { type ContactSpec, contactPortfolio } from "../../policy/contact-portfolio.ts";
import type { LineSpec } from "../../scoring/synthetic-portfolio.ts";

const asOf = parseDay("2026-11-23");
const MODEL = { k: 2, r: 1.5, alpha: 1.5, a: 0.5, b: 4 };
const HELD_OUT = { outcome: "cancelled", objection: "held_out" } as const;

/**
 * Customers that are visited or phoned every 7 days and order after a visit with `withVisit`, after a call with `withCall`, and after a
 * contact that a lot withheld with `without`. No table shows anything else.
 */
function trade(
	numCustomers: number,
	share: { withVisit: number; withCall: number; without: number; heldOut: number },
	policy: unknown = null,
) {
	const random = createRandom(numCustomers);
	const [lines, contacts]: [LineSpec[], ContactSpec[]] = [[], []];
	for (let customer = 0; customer < numCustomers; customer++) {
		lines.push({ customer, day: asOf - 200, product: 0, value: 10_000 }, { customer, day: asOf - 190, product: 0, value: 10_000 });
		const channel = customer % 2 === 0 ? "visit" : "phone";
		for (let day = asOf - 180; day < asOf - 7; day += 7) {
			const isHeldOut = random.next() < share.heldOut;
			const chance = isHeldOut ? share.without : channel === "visit" ? share.withVisit : share.withCall;
			if (random.next() < chance) lines.push({ customer, day: day + random.below(7), product: 0, value: 10_000 });
			contacts.push({ customer, day, channel, ...(isHeldOut ? HELD_OUT : random.next() < 0.1 ? { outcome: "not_reached" } : {}) });
		}
	}
	const everySeven = { action_plans: [{ interval_days: 7 }], value: {} };
	return contactPortfolio(lines, contacts, { ...everySeven, ...(policy as object) });
}
const TRADE = { withVisit: 0.6, withCall: 0.4, without: 0.4, heldOut: 0.3 };
const estimate = (portfolio: ReturnType<typeof trade>, before = asOf) => estimateEffects(portfolio, { asOf: before, model: MODEL });
const activeOf = (report: ReturnType<typeof estimate>, channel: string) =>
	report.cells.filter((cell) => cell.phase === "active" && cell.channel === channel && cell.held_out > 100);

describe("the estimate of effects", () => {
	it("finds what visits and calls do by what the lot withheld, and states it as rows of a policy", () => {
		const report = estimate(trade(300, TRADE));
		const truth = Math.log(0.6 / 0.4 / (0.4 / 0.6)); // 0.81: odds of 60 to 40 in place of 40 to 60; calls do nothing
		const [visits, calls] = [activeOf(report, "visit"), activeOf(report, "phone")];
		expect([visits.length, calls.length].every((number) => number > 0)).toBe(true);
		for (const { lower, upper } of visits) {
			expect(lower).toBeLessThan(truth);
			expect(upper).toBeGreaterThan(truth);
			expect(lower).toBeGreaterThan(0.3);
		}
		for (const { lower, upper } of calls) {
			expect(lower).toBeLessThan(0);
			expect(upper).toBeGreaterThan(0);
			expect(upper).toBeLessThan(0.4);
		}
		const policy = validatePolicy({ ...report.policy });
		const row =
			effectRowsOf(policy)[(PHASES.indexOf("active") * CLASSES.length + CLASSES.findIndex((word) => word === visits[0].class)) * 4];
		expect(row).toMatchObject({ order_logit: Math.round(visits[0].order_logit * 1e4) / 1e4, retention_logit: 0.3 });
		expect(row?.measured).toMatchObject({
			as_of: "2026-11-23",
			assumed_order_logit: 0.8,
			made: visits[0].made,
			held_out: visits[0].held_out,
		});
	});

	it("keeps the channels that nobody withheld as they are, and all of them without a lot", () => {
		const report = estimate(trade(40, { ...TRADE, heldOut: 0 }));
		expect(report.channels.map(({ basis }) => basis)).toEqual(["assumed", "assumed", "assumed", "assumed"]);
		expect(report.cells).toEqual([]);
		expect(report.policy.effects).toEqual(DEFAULT_POLICY.effects);
		expect(report.channels[0].association).not.toBeNull();
		expect(report.warnings.join()).toContain("none was held out by lot");
		const message = estimate(trade(40, TRADE)).policy.effects.find(({ channel, phase }) => channel === "message" && phase === "prospect");
		expect(message).toEqual({ phase: "prospect", class: null, channel: "message", order_logit: 0.05, retention_logit: 0 });
	});

	it("does not count outcomes twice: estimated again under its own result, it says the same", () => {
		const first = estimate(trade(60, TRADE));
		const again = estimate(trade(60, TRADE, first.policy));
		expect(again.cells).toEqual(first.cells);
	});

	it("tells when those withheld were chosen", () => {
		const portfolio = trade(200, { ...TRADE, heldOut: 0 });
		const { contacts } = portfolio.tables;
		// Spared are those that ordered last week: a rep's choice, no lot.
		const orders = new Set(
			Array.from(portfolio.tables.orders.days.ordered_on, (day, row) => `${portfolio.tables.orders.refs.customer_id[row]} ${day}`),
		);
		const isChosen = Array.from(contacts.numbers.contacted_at, (at, row) => {
			const day = Math.floor(at / 86_400);
			return Array.from({ length: 7 }, (_, ago) => orders.has(`${contacts.refs.customer_id[row]} ${day - 1 - ago}`)).includes(true);
		});
		const objection = { length: contacts.length, at: (row: number) => (isChosen[row] ? "held_out" : null) };
		const outcome = contacts.codes.outcome.map((code, row) => (isChosen[row] ? 3 : code));
		const chosen = { ...contacts, texts: { ...contacts.texts, objection }, codes: { ...contacts.codes, outcome } };
		const report = estimate({ ...portfolio, tables: { ...portfolio.tables, contacts: chosen } });
		expect(report.warnings.join()).toContain("does not look like one");
	});

	it.each([
		["no contacts", [], []],
		["one contact", [{ customer: 0, day: asOf - 60 }], [{ customer: 0, day: asOf - 70, product: 0 }]],
		["one withheld contact", [{ customer: 0, day: asOf - 60, ...HELD_OUT }], []],
		[
			"contacts from as_of on",
			[
				{ customer: 0, day: asOf },
				{ customer: 0, day: asOf + 5, ...HELD_OUT },
			],
			[],
		],
	] as const)("keeps every assumption, and says why, with %s", (_, contacts, lines) => {
		const report = estimate(contactPortfolio(lines, contacts));
		expect(report.policy.effects).toEqual(DEFAULT_POLICY.effects);
		expect(report.warnings).toHaveLength(1);
		expect(formatEffects(report)).toContain("assumed");
	});

	it("stays finite and inside the policy's range where all convert, and where customers never ordered", () => {
		const report = estimate(trade(30, { withVisit: 1, withCall: 1, without: 1, heldOut: 0.5 }));
		const prospects = Array.from(
			{ length: 50 },
			(_, i): ContactSpec => ({ customer: i, day: asOf - 60, ...(i % 2 === 0 ? HELD_OUT : {}) }),
		);
		for (const { cells, policy } of [report, estimate(contactPortfolio([], prospects))]) {
			expect(cells.length).toBeGreaterThan(0);
			for (const { lower, order_logit: effect, upper } of cells)
				expect([lower < effect, effect < upper, Math.abs(effect) < 5]).toEqual([true, true, true]);
			expect(() => validatePolicy({ ...policy })).not.toThrow();
		}
	});

	it("is not moved by what comes on as_of or later", () => {
		const before = asOf - 60;
		const all = trade(50, TRADE);
		const { orders, contacts } = all.tables;
		const late = { ...orders, days: { ordered_on: orders.days.ordered_on.map((day) => (day >= before ? day + 400 : day)) } };
		const silent = {
			...contacts,
			codes: {
				...contacts.codes,
				outcome: contacts.codes.outcome.map((code, row) => (contacts.numbers.contacted_at[row] >= before * 86_400 ? 0 : code)),
			},
		};
		const changed = { ...all, tables: { ...all.tables, orders: late, contacts: silent } };
		expect(estimate(changed, before)).toEqual(estimate(all, before));
		expect(estimate(all, before)).not.toEqual(estimate(all));
	});

	it("is told as tables, measured cells with their intervals", () => {
		const text = formatEffects(estimate(trade(60, TRADE)));
		expect(text).toMatch(/visit +measured +\d+ +\d+ +[+−]\d\.\d\d \(/);
		expect(text).toMatch(/active +[ABC] +visit +\+0\.80 +\+\d\.\d\d +[+−]\d\.\d\d to \+\d\.\d\d/);
		expect(text).toContain("inside an earlier one's window");
	});
});
