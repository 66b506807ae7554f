import { beforeAll, describe, expect, it } from "vitest";
import type { Portfolio } from "../../../engine/index.ts";
import { validatePolicy } from "../../../engine/index.ts";
import { CUSTOMER_STATUS } from "../../../engine/portfolio/schema.ts";
import { designExperiment } from "../../../models/experiment/design.ts";
import { reportExperiment } from "../../../models/experiment/report.ts";
import { customerTrial } from "../../../models/experiment/trial.ts";
import { MADE_AS_OF, madePast } from "../backtest/made-past.ts";

const FROM = MADE_AS_OF - 60;
const CLOSED = CUSTOMER_STATUS.indexOf("closed");
const options = { experiment: "autumn", from: FROM, to: MADE_AS_OF - 1, share: 0.12, seed: 3 };
let past: Portfolio;
beforeAll(async () => {
	past = await madePast(150, 2, 12);
});

/** The portfolio with a policy's fields laid over it and some customers, by row, with another status. */
function turned(fields: object, rows: ReadonlySet<number>, status: number): Portfolio {
	const { customers } = past.tables;
	const codes = { ...customers.codes, status: customers.codes.status.map((own, row) => (rows.has(row) ? status : own)) };
	return {
		...past,
		tables: { ...past.tables, customers: { ...customers, codes } },
		policy: { ...(past.policy as object), ...fields },
	};
}

const holdOutOf = ({ policy }: Portfolio) => validatePolicy(policy).hold_outs[0];

describe("who takes part in an experiment", () => {
	it("stays in it when it closes later: were those left out whom withheld contact drove away, the arms would no longer be alike", () => {
		const { policy } = designExperiment(past, options);
		const ask = (portfolio: Portfolio) => reportExperiment(portfolio, { experiment: "autumn", asOf: MADE_AS_OF, numDraws: 99 });
		const open = turned(policy, new Set(), CLOSED);
		const heldOut = customerTrial(open, holdOutOf(open), MADE_AS_OF, MADE_AS_OF)
			.rowsOf("orders")
			.filter(({ isHeldOut }) => isHeldOut);
		const least = heldOut.toSorted((a, b) => a.outcome - b.outcome).slice(0, 5);
		expect(least).toHaveLength(5);
		const ids = new Set(least.map(({ id }) => id));
		const { customer_id: idOf } = past.tables.customers.texts;
		const rows = Array.from({ length: past.tables.customers.numRows }, (_, row) => row).filter((row) => ids.has(idOf.at(row) ?? ""));
		expect(ask(turned(policy, new Set(rows), CLOSED))).toEqual(ask(open));
	});

	it("is nobody who was closed when the lot was drawn, though it opens again", () => {
		const rows = new Set([0, 1, 2, 3, 4, 5, 6, 7]);
		const closed = turned({}, rows, CLOSED);
		const { policy, num_units } = designExperiment(closed, options);
		const before = designExperiment(past, options);
		expect(num_units).toBeLessThan(before.num_units);
		const reopened = turned(policy, rows, CUSTOMER_STATUS.indexOf("open"));
		const units = customerTrial(reopened, holdOutOf(reopened), MADE_AS_OF, MADE_AS_OF).rowsOf("orders");
		expect(units.length).toBe(num_units);
		const ids = new Set(units.map(({ id }) => id));
		for (const row of rows) expect(ids.has(past.tables.customers.texts.customer_id.at(row) ?? "")).toBe(false);
	});

	it("is judged in the strata of the draw, whatever share of them the lot came to", () => {
		let numOther = 0;
		for (let seed = 1; seed <= 4; seed++)
			for (const share of [0.1, 0.12, 0.14]) {
				const { strata, policy, num_held_out: drawn, num_units: all } = designExperiment(past, { ...options, seed, share });
				const portfolio = turned(policy, new Set(), CLOSED);
				const units = customerTrial(portfolio, holdOutOf(portfolio), MADE_AS_OF, MADE_AS_OF).rowsOf("margin");
				const found = [...Map.groupBy(units, ({ stratum }) => stratum)].map(([name, own]) => ({
					name,
					num_units: own.length,
					num_held_out: own.filter(({ isHeldOut }) => isHeldOut).length,
				}));
				expect(found).toEqual(strata);
				numOther += Number(Math.abs(drawn / all - share) > 1e-9);
			}
		expect(numOther).toBeGreaterThan(5); // a realised share that is the one asked for would tell nothing
	});
});
