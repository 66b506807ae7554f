import { Command } from "commander";
import { PHASES, CLASSES } from "../../engine/index.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { fitEffects } from "../../models/effects/fit-effects.ts";
import { cellOf, createTrialGroups } from "../../models/effects/trial-groups.ts";
import { wholeOf } from "../option-values.ts";
import { type StudiedCell, studyEffects } from "./effect-study.ts";

/**
 * How well the effects of contacts are found again on generated distributors whose truth is known: coverage of the intervals, their
 * width, bias and error, beside the same regression without shrinkage, and beside what follows contacts that were made against what the
 * model expects (naive). The data are generated, so the figures say what the estimator does, not what contacts do.
 */
const options = new Command()
	.option("--customers <n>", "customers of a distributor", "1500")
	.option("--reps <n>", "reps that sell", "5")
	.option("--first-seed <n>", "seed of the first distributor; the estimator was looked at on 1 to 8", "101")
	.option("--seeds <n>", "distributors, one a seed", "12")
	.option("--hold-out <percent>", "of the contacts withheld by lot", "10")
	.option("--contacts <n>", "contacts a cell whose truth is drawn", "300")
	.option("--lives <n>", "lives drawn of each and arm", "100")
	.parse()
	.opts<Record<"customers" | "reps" | "firstSeed" | "seeds" | "holdOut" | "contacts" | "lives", string>>();

const NO_SPREADS = { channel: 5, phase: 5, prospect: 5, class: 5, cell: 5, strength: 1e6 };
/** The 90 % that the intervals state. */
const REACH = 1.6449;

/** A cell of one of the distributors. */
interface JudgedCell extends StudiedCell {
	readonly seed: number;
}

interface Guess {
	readonly seed: number;
	readonly error: number;
	readonly width: number;
	readonly isCovered: boolean;
}

function guess({ seed, truth }: JudgedCell, mean: number, lower: number, upper: number): Guess {
	return { seed, error: mean - truth, width: upper - lower, isCovered: lower <= truth && truth <= upper };
}

const logOdds = (p: number): number => Math.log(p / (1 - p));

function estimated(cell: JudgedCell): Guess {
	return guess(cell, cell.found.order_logit, cell.found.lower, cell.found.upper);
}

/** Without an interval. */
function assumed(cell: JudgedCell): Guess {
	return guess(cell, cell.found.assumed, Number.NaN, Number.NaN);
}

/** The log-odds of orders after contacts that were made, less those of the model's mean chance, as if nothing else moved them. */
function naive(cell: JudgedCell): Guess {
	const { found, trials } = cell;
	const made = trials.filter(({ arm }) => arm !== "held_out");
	const ordered = (found.made_ordered + 0.5) / (found.made + 1);
	const mean = logOdds(ordered) - logOdds(made.reduce((sum, { chance }) => sum + chance, 0) / made.length);
	const reach = REACH / Math.sqrt((found.made + 1) * ordered * (1 - ordered));
	return guess(cell, mean, mean - reach, mean + reach);
}

/** The cell alone, hardly held by any prior. */
function unshrunk(judged: JudgedCell): Guess {
	const { found, trials } = judged;
	const groups = createTrialGroups();
	const cell = cellOf(PHASES.indexOf(found.phase), CLASSES.indexOf(found.class), CHANNELS.indexOf(found.channel));
	for (const trial of trials) groups.add(cell, trial.arm !== "held_out", trial.chance, trial.ordered);
	const fitted = fitEffects(groups.list(), () => 0, NO_SPREADS, [cell]).get(cell) ?? { mean: Number.NaN, deviation: Number.NaN };
	return guess(judged, fitted.mean, fitted.mean - REACH * fitted.deviation, fitted.mean + REACH * fitted.deviation);
}

const percentOf = (share: number): string => `${(100 * share).toFixed(1)} %`;

function line(name: string, guesses: readonly Guess[]): string {
	const mean = (of: (guess: Guess) => number): number => guesses.reduce((sum, one) => sum + of(one), 0) / guesses.length;
	const covered = mean(({ isCovered }) => Number(isCovered));
	const bySeed = Map.groupBy(guesses, ({ seed }) => seed);
	const shares = [...bySeed.values()].map((own) => own.filter(({ isCovered }) => isCovered).length / own.length);
	const width = mean((one) => one.width);
	const figures = [
		...(Number.isNaN(width)
			? []
			: [
					`covered ${percentOf(covered)} (a distributor ${percentOf(Math.min(...shares))} to ${percentOf(Math.max(...shares))})`,
					`width ${width.toFixed(2)}`,
				]),
		`bias ${mean(({ error }) => error).toFixed(3)}`,
		`rms error ${Math.sqrt(mean(({ error }) => error ** 2)).toFixed(3)}`,
	];
	return `  ${name.padEnd(28)} ${String(guesses.length).padStart(4)} cells  ${figures.join("  ")}`;
}

/** Cells by how much was withheld in them. */
const SLICES: readonly (readonly [name: string, holds: (cell: JudgedCell) => boolean])[] = [
	["all cells", () => true],
	["20 withheld and more", ({ found }) => found.held_out >= 20],
	["fewer", ({ found }) => found.held_out < 20],
	["prospects", ({ found }) => found.phase === "prospect"],
	["all but prospects", ({ found }) => found.phase !== "prospect"],
];

const [customers, reps] = [wholeOf("--customers", options.customers, 1, 1e6), wholeOf("--reps", options.reps, 1, 1000)];
const [numSeeds, percent] = [wholeOf("--seeds", options.seeds, 1, 1000), wholeOf("--hold-out", options.holdOut, 1, 90)];
const [numContacts, numLives] = [wholeOf("--contacts", options.contacts, 1, 1e6), wholeOf("--lives", options.lives, 1, 1e6)];
const firstSeed = wholeOf("--first-seed", options.firstSeed, 0, 1e6);
const cells: JudgedCell[] = [];
let numUndefined = 0;
for (let seed = firstSeed; seed < firstSeed + numSeeds; seed++) {
	const study = await studyEffects({ customers, reps, seed, holdOutShare: percent / 100, numContacts, numLives });
	const known = study.cells.filter(({ truth }) => Number.isFinite(truth));
	numUndefined += study.cells.length - known.length;
	cells.push(...known.map((cell) => ({ ...cell, seed })));
}
console.log(
	`${numSeeds} distributors from seed ${firstSeed} of ${customers} customers and ${reps} reps, ${percent} % held out, 90 % intervals (synthetic)`,
);
for (const [name, holds] of SLICES) {
	const own = cells.filter(holds);
	if (own.length === 0) continue;
	console.log(name);
	console.log(line("estimated", own.map(estimated)));
	console.log(line("without shrinkage", own.map(unshrunk)));
	console.log(line("naive, of contacts made", own.map(naive)));
	console.log(line("the assumption kept", own.map(assumed)));
}
if (numUndefined > 0) console.log(`${numUndefined} cells without a finite truth are left out`);
const { user, system } = process.cpuUsage();
console.log(`${((user + system) / 1e6).toFixed(0)} CPU s, peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
