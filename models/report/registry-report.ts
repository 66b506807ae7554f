import type { Verdict } from "../registry/promotion.ts";
import type { RegistryList } from "../registry/registry.ts";
import { decimals, formatSheet } from "./sheets.ts";

/** A registry for people: its versions, and every move. */
export function formatRegistry({ versions, moves }: RegistryList): string {
	const rows = versions.map(({ version, model, asOf, roles }) => [
		String(version),
		model ?? "of another engine",
		asOf ?? "–",
		roles.join(", "),
	]);
	const past = moves.map(({ move, at, alias, from, to }) => [String(move), at, alias, String(from ?? "–"), String(to ?? "–")]);
	return [
		formatSheet({ title: "Versions", head: ["", "model", "history before", "role"], rows }),
		formatSheet({ title: "Moves", head: ["", "at", "role", "from", "to"], rows: past }),
	].join("\n\n");
}

/** The figures of a promotion for people. */
export function formatVerdict({ origin, challenger, champion, numCustomers, gain, ...figures }: Verdict): string {
	const rowOf = (side: "challenger" | "champion", name: string): string[] => [
		`${side} ${name}`,
		...[figures.logLoss, figures.ece, figures.valueBias].map((pair) => decimals(pair[side], 4)),
	];
	const interval = gain.interval ? gain.interval.map((x) => decimals(x, 4)).join(" to ") : "–";
	const title = `${numCustomers} customers on ${origin}: the log-loss gains ${decimals(gain.mean, 4)} (${interval})`;
	return formatSheet({
		title,
		head: ["", "log-loss ↓", "ECE ↓", "value bias"],
		rows: [rowOf("challenger", challenger), rowOf("champion", champion)],
	});
}
