import type { Told } from "../../engine/index.ts";
import { type Html, html, rawHtml } from "./html.ts";
import { drawPlot, type PlotSpec } from "./plot.ts";
import type { Speech } from "./speech.ts";

/** A cell of a table: its text, and where it leads or how it is to be taken. */
export interface Cell {
	readonly text: string;
	/** Below the text, smaller. */
	readonly aside?: string;
	readonly href?: string | null;
	readonly tone?: "good" | "bad";
}

/** A table for people. The first cell of every row names it; `isText` columns stand to the left. */
export interface Sheet {
	readonly caption: string;
	readonly columns: readonly { readonly head: string; readonly isText?: boolean }[];
	readonly rows: readonly (readonly (Cell | string)[])[];
}

/** One figure that stands out. */
export interface Tile {
	readonly name: string;
	readonly value: string;
	readonly aside?: string;
	readonly href?: string | null;
}

/** A plot with what it shows in words and the table behind it. */
export interface Chart {
	readonly plot: PlotSpec;
	readonly caption: string;
	readonly sheet: Sheet;
}

const WORDS = {
	table: { pt: "Ver os números", en: "Show the figures" },
	definition: { pt: "O que é contado", en: "What is counted" },
	nothing: { pt: "Nada a mostrar.", en: "Nothing to show." },
	scroll: { pt: "{caption} (tabela que rola para o lado)", en: "{caption} (table that scrolls sideways)" },
} as const;

/** Figures that stand out, side by side. */
export function tiles(of: readonly Tile[]): Html {
	const name = ({ name, href }: Tile): Html => (href ? html`<a href="${href}">${name}</a>` : html`${name}`);
	return html`<dl class="tiles">${of.map((tile) => html`<div><dt>${name(tile)}</dt><dd class="value">${tile.value}</dd>${tile.aside && html`<dd class="aside">${tile.aside}</dd>`}</div>`)}</dl>`;
}

/** A table that scrolls by itself where it is wider than the page. */
export function table(speech: Speech, { caption, columns, rows }: Sheet): Html {
	if (rows.length === 0) return html`<p class="soft">${speech.tell(WORDS.nothing)}</p>`;
	const head = columns.map(({ head, isText }, i) => html`<th scope="col"${(isText || i === 0) && rawHtml(' class="text"')}>${head}</th>`);
	const body = rows.map((cells) => html`<tr>${cells.map((cell, i) => cellOf(cell, i === 0, columns[i].isText ?? i === 0))}</tr>\n`);
	const label = speech.tell(WORDS.scroll, { caption });
	return html`<div class="wide" role="region" aria-label="${label}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function cellOf(cell: Cell | string, isHead: boolean, isText: boolean): Html {
	const { text, aside, href, tone }: Cell = typeof cell === "string" ? { text: cell } : cell;
	const classes = [isText && "text", tone].filter(Boolean).join(" ");
	const inside = html`${href ? html`<a href="${href}">${text}</a>` : text}${aside && html`<br><small>${aside}</small>`}`;
	const name = classes && html` class="${classes}"`;
	return isHead ? html`<th scope="row"${name}>${inside}</th>` : html`<td${name}>${inside}</td>`;
}

/** A plot and the table behind it, which opens below or, `isBeside`, stands open beside the plot. Without rows only words. */
export async function chart(speech: Speech, { plot, caption, sheet }: Chart, { isBeside = false } = {}): Promise<Html> {
	if (sheet.rows.length === 0) return html`<p class="soft">${speech.tell(WORDS.nothing)}</p>`;
	const svg = await drawPlot(speech, plot);
	const figure = html`<figure><div role="img" aria-label="${caption}">${svg}</div><figcaption>${caption}</figcaption></figure>`;
	if (isBeside) return html`<div class="beside">${figure}${table(speech, sheet)}</div>`;
	return html`${figure}${disclosure(speech.tell(WORDS.table), table(speech, sheet))}`;
}

/** Something that opens under its name. */
export function disclosure(name: string, inside: Html): Html {
	return html`<details><summary>${name}</summary>${inside}</details>`;
}

/** Opens what a figure counts. */
export function definition({ tell }: Speech, told: Told): Html {
	return disclosure(tell(WORDS.definition), html`<p>${tell(told)}</p>`);
}

/** A card. `isWhole`: over all columns; `isHeadless`: the section's heading is its own. */
export function card(title: string, parts: readonly Html[], { isWhole = false, isHeadless = false } = {}): Html {
	return html`<article class="card${isWhole && " whole"}"${isHeadless && html` aria-label="${title}"`}>${!isHeadless && html`<h3>${title}</h3>`}${parts}</article>`;
}

/** Cards side by side where there is room; `isSmall`: three in a row on a wide page. */
export function cards(of: readonly Html[], { isSmall = false } = {}): Html {
	return html`<div class="cards${isSmall && " small"}">${of}</div>`;
}

export function paragraph(text: string): Html {
	return html`<p>${text}</p>`;
}

export function bullets(texts: readonly string[]): Html {
	return html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;
}
