import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLASSES, findTrials, PHASES, readPortfolio, type Trial, validatePolicy } from "../../engine/index.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import { createRandom } from "../../engine/random.ts";
import { readModelFolder } from "../../engine/scoring/model-folder.ts";
import { defaultModelDir } from "../../engine/scoring/predictor.ts";
import { parseDay } from "../../engine/units.ts";
import type { EffectCell } from "../../models/effects/effect-policy.ts";
import { type EffectsReport, estimateEffects } from "../../models/effects/estimate-effects.ts";
import { type ContactTruth, contactTruth } from "../../models/generator/contact-truth.ts";
import { type GenerateOptions, openMarket, staffTerritory } from "../../models/generator/distributor.ts";
import { generate } from "../../models/generator/generate.ts";
import { livePast } from "../../models/generator/past.ts";
import { cellOf } from "../../models/effects/trial-groups.ts";

export interface StudyOptions {
	readonly customers: number;
	readonly reps: number;
	readonly seed: number;
	/** Share of contacts withheld by lot. */
	readonly holdOutShare: number;
	/** Contacts a cell whose truth is drawn, and lives drawn for each of them and arm. */
	readonly numContacts: number;
	readonly numLives: number;
}

/** A cell's true effect beside what was found of it. */
export interface StudiedCell {
	readonly truth: number;
	readonly found: EffectCell;
	readonly trials: readonly Trial[];
}

/** A contact's true probabilities, and the model's chance of an order under usual service. */
interface DrawnContact extends ContactTruth {
	readonly chance: number;
}

const AS_OF = parseDay("2026-11-23");

/** Makes a distributor, estimates its effects from its files alone, and draws the true effect of every cell from its customers' lives. */
export async function studyEffects(options: StudyOptions): Promise<{ cells: StudiedCell[]; report: EffectsReport }> {
	const folder = await mkdtemp(join(tmpdir(), "carteira-effects-"));
	try {
		const made: GenerateOptions = { ...options, asOf: AS_OF, format: "arrow", out: folder };
		await generate(made);
		const portfolio = await readPortfolio(folder);
		const { buyTillYouDie: model } = (await readModelFolder(defaultModelDir())).manifest.churn;
		const report = estimateEffects(portfolio, { asOf: AS_OF, model });
		const byCell = new Map<number, Trial[]>();
		findTrials({ portfolio, policy: validatePolicy(portfolio.policy), model, asOf: AS_OF }, (trial) => {
			const cell = cellOf(trial.phase, trial.class, trial.channel);
			byCell.set(cell, byCell.get(cell) ?? []);
			byCell.get(cell)?.push(trial);
		});
		const truths = drawTruths(made, byCell, options);
		const cells = report.cells.flatMap((found): StudiedCell[] => {
			const cell = cellOf(PHASES.indexOf(found.phase), CLASSES.indexOf(found.class), CHANNELS.indexOf(found.channel));
			const truth = truths.get(cell);
			return truth === undefined ? [] : [{ truth, found, trials: byCell.get(cell) ?? [] }];
		});
		return { cells, report };
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

/** True effects by cell: the customers are lived again, and where a drawn contact was meant to be made, many lives go on from there. */
function drawTruths(options: GenerateOptions, byCell: ReadonlyMap<number, readonly Trial[]>, { numContacts, numLives }: StudyOptions) {
	const drawn = drawContacts(byCell, numContacts, options.seed);
	const truths = new Map<number, DrawnContact[]>();
	const market = openMarket(options);
	const random = createRandom(options.seed, 7);
	for (let territory = 0; territory < options.reps; territory++) {
		const { customers, cares } = staffTerritory(options, market, territory);
		for (const [i, customer] of customers.entries()) {
			livePast(market, customer, cares[i], (day, state, channel) => {
				const trial = drawn.get(keyOf(customer.index, day));
				if (!trial) return;
				const truth = contactTruth(market, customer, cares[i], { state, day, channel, window: trial.window }, random, numLives);
				const cell = cellOf(trial.phase, trial.class, trial.channel);
				truths.set(cell, [...(truths.get(cell) ?? []), { ...truth, chance: trial.chance }]);
			});
		}
	}
	return new Map([...truths].map(([cell, contacts]) => [cell, shiftOf(contacts)]));
}

/** Row of the customers table and day, in one number. */
function keyOf(customer: number, day: number): number {
	return customer * 100_000 + day;
}

function drawContacts(byCell: ReadonlyMap<number, readonly Trial[]>, number: number, seed: number): Map<number, Trial> {
	const random = createRandom(seed, 6);
	const drawn = new Map<number, Trial>();
	for (const trials of byCell.values()) {
		const share = number / trials.length;
		for (const trial of trials) if (random.next() < share) drawn.set(keyOf(trial.customer, trial.day), trial);
	}
	return drawn;
}

/** Bins by chance in which the true probabilities without the contact are averaged. */
const NUM_BINS = 5;

/**
 * What the log-odds of a chance must be raised by, so that it gives as many orders as come with the contact. The chance is the true one of
 * all contacts that look alike to the plan: the probabilities without the contact averaged over a fifth of the contacts by what the model
 * says of them. NaN where no shift does. Found by halving.
 */
export function shiftOf(contacts: readonly DrawnContact[]): number {
	const inOrder = [...contacts].sort((a, b) => a.chance - b.chance);
	const bins = Array.from({ length: NUM_BINS }, (_, bin) =>
		inOrder.slice(Math.floor((bin * inOrder.length) / NUM_BINS), Math.floor(((bin + 1) * inOrder.length) / NUM_BINS)),
	).filter((bin) => bin.length > 0);
	const alike = bins.map((bin) => ({ count: bin.length, chance: bin.reduce((sum, { withheld }) => sum + withheld, 0) / bin.length }));
	const target = contacts.reduce((sum, { made }) => sum + made, 0);
	const expected = (shift: number): number =>
		alike.reduce((sum, { count, chance: p }) => sum + (count * p * Math.exp(shift)) / (1 - p + p * Math.exp(shift)), 0);
	let [low, high] = [-20, 20];
	if (!(expected(low) < target && target < expected(high))) return Number.NaN;
	for (let step = 0; step < 60; step++) {
		const middle = (low + high) / 2;
		if (expected(middle) < target) low = middle;
		else high = middle;
	}
	return (low + high) / 2;
}
