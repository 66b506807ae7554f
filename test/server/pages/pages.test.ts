import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { PAGE_POLICY } from "../../../server/pages/frame.ts";
import { html } from "../../../server/pages/html.ts";
import { monitorPage } from "../../../server/pages/monitor-page.ts";
import { chooseLanguage, createSpeech, LANGUAGES } from "../../../server/pages/speech.ts";
import { SAMPLE_MONITOR } from "./sample-documents.ts";
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

it("the language is what was asked for, else what the browser prefers, else the policy's, else English", () => {
	expect(chooseLanguage("en", "pt-BR", "pt-BR")).toBe("en");
	expect(chooseLanguage(undefined, "de, pt;q=0.8, en;q=0.5", "en")).toBe("pt-BR");
	expect(chooseLanguage(undefined, undefined, "pt-BR")).toBe("pt-BR");
	expect(chooseLanguage(undefined, "de", "fr")).toBe("en");
});

it("markup is made of text that cannot be markup", () => {
	expect(html`<p title="${'"x"'}">${"<b>&</b>"}${[html`<i>${1}</i>`, null, false]}</p>`.markup).toBe(
		'<p title="&quot;x&quot;">&lt;b&gt;&amp;&lt;/b&gt;<i>1</i></p>',
	);
});
