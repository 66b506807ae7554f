import { CarteiraError } from "../errors.ts";
import { ORDER_STATUS } from "../portfolio/schema.ts";
import { codeTexts } from "../scoring/past-intervals.ts";
import type { Grouping } from "./figures.ts";
import type { View } from "./view.ts";

const CANCELLED = ORDER_STATUS.indexOf("cancelled");
/** Days of purchases that make a customer one of a supplier line's. */
const LINE_DAYS = 90;

/** Customers in groups: those of customer c are group[start[c]] … group[start[c + 1] - 1], ascending and each once. */
export interface Groups {
	/** By group; null: customers without one. */
	readonly keys: readonly (string | null)[];
	readonly names: readonly (string | null)[];
	readonly start: Int32Array;
	readonly group: Int32Array;
}

/** All customers as one group. */
export function everyone({ history }: View): Groups {
	return single(new Int32Array(history.numCustomers), [null], [null]);
}

/** Groups customers; `line` puts a customer under every line that it bought in the last 90 days, the others under one. */
export function groupsOf(view: View, by: Grouping): Groups {
	const { customers, reps } = view.portfolio.tables;
	if (by === "segment" || by === "city") {
		const { codes, words } = codeTexts(customers.texts[by === "city" ? "city_code" : by]);
		return single(codes, words, words);
	}
	if (by === "line") return linesOf(view);
	const ids = Array.from({ length: reps.length }, (_, rep) => reps.texts.rep_id.at(rep));
	if (by === "rep")
		return single(
			view.owner,
			ids,
			ids.map((_, rep) => reps.texts.name.at(rep)),
		);
	const { codes, words } = codeTexts(reps.texts.team_id);
	return single(
		view.owner.map((rep) => (rep < 0 ? -1 : codes[rep])),
		words,
		words,
	);
}

/** 1 for the customers of the group with a key. Throws NOT_FOUND for a key that there is none of. */
export function maskOf(view: View, by: Grouping, key: string): Uint8Array {
	const { keys, start, group } = groupsOf(view, by);
	const wanted = keys.indexOf(key);
	if (wanted < 0) throw new CarteiraError("NOT_FOUND", `no ${by} ${key}; expected the key of one that the portfolio has`);
	const mask = new Uint8Array(start.length - 1);
	for (let customer = 0; customer < mask.length; customer++) {
		for (let at = start[customer]; at < start[customer + 1]; at++) if (group[at] === wanted) mask[customer] = 1;
	}
	return mask;
}

/** One group a customer; -1 is the group of those without. */
function single(codes: Int32Array, keys: readonly (string | null)[], names: readonly (string | null)[]): Groups {
	const none = keys.length;
	return {
		keys: [...keys, null],
		names: [...names, null],
		start: Int32Array.from({ length: codes.length + 1 }, (_, customer) => customer),
		group: codes.map((code) => (code < 0 ? none : code)),
	};
}

function linesOf({ portfolio, history, asOf }: View): Groups {
	const { orders, products } = portfolio.tables;
	const ofProducts = codeTexts(products.texts.line);
	const codeOf = new Map(ofProducts.words.map((word, code) => [word, code]));
	const names = [...ofProducts.words];
	const codeOfLine = (row: number): number => {
		const own = orders.texts.line.at(row);
		if (own === null) return ofProducts.codes[orders.refs.product_id[row]] ?? -1;
		const code = codeOf.get(own) ?? names.push(own) - 1;
		codeOf.set(own, code);
		return code;
	};
	const start = new Int32Array(history.numCustomers + 1);
	const group: number[] = [];
	for (let customer = 0; customer < history.numCustomers; customer++) {
		const bought = new Set<number>();
		for (let i = history.lineStart[customer + 1] - 1; i >= history.lineStart[customer]; i--) {
			const row = history.line[i];
			if (orders.days.ordered_on[row] < asOf - LINE_DAYS) break;
			if (orders.codes.status[row] !== CANCELLED) bought.add(codeOfLine(row));
		}
		bought.delete(-1);
		group.push(...[...bought].sort((a, b) => a - b));
		start[customer + 1] = group.length;
	}
	return { keys: names, names, start, group: Int32Array.from(group) };
}
