import { CLASSES } from "../../engine/index.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";

/** Trials with one phase, class and channel, one arm and nearly one chance. */
export interface TrialGroup {
	readonly cell: number;
	/** In the arm whose effect is asked for. */
	readonly isTreated: boolean;
	count: number;
	orders: number;
	/** Sum over the trials of the log-odds of their chance under usual service. */
	sumLogOdds: number;
}

/** Groups are as wide as a step of log-odds in which the curve of probabilities is straight. */
const STEPS_A_LOGIT = 4;
/** A chance is not taken to be nearer to 0 or 1: one in a thousand. */
const MAX_LOG_ODDS = Math.log(999);

/** Position of a phase, a class and a channel among their combinations. */
export function cellOf(phase: number, cls: number, channel: number): number {
	return (phase * CLASSES.length + cls) * CHANNELS.length + channel;
}

/** Gathers trials, of which the estimate needs no more than these counts. */
export function createTrialGroups(): {
	add(cell: number, isTreated: boolean, chance: number, ordered: boolean): void;
	/** In an order that does not depend on that of the trials. */
	list(): TrialGroup[];
} {
	const groups = new Map<number, TrialGroup>();
	return {
		add(cell, isTreated, chance, ordered) {
			const logOdds = Math.max(-MAX_LOG_ODDS, Math.min(MAX_LOG_ODDS, Math.log(chance / (1 - chance))));
			const key = (cell * 2 + Number(isTreated)) * 256 + 128 + Math.round(logOdds * STEPS_A_LOGIT);
			let group = groups.get(key);
			if (!group) groups.set(key, (group = { cell, isTreated, count: 0, orders: 0, sumLogOdds: 0 }));
			group.count++;
			group.orders += Number(ordered);
			group.sumLogOdds += logOdds;
		},
		list: () => [...groups].sort(([a], [b]) => a - b).map(([, group]) => group),
	};
}
