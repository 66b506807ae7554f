import { TYPED_NOTATION } from "../cells/raw-rows.ts";
import { TABLES, type TableName } from "../schema.ts";
import { TableDraft } from "../rows/table-draft.ts";
import { wholeTaxId } from "../rows/tax-ids.ts";
import type { TextList } from "../snapshot/column-file.ts";
import { findWords } from "../snapshot/find-words.ts";

/**
 * The rows of a table, by id, that some words name, be it that a tax number among them is written otherwise. Linking against these
 * alone comes to what linking against the whole table would.
 */
export function findNamed(ids: TextList, words: Iterable<string>): Map<string, number> {
	const wanted = [...words];
	const found = findWords(ids, wanted);
	const taxIds = new Set(wanted.flatMap((word) => (found.has(word) ? [] : (wholeTaxId(word) ?? []))));
	if (taxIds.size === 0) return found;
	for (let row = 0; row < ids.length; row++) {
		const id = ids.at(row);
		const whole = id === null ? null : wholeTaxId(id);
		if (id !== null && whole !== null && taxIds.has(whole)) found.set(id, row);
	}
	return found;
}

/** A table of which only ids are known. */
export function draftOfIds(table: TableName, ids: Iterable<string>): TableDraft {
	const draft = new TableDraft(table);
	draft.begin({ columns: [TABLES[table].key[0]], notations: [TYPED_NOTATION], dialect: null });
	let row = 0;
	for (const id of ids) draft.row([id], ++row);
	return draft;
}
