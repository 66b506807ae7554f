import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createEngine, type Engine, type Entry, parseDay, type Portfolio, readPortfolio } from "../../engine/index.ts";
import { generate } from "../../models/generator/generate.ts";

let folder: string;
let engine: Engine;
let portfolio: Portfolio;
const asOf = parseDay("2026-11-23");
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "carteira-sentences-"));
	await generate({ customers: 700, reps: 5, seed: 31, asOf, format: "csv", out: folder });
	portfolio = await readPortfolio(folder);
	engine = await createEngine({ threads: 2 });
});
afterAll(async () => {
	await engine.close();
	await rm(folder, { recursive: true });
});

/** A phrase with figures, and what its figures must be by the entry's data. */
type Phrase = readonly [words: RegExp, figures: (entry: Entry) => readonly (number | string | null)[]];

const whole = (cents: number | null): number | null => (cents === null ? null : Math.round(cents / 100));
const monthAndDay = (date: string | null): string[] => [date?.slice(5, 7) ?? "", date?.slice(8) ?? ""];
const dayAndMonth = (date: string | null): string[] => monthAndDay(date).reverse();
const interval = ({ brief }: Entry): number | null =>
	brief.expected_interval_days === null ? null : Math.round(brief.expected_interval_days);
const offered = ({ products }: Entry): number => products.reduce((sum, { expected_cents }) => sum + expected_cents, 0);

const phrasesOf = (money: string, words: Record<string, string>, date: (date: string | null) => string[]): readonly Phrase[] => {
	const say = (key: string): RegExp => new RegExp(words[key].replaceAll("$", money).replaceAll("#", "(\\d+)"), "i");
	return [
		[say("rhythm"), (entry) => [interval(entry), entry.brief.days_since_last_order]],
		[say("last"), ({ brief }) => [brief.days_since_last_order]],
		[say("ticket"), ({ brief }) => [whole(brief.ticket_cents)]],
		[say("risk"), ({ churn_risk }) => [churn_risk === null ? null : Math.round(100 * churn_risk)]],
		[say("overdue"), ({ brief }) => [whole(brief.overdue_cents), brief.overdue_days]],
		[say("mix"), (entry) => [entry.products.length, whole(offered(entry))]],
		[say("orderBy"), ({ brief }) => [...date(brief.delivers_on), ...(brief.order_by?.slice(0, 5).split(":") ?? [])]],
		[say("delivery"), ({ brief }) => date(brief.delivers_on)],
	];
};

const LANGUAGES: Readonly<Record<string, readonly Phrase[]>> = {
	"pt-BR": phrasesOf(
		"R\\$ ([\\d.]+)",
		{
			rhythm: "compra a cada # dias e não compra há #",
			last: "última compra há # dias",
			ticket: "tíquete médio de $",
			risk: "risco de perda de #%",
			overdue: "$ vencidos há # dias",
			mix: "# produtos a oferecer, $ esperados",
			orderBy: "entrega em [^;]*?#/# com pedido até #:#",
			delivery: "entrega em [^;]*?#/#",
		},
		dayAndMonth,
	),
	"en-US": phrasesOf(
		"R\\$([\\d,]+)",
		{
			rhythm: "buys every # days, silent for #",
			last: "last order # days ago",
			ticket: "average ticket $",
			risk: "#% risk of losing it",
			overdue: "$(?: overdue for|,) # days",
			mix: "# products to offer, $ expected",
			orderBy: "delivered on [^;]*?#/# if ordered by #:#",
			delivery: "delivered on [^;]*?#/#",
		},
		monthAndDay,
	),
};

it.each(Object.entries(LANGUAGES))("every figure in the sentences of 1,000 entries is the data's, in %s", async (language, phrases) => {
	const plan = await engine.plan(portfolio, { asOf, iterations: 60, policy: { language } });
	const entries = plan.reps.flatMap(({ days }) => days.flatMap((day) => day.entries));
	expect(entries.length).toBeGreaterThanOrEqual(1000);
	const numSaid = phrases.map(() => 0);
	for (const entry of entries) {
		let rest = entry.reason;
		for (const [at, [words, figuresOf]] of phrases.entries()) {
			const match = words.exec(rest);
			if (!match) continue;
			numSaid[at]++;
			const said = match.slice(1).map((figure) => figure.replaceAll(/[.,]/g, ""));
			expect(said.map(Number), entry.reason).toEqual(figuresOf(entry).map(Number));
			rest = rest.replace(words, "");
		}
		// Nothing is said in figures but what was compared, and the terms are the value.
		expect(rest, entry.reason).not.toMatch(/\d/);
		expect(entry.terms.reduce((sum, { cents }) => sum + cents, 0)).toBe(entry.value_cents);
		for (const { reason } of entry.products) expect(["repeat", "due", "cross_sell", "campaign"]).toContain(reason);
	}
	expect(numSaid.filter((count) => count > 0).length).toBeGreaterThanOrEqual(6);
});
