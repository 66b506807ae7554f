import { beforeAll, describe, expect, it } from "vitest";
import { buildHistory } from "../../engine/portfolio/history.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { evaluate } from "../../models/evaluate.ts";
import { hasSeen, type OriginReport } from "../../models/evaluation/origin-report.ts";
import { formatEvaluation, renderEvaluation } from "../../models/report/evaluation-report.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { customersOf } from "../../models/churn/populations.ts";
import { parseDay } from "../../engine/units.ts";
import { LAST_DAY, portfolioOf, syntheticPortfolio } from "../scoring/synthetic-portfolio.ts";

const PUBLISHED = ["BG/NBD", "Pareto/NBD", "MBG/CNBD-k"];
const trade = syntheticPortfolio(400, 12);
let report: OriginReport;
let later: OriginReport;
beforeAll(async () => {
	[report, later] = await evaluate(trade, { origins: [LAST_DAY - 120, LAST_DAY - 30], baselines: true, model: defaultModelDir() });
});

describe("evaluate", () => {
	it("measures a model against baselines by what came after each origin", () => {
		expect(Object.keys(report.all.models)).toEqual(["model", ...PUBLISHED, "days since last order", "base rate"]);
		expect(report.all.models.model.auc).toBeGreaterThan(report.all.models["days since last order"].auc ?? 1);
		expect(report.all.models.model.logLoss).toBeLessThan(report.all.models["base rate"].logLoss ?? 0);
		expect(report.all.models["base rate"].auc).toBe(0.5);
		expect(report.mix.model.ndcg10).toBeGreaterThan(0.5);
		expect([report.isOver, later.isOver]).toEqual([true, false]);
	});

	it("measures the value that every model foretells, and the churners' sales that every ranking finds", () => {
		expect(Object.keys(report.value)).toEqual(["model", ...PUBLISHED, "last 90 days again"]);
		expect(Object.keys(report.capture)).toEqual(["model", ...PUBLISHED, "days since last order", "base rate"]);
		for (const { meanAbsoluteError, rootMeanSquare, bias, intervals } of Object.values(report.value)) {
			expect(rootMeanSquare).toBeGreaterThanOrEqual(meanAbsoluteError);
			expect(Math.abs(bias ?? 9)).toBeLessThan(1);
			expect(intervals.bias?.[0]).toBeLessThan(bias ?? 0);
			expect(intervals.bias?.[1]).toBeGreaterThan(bias ?? 0);
		}
	});

	it("puts every figure inside its interval, and the gain over a model is the difference of their losses", () => {
		const { models, intervals = {}, gains = {} } = report.all;
		for (const [name, { auc, logLoss }] of Object.entries(models)) {
			for (const [figure, interval] of [
				[auc, intervals[name].auc],
				[logLoss, intervals[name].logLoss],
			] as const) {
				if (figure === null) continue;
				expect(figure).toBeGreaterThanOrEqual(interval?.[0] ?? 1);
				expect(figure).toBeLessThanOrEqual(interval?.[1] ?? 0);
			}
		}
		expect(Object.keys(gains)).toEqual([...PUBLISHED, "base rate"]); // a ranking has no loss
		expect(gains["base rate"].mean).toBeCloseTo((models["base rate"].logLoss ?? 0) - (models.model.logLoss ?? 0), 10);
	});

	it("cuts the customers into parts whose counts and rates add up", () => {
		for (const by of ["class", "phase", "tenure"]) {
			const parts = report.slices.filter((slice) => slice.by === by);
			expect(parts.length).toBeGreaterThan(1);
			const count = parts.reduce((sum, { numCustomers }) => sum + numCustomers, 0);
			expect(count).toBeLessThanOrEqual(report.all.numCustomers);
			expect(count).toBeGreaterThan(report.all.numCustomers - 30 * 5); // five parts at most are too small to be told
		}
		expect(report.slices.some(({ by }) => by === "segment")).toBe(false); // orders alone know none
	});

	it("finds all churners among all customers, and none among none", () => {
		for (const found of Object.values(report.gains)) expect([found[0], found.at(-1)]).toEqual([0, 1]);
	});

	it("asks another horizon of all customers and the regulars", async () => {
		const [short] = await evaluate(trade, { origins: [LAST_DAY - 120], model: defaultModelDir(), horizonDays: 21 });
		expect(short.all.baseRate).toBeGreaterThan(report.all.baseRate); // fewer come back within 21 days than within 90
		expect(short.ownRhythm.baseRate).toBe(report.ownRhythm.baseRate);
	});

	it("takes returns off the value that came, also where they came on days of their own", async () => {
		const origin = LAST_DAY - 60;
		const { orders } = trade.tables;
		const lines = Array.from({ length: orders.numRows }, (_, row) => ({
			customer: orders.refs.customer_id[row],
			day: orders.days.ordered_on[row],
			product: orders.refs.product_id[row],
			value: orders.numbers.net_value[row],
		}));
		const returns = lines
			.filter(({ day }) => day >= origin)
			.map(({ day, value, ...line }) => ({ ...line, day: day + 1, quantity: -1, value: -value }));
		const [all] = await evaluate(portfolioOf([...lines, ...returns]), { origins: [origin], model: defaultModelDir() });
		expect(all.regulars.numCustomers).toBeGreaterThan(100);
		// everything came back, so that nothing is left for a bias to be measured against
		expect(all.value.model.bias).toBeNull();
		expect(all.slices.map(({ valueBias }) => valueBias)).toEqual(all.slices.map(() => null));
	});

	it("says which models have seen an origin's future: those of own orders that reach beyond it", async () => {
		const { manifest } = await readModelFolder(defaultModelDir());
		const story = { data: "", numEvents: 1, numCustomers: 1, from: "", to: "", origins: [], curve: [], seconds: 0 };
		const own = { ...manifest, asOf: "2026-05-02", training: story };
		expect([hasSeen(own, parseDay("2026-05-01")), hasSeen(own, parseDay("2026-05-02"))]).toEqual([true, false]);
		expect(hasSeen({ ...own, training: { ...story, synthetic: true } }, parseDay("2026-05-01"))).toBe(false);
		expect(hasSeen({ ...own, training: undefined }, parseDay("2026-05-01"))).toBe(true); // nothing says that it has not
	});
});

describe("the report", () => {
	it("says in text and on a page that an origin is not over", async () => {
		const words = "Less than the days asked about follow in the data";
		expect(formatEvaluation([report])).not.toContain(words);
		expect(formatEvaluation([report, later])).toContain(words);
		expect(await renderEvaluation([later])).toContain(words);
	});

	it("is one page that loads nothing, with a plot for reliability, gain, lift and the parts", async () => {
		const html = await renderEvaluation([report]);
		expect(html.match(/<svg/g)).toHaveLength(4);
		expect(html).not.toMatch(/<script|<link|src=|@import|url\((?!#)/);
		expect(html.replaceAll("http://www.w3.org/", "")).not.toContain("http");
	});

	it("shows names as text whatever is in them", async () => {
		const [slice] = report.slices;
		const odd = { ...report, slices: [{ ...slice, by: "segment", name: '<img src=x onerror="alert(1)">&' }] };
		const html = await renderEvaluation([odd]);
		expect(html).not.toContain("<img");
		expect(html).toContain("&lt;img");
	});

	it("of customers that all came back draws no share of the churners", async () => {
		const weekly = Array.from({ length: 1000 }, (_, i) => ({ customer: i % 20, day: LAST_DAY - 1 - 7 * Math.floor(i / 20) }));
		const loyal = portfolioOf(weekly.map((line) => ({ ...line, product: 1, value: 100 })));
		const [came] = await evaluate(loyal, { origins: [LAST_DAY - 120], model: defaultModelDir() });
		expect(came.all).toMatchObject({ numCustomers: 20, baseRate: 0 });
		const html = await renderEvaluation([came]);
		expect(html).toContain("<svg");
		expect(html).not.toContain("NaN");
	});

	it("of an origin before the first order has no figures to show", async () => {
		const [empty] = await evaluate(trade, { origins: [LAST_DAY - 2000], model: defaultModelDir(), baselines: true });
		expect(customersOf(buildHistory(trade, LAST_DAY - 2000), 1)).toEqual([]);
		expect(empty.all).toMatchObject({ numCustomers: 0, models: { model: { auc: null, logLoss: null, brier: null, ece: null } } });
		expect(await renderEvaluation([empty])).not.toContain("NaN");
		expect(formatEvaluation([empty])).not.toContain("NaN");
	});
});
