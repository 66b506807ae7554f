import { beforeAll, describe, expect, it } from "vitest";
import { type Portfolio, validatePolicy } from "../../../engine/index.ts";
import { buildHistory } from "../../../engine/portfolio/history.ts";
import { ASSIGNMENT_ROLES, ORDER_STATUS } from "../../../engine/portfolio/schema.ts";
import { formatDay } from "../../../engine/units.ts";
import { designExperiment } from "../../../models/experiment/design.ts";
import { type ExperimentDesign, experimentDesign, experimentReport } from "../../../models/experiment/experiment-document.ts";
import { findLeftOut, findParticipants } from "../../../models/experiment/participants.ts";
import { findRepDays } from "../../../models/experiment/rep-days.ts";
import { reportExperiment } from "../../../models/experiment/report.ts";
import { formatDesign, formatExperiment } from "../../../models/report/experiment-sheets.ts";
import { portfolioOf } from "../../check/tables.ts";
import { MADE_AS_OF, madePast, spoiledFrom } from "../backtest/made-past.ts";

const FROM = MADE_AS_OF - 90;
const options = { experiment: "autumn", from: FROM, to: MADE_AS_OF - 31, share: 0.2, seed: 3 };
let past: Portfolio;
let design: ExperimentDesign;
beforeAll(async () => {
	past = await madePast(150, 2, 12);
	design = designExperiment(past, options);
});
const held = (rollout: unknown = []): Portfolio => ({ ...past, policy: { ...(past.policy as object), ...design.policy, rollout } });

describe("the design of an experiment", () => {
	it("states the lot, its power and its guardrails", () => {
		expect(experimentDesign.safeParse(design).error).toBeUndefined();
		expect(design.strata.reduce((sum, { num_held_out }) => sum + num_held_out, 0)).toBe(design.num_held_out);
		expect(design.num_held_out / design.num_units).toBeCloseTo(0.2, 1);
		expect(design.guardrails.map(({ rule }) => rule)).toEqual([
			"rep_share",
			"rep_value",
			"stratum_share",
			"phase_floor",
			"longest_silence",
			"balance",
		]);
		expect(formatDesign(design)).toContain("least effect found");
		// (1.645 + 0.842) deviations over the root of the arms' sizes
		const [{ deviation, minimum_detectable: least }] = design.power;
		const arms = Math.sqrt(1 / design.num_held_out + 1 / (design.num_units - design.num_held_out));
		expect(least / (2.4865 * deviation * arms)).toBeCloseTo(1, 2);
	});

	it("rests on nothing dated on its first day or later", () => {
		for (const how of ["deleted", "shuffled"] as const) expect(designExperiment(spoiledFrom(past, FROM, how), options)).toEqual(design);
	});

	it("is refused where no stratum would have two customers in both arms, since nothing could be reported of it", () => {
		const customers = Array.from({ length: 60 }, (_, i) => ({ customer_id: `C${i}`, rep_id: `R${i % 2}` }));
		const orders = customers.map(({ customer_id }) => {
			return { order_id: `O-${customer_id}`, customer_id, ordered_on: formatDay(FROM - 10), product_id: "P", quantity: 1, net_value: 100 };
		});
		const reps = [0, 1].map((n) => ({ rep_id: `R${n}`, kind: "field_employee" }));
		const portfolio = portfolioOf({ customers, orders, reps, products: [{ product_id: "P" }] });
		// Thirds of sixty customers: a twentieth of each is one.
		expect(() => designExperiment(portfolio, { ...options, share: 0.05 })).toThrow(
			/3 of 60 customers .* two at least in either arm of some stratum/,
		);
		expect(designExperiment(portfolio, options).num_held_out).toBe(12);
	});

	it("has the same strata in whatever order the customers come, also where many bought as much", () => {
		const customers = Array.from({ length: 12 }, (_, i) => ({ customer_id: `C${i}`, rep_id: "R1" }));
		const orders = customers.map(({ customer_id }) => {
			return { order_id: `O-${customer_id}`, customer_id, ordered_on: formatDay(FROM - 10), product_id: "P", quantity: 1, net_value: 100 };
		});
		const strataOf = (rows: typeof customers) => {
			const reps = [{ rep_id: "R1", kind: "field_employee" }];
			const portfolio = portfolioOf({ customers: rows, orders, reps, products: [{ product_id: "P" }] });
			const found = findParticipants(portfolio, buildHistory(portfolio, FROM), validatePolicy({}), { share: 1, leftOut: [] });
			return new Map(found.map(({ id, stratum }) => [id, stratum]));
		};
		expect(new Set(strataOf(customers).values()).size).toBe(3);
		expect(strataOf(customers.toReversed())).toEqual(strataOf(customers));
	});

	it("is stated by the last days on record where it begins after them, not by days without any orders yet", () => {
		const next = { ...options, from: MADE_AS_OF, to: MADE_AS_OF + 55 };
		const later = { ...next, from: MADE_AS_OF + 28, to: MADE_AS_OF + 83 };
		for (const unit of ["customer", "rep_day"] as const) {
			const [soon, planned] = [next, later].map((asked) => designExperiment(past, { ...asked, unit }).power[0]);
			expect(planned.baseline / soon.baseline).toBeCloseTo(1, 1);
			expect(planned.minimum_detectable / soon.minimum_detectable).toBeGreaterThan(0.7);
		}
	});

	it("goes by who owned each customer on the first day, as the assignments say, whatever the customers table does", () => {
		const { customers, assignments, reps } = past.tables;
		const owners = Array.from({ length: assignments.numRows }, (_, row) => row).filter(
			(row) => assignments.codes.role[row] === ASSIGNMENT_ROLES.indexOf("owner"),
		);
		expect(owners.length).toBeGreaterThan(100);
		// Nobody in the customers table; half of the owners of another rep, one that was so until the day before.
		const other = owners.filter((row) => row % 2 === 0).map((row) => assignments.refs.customer_id[row]);
		const moved = new Set(other);
		const [gone] = other;
		const rep_id = assignments.refs.rep_id.map((rep, row) => (moved.has(assignments.refs.customer_id[row]) ? 1 : rep));
		const valid_to = assignments.days.valid_to.map((day, row) => (assignments.refs.customer_id[row] === gone ? FROM - 1 : day));
		const tables = {
			...past.tables,
			customers: { ...customers, refs: { ...customers.refs, rep_id: new Int32Array(customers.length).fill(-1) } },
			assignments: { ...assignments, refs: { ...assignments.refs, rep_id }, days: { ...assignments.days, valid_to } },
		};
		const history = buildHistory(past, FROM);
		const leftOut = findLeftOut({ ...past, tables }, history);
		const named = (row: number) => customers.texts.customer_id.at(row) ?? "";
		expect(leftOut).toContain(named(gone));
		const policy = validatePolicy(past.policy);
		const found = findParticipants({ ...past, tables }, history, policy, { share: 0.2, leftOut });
		expect(found.length).toBeGreaterThan(80);
		const ownerOf = new Map(owners.map((row) => [assignments.refs.customer_id[row], rep_id[row]]));
		for (const { customer, rep, stratum } of found) {
			expect(rep).toBe(ownerOf.get(customer));
			expect([reps.texts.rep_id.at(rep), "other"]).toContain(stratum.split(" ")[0]);
		}
		const countOf = (asked: Portfolio) =>
			findRepDays(asked, policy, findParticipants(asked, history, policy, { share: 1, leftOut }), FROM, FROM + 13).length;
		expect(countOf({ ...past, tables })).toBeGreaterThan(0);
	});

	it("refuses days and shares that make no sense", () => {
		expect(() => designExperiment(past, { ...options, to: FROM - 1 })).toThrow(/--to is .*; expected/);
		expect(() => designExperiment(past, { ...options, share: 0.7 })).toThrow(/--share is 0.7; expected/);
		// Names that a policy would refuse, once the lot is laid over it.
		for (const experiment of ["", "x".repeat(101)])
			expect(() => designExperiment(past, { ...options, experiment })).toThrow(/the name has \d+ signs; expected 1 to 100/);
	});
});

describe("the report of an experiment", () => {
	it("shows no effect where the reps never knew of the lot, that they contacted it, and who is not ready", () => {
		const report = reportExperiment(held([{ team_id: "T0001", stage: "advise" }]), {
			experiment: "autumn",
			asOf: MADE_AS_OF,
			numDraws: 199,
		});
		expect(experimentReport.safeParse(report).error).toBeUndefined();
		expect(report).toMatchObject({ num_units: design.num_units, num_held_out: design.num_held_out, is_over: true, notes: [] });
		expect(report.uplift.map(({ verdict }) => verdict)).toEqual([
			"no_effect_shown",
			"no_effect_shown",
			"no_effect_shown",
			"no_effect_shown",
		]);
		expect(report.guardrails[0]).toMatchObject({ rule: "contamination", is_met: false });
		expect(report.ladder.every(({ is_ready }) => !is_ready)).toBe(true);
		const own = report.ladder.find(({ team_id }) => team_id === "T0001");
		expect(own).toMatchObject({ stage: "advise", next: "plan" });
		// All participants are of the one team: what is its own is the company's.
		expect(own?.uplift).toEqual(report.uplift);
		expect(own?.evidence.map(({ rule }) => rule)).toEqual(["over", "guardrails", "no_loss", "team_obeyed", "team_no_loss", "gain"]);
		expect(formatExperiment(report)).toContain("no effect shown");
	});

	it("tells the means of both arms as a walk over all lines does", () => {
		const { orders, products } = past.tables;
		const policy = validatePolicy(past.policy);
		const [{ left_out: leftOut }] = validatePolicy(design.policy).hold_outs;
		const drawn = new Set(validatePolicy(design.policy).hold_outs[0].customers);
		const units = findParticipants(past, buildHistory(past, FROM), policy, { share: options.share, leftOut });
		const isSeen = (stratum: string): boolean =>
			[true, false].every((arm) => units.filter((unit) => unit.stratum === stratum && drawn.has(unit.id) === arm).length >= 2);
		const known = units.filter(({ stratum }) => isSeen(stratum));
		const end = options.to + 1;
		const outcomeOf = (customer: number) => {
			const [days, bought] = [new Set<number>(), new Set<number>()];
			let [revenue, margin] = [0, 0];
			for (let row = 0; row < orders.numRows; row++) {
				const day = orders.days.ordered_on[row];
				const status = ORDER_STATUS[orders.codes.status[row]];
				if (orders.refs.customer_id[row] !== customer || day < FROM || day >= end || status === "cancelled" || status === "cut") continue;
				const rate = products.numbers.margin_rate[orders.refs.product_id[row]];
				const net = orders.numbers.net_value[row];
				revenue += net;
				margin += Number.isNaN(orders.numbers.margin[row]) ? net * rate : orders.numbers.margin[row];
				if (!(orders.numbers.quantity[row] > 0) || orders.codes.kind[row] !== 0) continue;
				days.add(day);
				bought.add(orders.refs.product_id[row]);
			}
			const isPositivated = revenue >= 100 * policy.positivation.min_value && bought.size >= policy.positivation.min_products;
			return { revenue, margin, orders: days.size, positivation: Number(isPositivated) };
		};
		const seen = known.map(({ id, customer }) => ({ isHeldOut: drawn.has(id), ...outcomeOf(customer) }));
		const { uplift } = reportExperiment(held(), { experiment: "autumn", asOf: MADE_AS_OF, numDraws: 19 });
		for (const { metric, planned, held_out } of uplift) {
			const mean = (arm: boolean): number => {
				const own = seen.filter(({ isHeldOut }) => isHeldOut === arm);
				return own.reduce((sum, row) => sum + row[metric], 0) / own.length;
			};
			expect(planned / mean(false), metric).toBeCloseTo(1, 9);
			expect(held_out / mean(true), metric).toBeCloseTo(1, 9);
		}
		expect(uplift).toHaveLength(4);
	});

	it("is not moved by anything dated on its day or later, and says that it looks early", () => {
		const asOf = FROM + 40;
		const ask = (portfolio: Portfolio) => reportExperiment(portfolio, { experiment: "autumn", asOf, numDraws: 49 });
		const known = ask(held());
		expect(known.notes.map(({ code }) => code)).toEqual(["NOT_OVER"]);
		for (const how of ["deleted", "shuffled"] as const) expect(ask(spoiledFrom(held(), asOf, how))).toEqual(known);
	});

	it("refuses an experiment that is not there, or has not begun", () => {
		expect(() => reportExperiment(past, { experiment: "autumn", asOf: MADE_AS_OF })).toThrow(/has no experiment autumn/);
		expect(() => reportExperiment(held(), { experiment: "autumn", asOf: FROM })).toThrow(`begins on ${formatDay(FROM)}`);
	});
});
