/** One run of one solver on one problem. */
export interface Line {
	readonly set: string;
	readonly problem: string;
	readonly seed: number;
	readonly solver: string;
	/** CPU seconds given; null for a peer that ends by itself. */
	readonly seconds: number | null;
	/** CPU seconds of the search. */
	readonly cpu_seconds: number;
	readonly value: number;
	readonly contacts: number;
	/** Contacts of the plan that the recount had to drop, and promises that it does not keep. */
	readonly dropped: number;
	readonly unmet: number;
	readonly version: string;
}

/** Our run and a peer's with the same CPU time. */
export interface Duel {
	readonly set: string;
	readonly problem: string;
	readonly seed: number;
	readonly peer: string;
	readonly cpu_seconds: number;
	readonly ours: number;
	readonly theirs: number;
	/** Theirs ÷ ours. */
	readonly ratio: number;
	readonly dropped: number;
}

/** A duel of two lines. */
export function duelOf(ours: Line, theirs: Line): Duel {
	return {
		set: theirs.set,
		problem: theirs.problem,
		seed: ours.seed,
		peer: theirs.solver,
		cpu_seconds: theirs.cpu_seconds,
		ours: ours.value,
		theirs: theirs.value,
		ratio: theirs.value / ours.value,
		dropped: theirs.dropped,
	};
}

/** A row a duel, aligned. */
export function duelTable(duels: readonly Duel[]): string {
	const head = ["problem", "seed", "peer", "CPU s", "ours", "peer", "peer/ours", "dropped"];
	const rows = duels.map((duel) => [
		duel.problem,
		String(duel.seed),
		duel.peer,
		duel.cpu_seconds.toFixed(2),
		String(duel.ours),
		String(duel.theirs),
		duel.ratio.toFixed(4),
		String(duel.dropped),
	]);
	const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c].length)));
	return [head, ...rows]
		.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("  "))
		.join("\n");
}

/** A line a set and peer: mean ratio, and rows ahead, level and behind. */
export function summaryOf(duels: readonly Duel[]): string[] {
	const keys = [...new Set(duels.map(({ set, peer }) => `${set} ${peer}`))];
	return keys.map((key) => {
		const own = duels.filter(({ set, peer }) => `${set} ${peer}` === key);
		const mean = own.reduce((sum, { ratio }) => sum + ratio, 0) / own.length;
		const ahead = own.filter(({ ratio }) => ratio < 1).length;
		const behind = own.filter(({ ratio }) => !(ratio <= 1)).length;
		const level = own.length - ahead - behind;
		const lead =
			ahead === own.length ? "ahead on every row" : `ahead on ${ahead}, level on ${level}, behind on ${behind} of ${own.length} rows`;
		return `${key}: mean peer/ours ${mean.toFixed(4)}, ${lead}`;
	});
}
