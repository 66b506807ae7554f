import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Told } from "../../engine/index.ts";
import { type Html, html, rawHtml } from "./html.ts";
import { LANGUAGES, type Speech } from "./speech.ts";

const STYLE = readFileSync(new URL("style.css", import.meta.url), "utf8");
const STYLE_DIGEST = createHash("sha256").update(STYLE).digest("base64");

/** What a page may load: its own style and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_DIGEST}'; base-uri 'none'; form-action 'none'`;

/** A part of a page with a heading, reached from the contents. */
export interface Section {
	readonly id: string;
	readonly title: string;
	readonly body: Html;
}

/** Where the links of a page lead. In a file written for reading offline there is nothing to lead to. */
export interface Links {
	/** Address of the same page in another language. */
	readonly language: (language: string) => string;
	/** The pages about the same portfolio. */
	readonly pages: readonly { readonly told: Told; readonly href: string; readonly isHere: boolean }[];
	/** Address of the customers behind a row of one of the monitor's figures, by its cells. */
	readonly customers: (figure: string, cells: Readonly<Record<string, string>>) => string | null;
}

export interface PageParts {
	readonly title: string;
	/** What and when, below the title. */
	readonly lead: string;
	readonly warnings?: readonly string[];
	/** What stands before the first section. */
	readonly opening?: Html;
	readonly sections: readonly Section[];
	/** Names and values of what the figures rest on. */
	readonly receipt: readonly (readonly [name: string, value: string])[];
}

const WORDS = {
	skip: { pt: "Ir ao conteúdo", en: "Skip to the content" },
	contents: { pt: "Nesta página", en: "On this page" },
	pages: { pt: "Páginas", en: "Pages" },
	languages: { pt: "Idioma", en: "Language" },
	warnings: { pt: "Antes de confiar nos números", en: "Before trusting the figures" },
	receipt: { pt: "De onde vêm os números", en: "What the figures rest on" },
} as const;
const NAMES: Readonly<Record<string, string>> = { "pt-BR": "Português", en: "English" };

/** A whole page: no script, nothing loaded from elsewhere; it reads on a phone, on a wide screen, in the dark and on paper. */
export function renderPage(speech: Speech, parts: PageParts, links: Links | null): string {
	const { tell, language } = speech;
	const { title, lead, warnings = [], opening, sections, receipt } = parts;
	const page = html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${rawHtml(PAGE_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Carteira</title>
<style>${rawHtml(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">${tell(WORDS.skip)}</a>
<header>
<div class="top"><span class="brand">Carteira</span>${links && links.pages.length > 0 && pagesNav(speech, links)}${links && languageNav(speech, links)}</div>
<h1>${title}</h1>
<p class="lead">${lead}</p>
<nav class="contents" aria-label="${tell(WORDS.contents)}"><ul>${sections.map(({ id, title: name }) => html`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
</header>
<main id="content" tabindex="-1">
${warnings.length > 0 && html`<div class="note" role="note" aria-label="${tell(WORDS.warnings)}"><ul>${warnings.map((text) => html`<li>${text}</li>`)}</ul></div>`}
${opening}
${sections.map(({ id, title: name, body }) => html`<section id="${id}" aria-labelledby="${id}-title" class="block"><h2 id="${id}-title">${name}</h2>${body}</section>\n`)}
</main>
<footer><p>${tell(WORDS.receipt)}</p><dl>${receipt.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></footer>
</body>
</html>
`;
	return page.markup;
}

function pagesNav({ tell }: Speech, { pages }: Links): Html {
	const items = pages.map(
		({ told, href, isHere }) => html`<li><a href="${href}"${isHere && rawHtml(' aria-current="page"')}>${tell(told)}</a></li>`,
	);
	return html`<nav aria-label="${tell(WORDS.pages)}"><ul>${items}</ul></nav>`;
}

function languageNav({ tell, language }: Speech, links: Links): Html {
	const others = LANGUAGES.filter((other) => other !== language);
	const items = others.map(
		(other) => html`<li><a href="${links.language(other)}" lang="${other}" hreflang="${other}">${NAMES[other]}</a></li>`,
	);
	return html`<nav aria-label="${tell(WORDS.languages)}"><ul>${items}</ul></nav>`;
}
