import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PAGE_POLICY } from "../../../server/pages/frame.ts";
import { html } from "../../../server/pages/html.ts";
import { monitorPage } from "../../../server/pages/monitor-page.ts";
import { drawPlot } from "../../../server/pages/plot.ts";
import { chooseLanguage, createSpeech, LANGUAGES } from "../../../server/pages/speech.ts";
import { reviewPage } from "../../../server/pages/review-page.ts";
import { repNames } from "../../../server/pages/rep-names.ts";
import { linksOf } from "../../../server/http/send-page.ts";
import { tellCode } from "../../../server/pages/words-codes.ts";
import { SAMPLE_MONITOR, SAMPLE_REVIEW } from "./sample-documents.ts";
import { SAMPLE_LINKS, SAMPLE_PAGES } from "./sample-pages.ts";

describe.each(LANGUAGES)("pages in %s", (language) => {
	const speech = createSpeech(language, "BRL");

	it.each(SAMPLE_PAGES)("%s loads nothing, runs nothing and shows names as text", async (_, render) => {
		const page = await render(speech);
		expect(/<(script|img|link|iframe|object)\b|\son\w+=|\sstyle="|url\(/i.exec(page)?.[0]).toBeUndefined();
		expect(page.includes("&lt;script&gt;")).toBe(true);
		const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? "";
		expect(PAGE_POLICY).toContain(`'sha256-${createHash("sha256").update(style).digest("base64")}'`);
	});

	it.each(SAMPLE_PAGES)(
		"%s has the landmarks, a caption and scopes for each table, words for each plot, and no name twice",
		async (_, render) => {
			const page = await render(speech);
			const count = (pattern: RegExp): number => page.match(pattern)?.length ?? 0;
			expect([count(/<main /g), count(/<h1>/g), count(/<html lang="/g)]).toEqual([1, 1, 1]);
			expect(page.includes(`<html lang="${language}">`)).toBe(true);
			expect(count(/<table>/g)).toBeGreaterThan(1);
			expect(count(/<caption>[^<]+<\/caption>/g)).toBe(count(/<table>/g));
			expect(count(/<th[ >]/g)).toBe(count(/<th scope="(col|row)"/g));
			expect(count(/<div role="img" aria-label="[^"]+">/g)).toBe(count(/<figure>/g));
			const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
			expect(new Set(ids).size).toBe(ids.length);
			for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
			expect(/undefined|NaN|\[object/.exec(page)?.[0]).toBeUndefined();
		},
	);
});

describe("the monitor's page", () => {
	it("leads from every row to its customers, and nowhere in a file", async () => {
		const speech = createSpeech("en", "BRL");
		const served = await monitorPage(speech, SAMPLE_MONITOR, SAMPLE_LINKS);
		expect(served.includes('href="/monitor/customers/customers?phase=active&amp;class=A"')).toBe(true);
		expect((await monitorPage(speech, SAMPLE_MONITOR, null)).includes('href="/')).toBe(false);
	});

	it("writes the same figures in both languages, each in its own way", async () => {
		const [pt, en] = [createSpeech("pt-BR", "BRL"), createSpeech("en", "BRL")];
		expect(/Cobertura<[^]{0,40}83,4%/.test(await monitorPage(pt, SAMPLE_MONITOR, null))).toBe(true);
		expect(/Coverage<[^]{0,40}83\.4%/.test(await monitorPage(en, SAMPLE_MONITOR, null))).toBe(true);
	});
});

it("what rounds to nothing has no sign", () => {
	for (const language of LANGUAGES) {
		const { count, decimal, share, money, hours } = createSpeech(language, "BRL");
		const shown = [count(-0.3), decimal(-0.04), share(-1e-9), money(-0), hours(-1)];
		expect(shown.filter((text) => /[-\u2212]/.test(text))).toEqual([]);
		expect(decimal(-0.06)).toMatch(/^-0[.,]1$/);
	}
});

it("the language is what was asked for, else what the browser prefers, else the policy's, else English", () => {
	expect(chooseLanguage("en", "pt-BR", "pt-BR")).toBe("en");
	expect(chooseLanguage(undefined, "de, pt;q=0.8, en;q=0.5", "en")).toBe("pt-BR");
	expect(chooseLanguage(undefined, undefined, "pt-BR")).toBe("pt-BR");
	expect(chooseLanguage(undefined, "de", "fr")).toBe("en");
});

it("links between pages carry on what the next page knows: the plan, but not that there shall be none", () => {
	const hrefOf = (plan: string, id: string): string | undefined =>
		linksOf("acme", "monitor", { as_of: "2026-11-23", plan }).pages.find(({ href }) => href.includes(`/${id}`))?.href;
	expect(hrefOf("p1", "forecast")).toBe("/v1/portfolios/acme/forecast?as_of=2026-11-23&plan=p1");
	expect(hrefOf("none", "forecast")).toBe("/v1/portfolios/acme/forecast?as_of=2026-11-23");
	expect(hrefOf("none", "monitor")).toBe("/v1/portfolios/acme/monitor?as_of=2026-11-23&plan=none");
});

it("a review's warnings are told in the language of its page", async () => {
	const [pt, en] = [createSpeech("pt-BR", "BRL"), createSpeech("en", "BRL")];
	expect(await reviewPage(pt, SAMPLE_REVIEW, null)).toContain("<li>Não há contatos: atendimento e pisos não podem ser avaliados.</li>");
	expect(await reviewPage(en, SAMPLE_REVIEW, null)).toContain("<li>There are no contacts: service and floors cannot be judged.</li>");
});

it("reps of one name are told apart, so that no plot adds up their loads", () => {
	const reps = [
		{ rep_id: "R1", name: "Ana" },
		{ rep_id: "R2", name: "Ana" },
		{ rep_id: "R3", name: "Bia" },
		{ rep_id: "R4", name: null },
	];
	expect([...repNames(reps).values()]).toEqual(["Ana (R1)", "Ana (R2)", "Bia", "R4"]);
});

it("a code is told in words where it has some, and as it is where it only looks like something of the language of programs", async () => {
	const words = ["constructor", "toString", "__proto__", "hasOwnProperty", ""];
	for (const language of LANGUAGES) {
		const speech = createSpeech(language, "BRL");
		for (const word of words) expect(tellCode(speech, "objection", word)).toBe(word);
		expect(tellCode(speech, "phase", "active")).not.toBe("active");
		const { total } = SAMPLE_MONITOR;
		const objections = words.map((objection) => ({ objection, customers: 1, contacts: 1, revenue_cents: 100 }));
		const document = { ...SAMPLE_MONITOR, total: { ...total, figures: { ...total.figures, objections } } };
		expect(await monitorPage(speech, document, null)).toContain("constructor");
	}
});

it("markup is made of text that cannot be markup", () => {
	expect(html`<p title="${'"x"'}">${"<b>&</b>"}${[html`<i>${1}</i>`, null, false]}</p>`.markup).toBe(
		'<p title="&quot;x&quot;">&lt;b&gt;&amp;&lt;/b&gt;<i>1</i></p>',
	);
});

describe("a plot", () => {
	const speech = createSpeech("en", "BRL");

	it("shows names that look like attributes as they are, and hides no mark behind them", async () => {
		const rows = ['Ana class="x', 'B role="" & C', "Cai"].map((name, i) => ({ name, value: i + 1, label: `${i}` }));
		const { markup } = await drawPlot(speech, { kind: "bars", rows });
		const texts = [...markup.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
		expect(texts.slice(0, 6)).toEqual(['Ana class="x', 'B role="" &amp; C', "Cai", "0", "1", "2"]);
		expect(/<[^>]* (class|role)=/.exec(markup.replaceAll(/<div class="(plot|narrow|roomy)">/g, ""))).toBeNull();
	});

	it("has an axis of numbers where nothing came", async () => {
		for (const value of [0, 5]) {
			const ranges = [{ name: "a", series: "b", mean: value, lower: value, upper: null }];
			for (const zero of [true, false]) {
				const { markup } = await drawPlot(speech, { kind: "ranges", rows: ranges, format: "number", zero });
				expect(markup).not.toContain("NaN");
			}
			const columns = ["a", "b"].map((name) => ({ name, value }));
			expect((await drawPlot(speech, { kind: "columns", rows: columns, isStacked: false, format: "number" })).markup).not.toContain("NaN");
		}
		expect(
			(await drawPlot(speech, { kind: "columns", rows: [{ name: "a", value: 0 }], isStacked: true, format: "share" })).markup,
		).not.toContain("NaN");
	});
});
