import { Command } from "commander";
import { buildProblem } from "../../engine/solver/problem.ts";
import { search } from "../../engine/solver/search.ts";
import type { SearchSettings } from "../../engine/solver/settings.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import { madeProblems } from "./made-problems.ts";

/**
 * What every part of the search is worth: the search as it is against the search without it, on made problems (never on the public
 * ones), with equal CPU seconds, the variants interleaved problem by problem. Prints the mean loss to the best value that any variant found.
 */
const options = new Command()
	.option("--seconds <seconds>", "CPU seconds a run", "1")
	.option("--seeds <number>", "seeds of the search", "2")
	.option("--data-seed <seed>", "seed of the problems", "1")
	.parse()
	.opts<Record<"seconds" | "seeds" | "dataSeed", string>>();

const VARIANTS: readonly (readonly [name: string, settings: Partial<SearchSettings>])[] = [
	["as it is", {}],
	["no recombination", { recombination: 0 }],
	["no elites", { elites: 0 }],
	["no blinks", { blink: 0, wideBlink: 0 }],
	["days without prices of their own", { dayPrices: false }],
	["time free of price", { dayPrices: false, timePrices: [1e-9, 1e-9] }],
	["dearer time", { timePrices: [0.15, 1.5] }],
	["cheaper time", { timePrices: [0.15, 0.5] }],
	["no leaning", { leaning: 0 }],
	["offers near the ruin alone", { elsewhere: 0 }],
	["offers from anywhere", { nearOffers: 0, farOffers: 35 }],
	["strings alone", { customerRuins: 0, callRuins: 0, scatteredRuins: 0 }],
	["single contacts, no strings", { longestString: 1 }],
	["ruins of 16", { meanRemoved: 16 }],
	["no hot cycles", { hottest: 0.5 }],
	["no cycles", { firstCycle: 50_000 }],
];

function valueOf(problem: ReturnType<typeof buildProblem>, seed: number, settings: Partial<SearchSettings>): number {
	const end = cpuSeconds() + Number(options.seconds);
	return search(problem, seed, (iterations) => iterations % 32 === 0 && cpuSeconds() >= end, { settings }).solution.value;
}

const loss = VARIANTS.map(() => new Map<string, number[]>());
for (const { name, spec } of madeProblems(Number(options.dataSeed))) {
	const problem = buildProblem(spec);
	const kind = name.startsWith("fortnight") ? "fortnights" : `orienteering, ${spec.slots.length} routes`;
	const values = VARIANTS.map((): number[] => []);
	for (let seed = 1; seed <= Number(options.seeds); seed++)
		VARIANTS.forEach(([, settings], v) => values[v].push(valueOf(problem, seed, settings)));
	const best = Math.max(...values.flat());
	values.forEach((own, v) => loss[v].set(kind, [...(loss[v].get(kind) ?? []), ...own.map((value) => 1 - value / best)]));
}

const percent = (shares: readonly number[]): string =>
	`${((100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length).toFixed(2)} %`;
const kinds = [...loss[0].keys()].sort();
console.log(
	`mean loss to the best value found, ${options.seconds} CPU s, ${options.seeds} seeds, problems made from seed ${options.dataSeed}`,
);
console.log(`| variant | ${kinds.join(" | ")} | all |\n|---${"|---".repeat(kinds.length + 1)}|`);
VARIANTS.forEach(([name], v) => {
	console.log(
		`| ${name} | ${kinds.map((kind) => percent(loss[v].get(kind) ?? [])).join(" | ")} | ${percent([...loss[v].values()].flat())} |`,
	);
});
