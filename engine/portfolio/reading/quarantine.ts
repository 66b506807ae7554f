import type { RawCell } from "../cells/raw-rows.ts";
import type { TableDraft } from "../rows/table-draft.ts";

/**
 * The rows of a table that are set aside, as they came, one object a line; null where there are none. Records that broke cannot be
 * kept.
 */
export function rowsAside(draft: TableDraft): string | null {
	let text = "";
	for (let index = 0; index < draft.numRows; index++) {
		const row = draft.isBad[index] ? rowOf(draft, index) : {};
		if (Object.keys(row).length > 0) text += `${JSON.stringify(row)}\n`;
	}
	return text === "" ? null : text;
}

function rowOf(draft: TableDraft, index: number): Record<string, RawCell> {
	const cells = Object.keys(draft.columns).map((name): [string, RawCell] => [name, draft.textAt(index, name)]);
	return Object.fromEntries([...cells.filter(([, text]) => text !== ""), ...Object.entries(draft.refused.get(index) ?? {})]);
}

/** Rows that were set aside, each with its line. */
export function rowsIn(text: string): { readonly line: string; readonly row: Readonly<Record<string, unknown>> }[] {
	return text
		.split("\n")
		.filter(Boolean)
		.map((line) => {
			const row: Record<string, unknown> = JSON.parse(line);
			return { line, row };
		});
}
