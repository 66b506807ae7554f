import type { Sheet } from "./sheets.ts";

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:1.5rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
table{border-collapse:collapse;font-size:.9rem}caption{text-align:left;font-weight:600;padding:.4rem 0}
td,th{padding:.2rem .6rem;text-align:right;border-bottom:1px solid #ddd;white-space:nowrap}th:first-child,td:first-child{text-align:left}
.wide{overflow-x:auto;margin:1rem 0}.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(17rem,1fr));gap:1rem}
figure{margin:0;break-inside:avoid}figcaption{font-size:.9rem}svg{width:100%;height:auto;max-width:26rem}.note{border-left:4px solid #b45309;padding-left:.8rem}
@media print{body{margin:0;max-width:none;font-size:11px}.wide{overflow:visible}td,th{white-space:normal}}`;

/** A page of its own, without scripts or links: it reads offline, on a phone and on paper. Parts are HTML already. */
export function page(title: string, parts: readonly string[]): string {
	const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title>`;
	return `<!doctype html>\n<html lang="en"><head>${head}<style>${STYLE}</style></head>\n<body><h1>${escape(title)}</h1>\n${parts.join("\n")}\n</body></html>\n`;
}

export function heading(text: string): string {
	return `<h2>${escape(text)}</h2>`;
}

export function paragraph(text: string): string {
	return `<p>${escape(text)}</p>`;
}

/** Something that a reader must not overlook. */
export function note(text: string): string {
	return `<p class="note">${escape(text)}</p>`;
}

export function sheetTable({ title, head, rows }: Sheet): string {
	const cells = (of: readonly string[], tag: string): string => of.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join("");
	const body = rows.map(([name, ...rest]) => `<tr><th scope="row">${escape(name)}</th>${cells(rest, "td")}</tr>`).join("\n");
	return `<div class="wide"><table><caption>${escape(title)}</caption><thead><tr>${cells(head, "th")}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** Names and values. */
export function facts(of: Readonly<Record<string, unknown>>): string {
	const rows = Object.entries(of).map(([name, value]) => `<tr><th scope="row">${escape(name)}</th><td>${escape(String(value))}</td></tr>`);
	return `<div class="wide"><table><tbody>${rows.join("\n")}</tbody></table></div>`;
}

/** Plots side by side where there is room; `svg` is markup. */
export function plots(of: readonly { readonly svg: string; readonly caption: string }[]): string {
	return `<div class="plots">${of.map(({ svg, caption }) => `<figure>${svg}<figcaption>${escape(caption)}</figcaption></figure>`).join("\n")}</div>`;
}

export function escape(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
