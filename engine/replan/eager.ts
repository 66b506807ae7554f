import type { RepCase } from "../policy/case.ts";

/** A case in which some customers have the options of another case of the same rep and days. */
export function withEager(base: RepCase, eager: RepCase, customers: ReadonlySet<number>): RepCase {
	const sources: { readonly from: RepCase; readonly index: number }[] = [];
	const add = (from: RepCase, isTaken: (customer: number) => boolean): void => {
		for (const [index, option] of from.options.entries()) if (isTaken(option.customer)) sources.push({ from, index });
	};
	add(base, (customer) => !customers.has(customer));
	add(eager, (customer) => customers.has(customer));
	const optionOf = ({ from, index }: (typeof sources)[number]) => from.options[index];
	sources.sort((a, b) => optionOf(a).customer - optionOf(b).customer); // stable: each case's own order stays
	return {
		...base,
		options: sources.map(optionOf),
		exclusions: [
			...base.exclusions.filter(({ customer }) => !customers.has(customer)),
			...eager.exclusions.filter(({ customer }) => customers.has(customer)),
		],
		termsInto: (option, previous, afterCutoff, out) => sources[option].from.termsInto(sources[option].index, previous, afterCutoff, out),
		productsOf: (option) => sources[option].from.productsOf(sources[option].index),
	};
}
