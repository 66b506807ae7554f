import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSES, PHASES } from "../../engine/policy/case.ts";
import { findTrials, HELD_OUT, type LeftOut, type Trial } from "../../engine/policy/contact-trials.ts";
import { validatePolicy } from "../../engine/policy/policy.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { parseDay } from "../../engine/units.ts";
import type { LineSpec } from "../scoring/synthetic-portfolio.ts";
import { type ContactSpec, contactPortfolio } from "./contact-portfolio.ts";

const MODEL = { k: 2, r: 1.5, alpha: 1.5, a: 0.5, b: 4 };
const asOf = parseDay("2026-11-23");

function trialsOf(portfolio: Portfolio, before = asOf): { trials: Trial[]; leftOut: LeftOut } {
	const trials: Trial[] = [];
	const leftOut = findTrials({ portfolio, policy: validatePolicy(portfolio.policy), model: MODEL, asOf: before }, (trial) =>
		trials.push(trial),
	);
	return { trials, leftOut };
}

/** Orders every ten days up to `last`. */
const everyTenDays = (customer: number, last: number, number = 20): LineSpec[] =>
	Array.from({ length: number }, (_, i) => ({ customer, day: last - 10 * i, product: 0, value: 10_000 }));

describe("the trials of a contacts table", () => {
	it("tell arm, phase, class, channel and window of contacts that were meant to be made, and whether an order came in the window", () => {
		// One customer, hence class A. It ordered ten days before the visit, inside of 1.5 intervals: active, contacted every 7 days by default.
		const visit = asOf - 40;
		const orders = [
			...everyTenDays(0, visit - 10),
			{ customer: 0, day: visit + 6, product: 0 },
			{ customer: 0, day: visit + 15, product: 0 },
		];
		const contacts: ContactSpec[] = [
			{ customer: 0, day: visit, outcome: "no_order" },
			{ customer: 0, day: visit + 7, outcome: "not_reached", channel: "phone" },
			{ customer: 0, day: visit + 14, outcome: "cancelled", objection: HELD_OUT },
		];
		const { trials, leftOut } = trialsOf(contactPortfolio(orders, contacts));
		const told = trials.map(({ arm, day, window, ordered, phase, class: cls, channel }) => [
			arm,
			day - visit,
			window,
			ordered,
			`${PHASES[phase]} ${CLASSES[cls]} ${CHANNELS[channel]}`,
		]);
		expect(told).toEqual([
			["reached", 0, 7, true, "active A visit"], // the order on day 6
			["not_reached", 7, 7, false, "active A phone"], // none from day 7 to 13
			["held_out", 14, 7, true, "active A visit"], // the order on day 15
		]);
		expect(leftOut).toEqual({ inbound: 0, cancelled: 0, overlapping: 0, unfinished: 0 });
	});

	it("leave out what customers began, what was called off, what overlaps and what is not over, and count it", () => {
		const contacts: ContactSpec[] = [
			{ customer: 0, day: asOf - 30 },
			{ customer: 0, day: asOf - 24, outcome: "order" }, // inside the seven days of the first
			{ customer: 0, day: asOf - 20, direction: "inbound", outcome: "order" },
			{ customer: 0, day: asOf - 19, outcome: "cancelled" },
			{ customer: 0, day: asOf - 18, outcome: "cancelled", objection: "rain" },
			{ customer: 0, day: asOf - 7 }, // its window ends on the eve of as_of
			{ customer: 1, day: asOf - 6 },
		];
		const { trials, leftOut } = trialsOf(contactPortfolio([...everyTenDays(0, asOf - 31), ...everyTenDays(1, asOf - 8)], contacts));
		expect(trials.map(({ day }) => asOf - day)).toEqual([30, 7]);
		expect(leftOut).toEqual({ inbound: 1, cancelled: 2, overlapping: 1, unfinished: 1 });
	});

	it("go back as far as the policy says", () => {
		const contacts = [
			{ customer: 0, day: asOf - 91 },
			{ customer: 0, day: asOf - 90 },
		];
		const { trials } = trialsOf(contactPortfolio([], contacts, { effect_learning: { history_days: 90 } }));
		expect(trials.map(({ day }) => asOf - day)).toEqual([90]);
	});

	it("know nothing of an order on the contact's own day, nor later, when they state the chance", () => {
		const day = asOf - 60;
		const contacts = [{ customer: 0, day }];
		const chanceWith = (later: readonly LineSpec[]) =>
			trialsOf(contactPortfolio([...everyTenDays(0, day - 12), ...later], contacts)).trials[0];
		const without = chanceWith([]);
		const ordered = chanceWith([{ customer: 0, day, product: 0 }]);
		expect(ordered.chance).toBe(without.chance);
		expect([without.ordered, ordered.ordered]).toEqual([false, true]);
	});

	it("take the policy's chance for customers without orders, and the interval of their action plan", () => {
		const { trials } = trialsOf(contactPortfolio([], [{ customer: 0, day: asOf - 60 }]));
		expect(trials).toMatchObject([
			{ phase: PHASES.indexOf("prospect"), class: CLASSES.indexOf("C"), chance: 0.008, window: 30, ordered: false },
		]);
	});

	it("rise with the chance that the model sees: it is low right after an order and high when one is due", () => {
		const day = asOf - 60;
		const chanceAfter = (silence: number) =>
			trialsOf(contactPortfolio(everyTenDays(0, day - silence), [{ customer: 0, day }])).trials[0].chance;
		expect(chanceAfter(1)).toBeLessThan(chanceAfter(5));
		expect(chanceAfter(5)).toBeLessThan(chanceAfter(9));
	});

	it("are none without contacts", () => {
		expect(trialsOf(contactPortfolio(everyTenDays(0, asOf - 5), [])).trials).toEqual([]);
	});

	it("are not moved by anything dated on as_of or later", () => {
		const spec = fc.record({ customer: fc.nat(3), ago: fc.integer({ min: -60, max: 200 }), kind: fc.nat(3) });
		fc.assert(
			fc.property(fc.array(spec, { maxLength: 60 }), (specs) => {
				const lines = specs.filter(({ kind }) => kind < 2).map(({ customer, ago }) => ({ customer, day: asOf - ago, product: 0 }));
				const contacts = specs
					.filter(({ kind }) => kind >= 2)
					.map(
						({ customer, ago, kind }): ContactSpec => ({
							customer,
							day: asOf - ago,
							...(kind === 2 ? {} : { outcome: "cancelled", objection: HELD_OUT }),
						}),
					);
				const all = contactPortfolio(lines, contacts);
				const past = contactPortfolio(
					lines.filter(({ day }) => day < asOf),
					contacts.filter(({ day }) => day < asOf),
				);
				// Customers that only the future names shift no class: they have no orders before as_of.
				expect(trialsOf(all)).toEqual(trialsOf(past));
			}),
			{ seed: 3, numRuns: 60 },
		);
	});
});
