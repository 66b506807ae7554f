import { Command } from "commander";
import { livePast } from "../../models/generator/past.ts";
import { openMarket, staffTerritory } from "../../models/generator/distributor.ts";
import { drawHoldOut } from "../../models/experiment/lot.ts";
import { cpuSeconds } from "../cpu-seconds.ts";
import { parseWords, wholeOf } from "../option-values.ts";
import { MADE_AS_OF } from "./churn-options.ts";
import { createIntervalTally } from "./interval-tally.ts";
import { measureSwitchback } from "./switchback-lane.ts";

const DAYS = 90;
const [DAY, NET] = [2, 5]; // columns of the generator's order rows

/** A customer of a made distributor that lived the last days twice, with its contacts and without them: its true effect is known. */
interface Twice {
	readonly id: string;
	readonly stratum: string;
	readonly before: number;
	readonly planned: number;
	readonly withheld: number;
}

function liveTwice(seed: number, customers: number, reps: number): Twice[] {
	const options = { customers, reps, seed, asOf: MADE_AS_OF, format: "csv", out: "" } as const;
	const from = MADE_AS_OF - DAYS;
	const market = openMarket(options);
	const withheld = { ...market, isHeldOut: (_: string, day: number) => day >= from };
	const salesIn = (orders: readonly (readonly unknown[])[], start: number): number =>
		orders.reduce((sum, row) => sum + (Number(row[DAY]) >= start && Number(row[DAY]) < start + DAYS ? Number(row[NET]) : 0), 0);
	return Array.from({ length: reps }, (_, rep) => rep).flatMap((rep) => {
		const staffed = staffTerritory(options, market, rep);
		return staffed.customers.flatMap((customer, i) => {
			const usual = livePast(market, customer, staffed.cares[i]).orders;
			const before = salesIn(usual, from - DAYS);
			if (before === 0) return [];
			const alone = livePast(withheld, customer, staffed.cares[i]).orders;
			return [{ id: customer.id, stratum: `${rep}`, before, planned: salesIn(usual, from), withheld: salesIn(alone, from) }];
		});
	});
}

const command = new Command("experiment")
	.description("How often 90 % intervals of an uplift hold the truth of made distributors whose customers live with and without contacts.")
	.option("--seeds <n>", "distributors (10)")
	.option("--customers <n>", "customers of each (600)")
	.option("--lots <n>", "lots drawn over each (60)")
	.option("--rep-days", "lots over days of reps, with an effect planted in their sales, in place of customers");

if (parseWords(command, process.argv.slice(2))) {
	const given: Partial<Record<"seeds" | "customers" | "lots", string>> & { readonly repDays?: true } = command.opts();
	const numSeeds = wholeOf("--seeds", given.seeds ?? "10", 1, 1000);
	const customers = wholeOf("--customers", given.customers ?? "600", 20, 100_000);
	const numLots = wholeOf("--lots", given.lots ?? "60", 1, 10_000);
	if (given.repDays) for (const line of measureSwitchback({ numSeeds, customers, numLots })) console.log(line);
	const effects = [
		["contacts withheld", false],
		["no effect", true],
	] as const;
	for (const [name, isNull] of given.repDays ? [] : effects) {
		const tally = createIntervalTally();
		const truths: number[] = [];
		for (let seed = 401; seed < 401 + numSeeds; seed++) {
			const units = liveTwice(seed, customers, Math.ceil(customers / 150));
			const truth = isNull ? 0 : units.reduce((sum, { planned, withheld }) => sum + planned - withheld, 0) / units.length;
			truths.push(truth / (units.reduce((sum, { planned }) => sum + planned, 0) / units.length));
			for (let lot = 0; lot < numLots; lot++) {
				const drawn = drawHoldOut(units, { experiment: "lane", seed: 1000 * seed + lot }, 0.1);
				const rows = units.map((unit) => {
					const isHeldOut = drawn.has(unit.id);
					return { ...unit, cluster: unit.id, isHeldOut, outcome: isHeldOut && !isNull ? unit.withheld : unit.planned };
				});
				tally.add(rows, truth, lot);
			}
		}
		const mean = truths.reduce((sum, one) => sum + one, 0) / truths.length;
		console.log(`${name}: true effect ${(100 * mean).toFixed(1)} % of sales; ${tally.told()}`);
	}
	console.log(`${cpuSeconds().toFixed(0)} CPU s (synthetic)`);
}
