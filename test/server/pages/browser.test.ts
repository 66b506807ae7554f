import { accessSync, constants, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { PAGE_POLICY } from "../../../server/pages/frame.ts";
import { createSpeech, LANGUAGES, type Language } from "../../../server/pages/speech.ts";
import { SAMPLE_PAGES } from "./sample-pages.ts";

const WIDTHS = [390, 1440] as const;
/** A4 at 96 pixels an inch, less the margins of the print style. */
const PAPER = 688;
/** Pixels below which a letter cannot be read, and by which rounding may push one over an edge. */
const LEAST_LETTER = 11;
const EDGE = 1;
/** What runs in the page, as text: its types are not this project's. */
const PROBES = readFileSync(new URL("browser-probes.js", import.meta.url), "utf8");
const ORIGIN = "http://carteira.test";

const executablePath = findBrowser();
if (executablePath === null && process.env.CI) throw new Error("Chromium is not installed: pages cannot be checked in a browser");
if (executablePath === null) console.warn("Chromium is not installed: pages are NOT checked in a browser");

function findBrowser(): string | null {
	const names = ["chromium", "chromium-browser", "google-chrome"];
	const paths = (process.env.PATH ?? "").split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)));
	return paths.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
	try {
		accessSync(path, constants.X_OK);
		return true;
	} catch {
		return false;
	}
}

describe.skipIf(executablePath === null)("pages in a real browser", () => {
	let browser: Browser;
	/** A window each, without JavaScript and with it; what is opened takes the place of what was there. */
	let windows: readonly [silent: Page, scripted: Page];
	const pages = new Map<string, string>();
	let complaints: string[] = [];
	let body = "";

	beforeAll(async () => {
		browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
		windows = [await newWindow(false), await newWindow(true)];
		for (const [name, render] of SAMPLE_PAGES)
			for (const language of LANGUAGES) pages.set(`${name} ${language}`, await render(createSpeech(language, "BRL")));
	});
	afterAll(() => browser?.close());

	async function newWindow(javaScriptEnabled: boolean): Promise<Page> {
		const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
		page.on("console", (message) => complaints.push(message.text()));
		page.on("request", (request) => request.url() !== `${ORIGIN}/page` && complaints.push(`asked for ${request.url()}`));
		const headers = { "content-type": "text/html; charset=utf-8", "content-security-policy": PAGE_POLICY };
		await page.route(`${ORIGIN}/page`, (route) => route.fulfill({ headers, body }));
		return page;
	}

	/** A page as a server sends it, without JavaScript; what the browser complains of from here on is in `complaints`. */
	async function open(
		name: string,
		language: Language,
		options: { width: number; colorScheme?: "dark" | "light"; media?: "print"; hasScripts?: boolean },
	): Promise<Page> {
		const { width, colorScheme = "light", media = null, hasScripts = false } = options; // axe needs timers
		const page = windows[hasScripts ? 1 : 0];
		complaints = [];
		body = pages.get(`${name} ${language}`) ?? "";
		await page.setViewportSize({ width, height: 900 });
		await page.emulateMedia({ colorScheme, media });
		await page.goto(`${ORIGIN}/page`);
		await page.evaluate(PROBES);
		return page;
	}

	describe.each(SAMPLE_PAGES.map(([name]) => name))("%s", (name) => {
		it.each(LANGUAGES.flatMap((language) => WIDTHS.map((width) => ({ language, width }))))(
			"in $language at $width px does not overflow, and every letter of its plots can be read",
			async ({ language, width }) => {
				const page = await open(name, language, { width });
				expect(await overflowOf(page)).toBe(0);
				await openEverything(page);
				expect(await overflowOf(page)).toBe(0);
				const { numTexts, faults } = await lettersOf(page);
				if (name !== "experiment design") expect(numTexts).toBeGreaterThan(3); // which is tables alone
				expect(faults).toEqual([]);
				expect(complaints).toEqual([]);
			},
		);

		// What is not a matter of colour is the same in both.
		it.each([
			["light", null],
			["dark", "cat.color"],
		] as const)("has no fault that axe knows, in %s colours", async (colorScheme, tag) => {
			const page = await open(name, "pt-BR", { width: 390, colorScheme, hasScripts: true });
			await openEverything(page);
			expect(await faultsOf(page, tag)).toEqual([]);
			expect(await plotContrasts(page)).toEqual([]);
		});

		it("reaches every link and everything that opens by Tab, each with a visible focus", async () => {
			const page = await open(name, "en", { width: 390 });
			const wanted = await page.locator("a[href]:visible, summary:visible, a.skip").count();
			const reached = new Set<string>();
			const hidden: string[] = [];
			for (let i = 0; i < 2 * wanted + 60; i++) {
				await page.keyboard.press("Tab");
				const focus = await focusOf(page);
				if (focus === null) break;
				if (!focus.isVisible) hidden.push(focus.key);
				if (focus.counts) reached.add(focus.key);
			}
			expect(hidden).toEqual([]);
			expect(reached.size).toBe(wanted);
		});

		it("on paper shows the tables behind its plots, and cuts nothing off", async () => {
			const page = await open(name, "pt-BR", { width: PAPER, media: "print" });
			expect(await overflowOf(page)).toBe(0);
			expect(await numHiddenTables(page)).toBe(0);
		});
	});
});

/** Pixels by which a page is wider than its window. */
const overflowOf = (page: Page): Promise<number> => page.evaluate("probes.overflowOf()");
const openEverything = (page: Page): Promise<void> => page.evaluate("probes.openEverything()");
/** Letters of plots that are too small, or stick out of their plot. */
const lettersOf = (page: Page): Promise<{ numTexts: number; faults: string[] }> =>
	page.evaluate(`probes.lettersOf(${LEAST_LETTER}, ${EDGE})`);
/** Marks and letters of plots that stand out too little from their card. */
const plotContrasts = (page: Page): Promise<string[]> => page.evaluate("probes.plotContrasts()");
/** What has the focus: null for nothing any more. Links and what opens count; regions that scroll are reached too. */
const focusOf = (page: Page): Promise<{ key: string; counts: boolean; isVisible: boolean } | null> => page.evaluate("probes.focusOf()");
const numHiddenTables = (page: Page): Promise<number> => page.evaluate("probes.numHiddenTables()");

/** Faults by the rules with a tag, or by all. */
async function faultsOf(page: Page, tag: string | null): Promise<string[]> {
	await page.evaluate(axe.source);
	const options = JSON.stringify({ resultTypes: ["violations"], ...(tag !== null && { runOnly: [tag] }) });
	const found: { id: string; nodes: { html: string }[] }[] = await page.evaluate(
		`axe.run(document, ${options}).then(({ violations }) => violations)`,
	);
	return found.map(({ id, nodes }) => `${id}: ${nodes.length} × ${nodes[0].html.slice(0, 200)}`);
}
