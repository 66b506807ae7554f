import { probit } from "simple-statistics";
import { effectRowsOf, findTrials, type LeftOut, type Policy, type Trial, validatePolicy } from "../../engine/index.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CHANNELS } from "../../engine/portfolio/schema.ts";
import type { BuyTillYouDie } from "../../engine/scoring/buy-till-you-die.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { findImbalance } from "./arm-balance.ts";
import { type Association, associationOf } from "./contact-association.ts";
import { assumptionOf, type EffectCell, type EffectRow, mergeEffects, namesOf } from "./effect-policy.ts";
import { fitEffects } from "./fit-effects.ts";
import { cellOf, createTrialGroups, type TrialGroup } from "./trial-groups.ts";

/** What a channel's contacts allow to say. */
export interface ChannelEvidence {
	readonly channel: string;
	/** `measured` where a lot withheld some of its contacts, else `assumed`: the policy's effects stay. */
	readonly basis: "measured" | "assumed";
	readonly made: number;
	readonly held_out: number;
	/** Orders after contacts that reached the customer against those that did not: no effect, since who is met may differ. Null without both. */
	readonly association: Association | null;
}

export interface EffectsReport {
	readonly as_of: string;
	readonly level: number;
	readonly channels: readonly ChannelEvidence[];
	/** Of the measured channels, every phase and class. */
	readonly cells: readonly EffectCell[];
	readonly left_out: Readonly<LeftOut>;
	readonly warnings: readonly string[];
	/** To be laid over policy.json: measured rows before the policy's own. */
	readonly policy: { readonly effects: readonly EffectRow[] };
}

export interface EstimateEffectsOptions {
	/** Nothing dated on this day or later is looked at. */
	readonly asOf: Day;
	/** For the chance of an order under usual service. */
	readonly model: BuyTillYouDie;
}

/**
 * Re-estimates the policy's effects of a contact from its outcomes. Only what a lot decided is taken for an effect: contacts made against
 * contacts that were planned and withheld at random. What merely followed contacts is told as an association and changes nothing.
 * Effects on retention stay assumed: one contact more or less is not enough to see them.
 */
export function estimateEffects(portfolio: Portfolio, { asOf, model }: EstimateEffectsOptions): EffectsReport {
	const policy = validatePolicy(portfolio.policy);
	const [lot, met] = [createTrialGroups(), createTrialGroups()];
	const leftOut = findTrials({ portfolio, policy, model, asOf }, (trial) => {
		lot.add(cellOfTrial(trial), trial.arm !== "held_out", trial.chance, trial.ordered);
		if (trial.arm !== "held_out") met.add(cellOfTrial(trial), trial.arm === "reached", trial.chance, trial.ordered);
	});
	const [groups, reachedGroups] = [lot.list(), met.list()];
	const channels = CHANNELS.map((_, channel) => evidenceOf(channel, groups, reachedGroups, policy.effect_learning.level));
	const measured = groups.filter(({ cell }) => channels[cell % CHANNELS.length].basis === "measured");
	const cells = measureCells(policy, measured, channels);
	return {
		as_of: formatDay(asOf),
		level: policy.effect_learning.level,
		channels,
		cells,
		left_out: leftOut,
		warnings: warningsOf(groups, measured, asOf),
		policy: { effects: mergeEffects(policy, cells, formatDay(asOf)) },
	};
}

function cellOfTrial(trial: Trial): number {
	return cellOf(trial.phase, trial.class, trial.channel);
}

function evidenceOf(channel: number, groups: readonly TrialGroup[], reached: readonly TrialGroup[], level: number): ChannelEvidence {
	const ofChannel = (list: readonly TrialGroup[]) => list.filter(({ cell }) => cell % CHANNELS.length === channel);
	const [made, heldOut] = countArms(ofChannel(groups));
	const basis = made.count > 0 && heldOut.count > 0 ? "measured" : "assumed";
	const association = associationOf(ofChannel(reached), level);
	return { channel: CHANNELS[channel], basis, made: made.count, held_out: heldOut.count, association };
}

interface Count {
	readonly count: number;
	readonly orders: number;
}

/** Trials and orders of the treated and of the others. */
function countArms(groups: readonly TrialGroup[]): readonly [treated: Count, others: Count] {
	const sumOf = (isTreated: boolean): Count =>
		groups
			.filter((group) => group.isTreated === isTreated)
			.reduce((sum, { count, orders }) => ({ count: sum.count + count, orders: sum.orders + orders }), { count: 0, orders: 0 });
	return [sumOf(true), sumOf(false)];
}

function measureCells(policy: Policy, groups: readonly TrialGroup[], channels: readonly ChannelEvidence[]): EffectCell[] {
	const {
		level,
		channel_spread: channel,
		phase_spread: phase,
		prospect_spread: prospect,
		class_spread: cls,
		cell_spread: cell,
		spread_strength,
	} = policy.effect_learning;
	const spreads = { channel, phase, prospect, class: cls, cell, strength: spread_strength };
	const rows = effectRowsOf(policy);
	const cells = Array.from(rows.keys()).filter((row) => channels[row % CHANNELS.length].basis === "measured");
	const assumedOf = (cell: number): number => assumptionOf(rows[cell]);
	const fitted = fitEffects(groups, assumedOf, spreads, cells);
	const reach = probit((1 + level) / 2);
	return cells.map((cell) => {
		const { mean, deviation } = fitted.get(cell) ?? { mean: assumedOf(cell), deviation: Number.NaN };
		const [made, heldOut] = countArms(groups.filter((group) => group.cell === cell));
		const total = made.count + heldOut.count;
		return {
			...namesOf(cell),
			assumed: assumedOf(cell),
			order_logit: mean,
			lower: mean - reach * deviation,
			upper: mean + reach * deviation,
			made: made.count,
			made_ordered: made.orders,
			held_out: heldOut.count,
			held_out_ordered: heldOut.orders,
			effective_contacts: total === 0 ? 0 : (4 * made.count * heldOut.count) / total,
		};
	});
}

function warningsOf(groups: readonly TrialGroup[], measured: readonly TrialGroup[], asOf: Day): string[] {
	if (groups.length === 0) return [`contacts: none before ${formatDay(asOf)} with a window that is over; every effect stays assumed`];
	if (measured.length === 0)
		return ["contacts: none was held out by lot; every effect stays assumed, and what followed contacts is an association"];
	const imbalance = findImbalance(measured);
	if (imbalance === null) return [];
	return [
		`contacts: held out were customers with ${imbalance < 0 ? "lower" : "higher"} chances of an order (${Math.abs(imbalance).toFixed(1)} standard errors): the lot does not look like one`,
	];
}
