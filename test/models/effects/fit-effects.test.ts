import { describe, expect, it } from "vitest";
import { createRandom } from "../../../engine/random.ts";
import { fitEffects, type Spreads } from "../../../models/effects/fit-effects.ts";
import { associationOf } from "../../../models/effects/contact-association.ts";
import { cellOf, createTrialGroups, type TrialGroup } from "../../../models/effects/trial-groups.ts";

const SPREADS: Spreads = { channel: 0.5, phase: 0.4, prospect: 0.8, class: 0.4, cell: 0.2, strength: 4 };
/** The 90 % of a normal distribution. */
const REACH = 1.645;
/** Two channels × five phases, prospects first, × three classes. */
const CELLS = [0, 1].flatMap((channel) => [0, 1, 2, 3, 4].flatMap((phase) => [0, 1, 2].map((cls) => cellOf(phase, cls, channel))));
const assumedOf = (): number => 0.5;

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** A world in which every cell's effect is drawn around the assumption by the spreads, and a lot withholds a tenth of the contacts. */
function drawWorld(seed: number, contactsACell: number): { truth: Map<number, number>; groups: TrialGroup[] } {
	const random = createRandom(seed);
	const draws = new Map<string, number>();
	const drawn = (name: string, spread: number): number => {
		const value = draws.get(name) ?? spread * random.normal();
		draws.set(name, value);
		return value;
	};
	const truth = new Map<number, number>();
	const groups = createTrialGroups();
	for (const cell of CELLS) {
		const channel = cell % 4;
		const [phase, cls] = [Math.floor(cell / 12), Math.floor(cell / 4) % 3];
		const own = [
			drawn(`${channel}`, SPREADS.channel),
			drawn(`p${phase} ${channel}`, phase === 0 ? SPREADS.prospect : SPREADS.phase),
			drawn(`c${cls} ${channel}`, SPREADS.class),
			drawn(`x${cell}`, SPREADS.cell),
		];
		const effect = own.reduce((sum, part) => sum + part, assumedOf());
		truth.set(cell, effect);
		for (let i = 0; i < contactsACell * (1 + (cell % 3)); i++) {
			const chance = sigmoid(-0.5 + 0.8 * random.normal());
			const isMade = random.next() >= 0.1;
			const logOdds = Math.log(chance / (1 - chance)) - 0.2 + (isMade ? effect : 0);
			groups.add(cell, isMade, chance, random.next() < sigmoid(logOdds));
		}
	}
	return { truth, groups: groups.list() };
}

describe("effects fitted to trials", () => {
	it("hold the truth in nine of ten of their 90 % intervals, with much data and with little", () => {
		for (const contactsACell of [30, 600]) {
			let [covered, number, error] = [0, 0, 0];
			for (let seed = 1; seed <= 10; seed++) {
				const { truth, groups } = drawWorld(seed, contactsACell);
				for (const [cell, { mean, deviation }] of fitEffects(groups, assumedOf, SPREADS, CELLS)) {
					const miss = mean - (truth.get(cell) ?? Number.NaN);
					covered += Number(Math.abs(miss) <= REACH * deviation);
					error += miss;
					number++;
				}
			}
			// 300 intervals of ten worlds; those of one world hang together, so that the share's error is about 4 %.
			expect(number).toBe(300);
			expect(covered / number).toBeGreaterThan(0.82);
			expect(covered / number).toBeLessThan(0.98);
			expect(Math.abs(error / number)).toBeLessThan(0.12);
		}
	});

	it("are the assumption, as uncertain as the spreads say, where there are no trials", () => {
		const [active, prospect] = [cellOf(2, 0, 0), cellOf(0, 0, 0)];
		const found = fitEffects([], () => 0.7, SPREADS, [active, prospect]);
		expect(found.get(active)?.mean).toBe(0.7);
		expect(found.get(active)?.deviation).toBeCloseTo(Math.sqrt(0.25 + 0.16 + 0.16 + 0.04), 3); // the four variances
		expect(found.get(prospect)?.deviation).toBeCloseTo(Math.sqrt(0.25 + 0.64 + 0.16 + 0.04), 3);
	});

	it("hardly move with a single contact, and not beyond reason when all convert", () => {
		const cell = cellOf(2, 0, 0);
		const one = createTrialGroups();
		one.add(cell, true, 0.3, true);
		const moved = (fitEffects(one.list(), assumedOf, SPREADS, [cell]).get(cell)?.mean ?? Number.NaN) - 0.5;
		expect(moved).toBeGreaterThan(0);
		expect(moved).toBeLessThan(0.15);
		const all = createTrialGroups();
		for (let i = 0; i < 200; i++) all.add(cell, i % 10 > 0, 0.3, true);
		const found = fitEffects(all.list(), assumedOf, SPREADS, [cell]).get(cell);
		// Everyone orders with and without: nothing says that contacts matter, and the interval stays as wide as the assumption's.
		expect(found?.mean).toBeGreaterThan(0.3);
		expect(found?.mean).toBeLessThan(1.2);
		expect(found?.deviation).toBeGreaterThan(0.5);
	});

	it("lend what one phase shows to another of the channel, in part", () => {
		const [seen, unseen, elsewhere] = [cellOf(2, 0, 0), cellOf(3, 0, 0), cellOf(3, 0, 1)];
		const groups = createTrialGroups();
		const random = createRandom(4);
		for (let i = 0; i < 20_000; i++) {
			const isMade = i % 2 === 0;
			groups.add(seen, isMade, 0.3, random.next() < sigmoid(Math.log(3 / 7) + (isMade ? 1.5 : 0)));
		}
		const found = fitEffects(groups.list(), assumedOf, SPREADS, [seen, unseen, elsewhere]);
		const [own, lent, other] = [seen, unseen, elsewhere].map((cell) => found.get(cell)?.mean ?? Number.NaN);
		expect(own).toBeCloseTo(1.5, 0);
		expect(lent).toBeGreaterThan(0.7);
		expect(lent).toBeLessThan(own);
		expect(other).toBeCloseTo(0.5, 10);
	});

	it("are right where reps choose whom they meet, while what follows contacts is not", () => {
		// A mood that no table shows drives orders and who is met. The contact itself does nothing; a lot withholds a fifth.
		const random = createRandom(9);
		const [lot, met] = [createTrialGroups(), createTrialGroups()];
		const cell = cellOf(2, 1, 0);
		for (let i = 0; i < 40_000; i++) {
			const mood = random.normal();
			const ordered = random.next() < sigmoid(-1 + mood);
			const isMade = random.next() >= 0.2;
			lot.add(cell, isMade, 0.3, ordered);
			if (isMade) met.add(cell, random.next() < sigmoid(2 * mood), 0.3, ordered);
		}
		const found = fitEffects(lot.list(), assumedOf, SPREADS, [cell]).get(cell);
		expect(Math.abs(found?.mean ?? Number.NaN)).toBeLessThan(0.1);
		expect(associationOf(met.list(), 0.9)?.lower).toBeGreaterThan(0.7);
	});

	it("are the same for the same trials", () => {
		const { groups } = drawWorld(3, 50);
		expect(fitEffects(groups, assumedOf, SPREADS, CELLS)).toEqual(fitEffects(groups, assumedOf, SPREADS, CELLS));
	});
});

describe("the association of orders with a group", () => {
	it("is the odds ratio where all have one chance, and none without both groups", () => {
		const groups = createTrialGroups();
		for (let i = 0; i < 90; i++) groups.add(0, i < 50, 0.4, i < 50 ? i < 20 : i < 60);
		const found = associationOf(groups.list(), 0.9);
		expect(found?.logit).toBeCloseTo(Math.log((20 * 30) / (30 * 10)), 2);
		expect(
			associationOf(
				groups.list().filter(({ isTreated }) => isTreated),
				0.9,
			),
		).toBeNull();
		expect(associationOf([], 0.9)).toBeNull();
	});
});
