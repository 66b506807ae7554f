/** Markup that may be sent as it is. Only `html` and `rawHtml` make it, so that text is never taken for markup. */
export interface Html {
	readonly markup: string;
}

type Part = Html | string | number | false | null | undefined | readonly Part[];

/** Markup from a template: what is put in is escaped, unless it is markup itself; `false`, null and undefined leave nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
	return { markup: strings.map((text, i) => (i < parts.length ? text + markupOf(parts[i]) : text)).join("") };
}

/** Vouches for markup that another source escaped. */
export function rawHtml(markup: string): Html {
	return { markup };
}

function markupOf(part: Part): string {
	if (part === null || part === undefined || part === false) return "";
	if (typeof part === "string" || typeof part === "number") return escape(String(part));
	return "markup" in part ? part.markup : part.map(markupOf).join("");
}

function escape(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}
