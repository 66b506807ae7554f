import { CLASSES, PHASES, understand } from "../../engine/index.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { ORDER_ORIGINS } from "../../engine/portfolio/schema.ts";
import type { Scores } from "../../engine/scoring/scores.ts";

/** A part of the customers is measured apart from this many on: below it, its figures are noise. */
const MIN_CUSTOMERS = 30;

const TENURES = [
	["under 90 days", 90],
	["90 days to a year", 365],
	["one to two years", 730],
	["two years and more", Number.POSITIVE_INFINITY],
] as const;

/** Customers that have something in common. */
export interface Slice {
	/** `class`, `phase`, `segment`, `channel` or `tenure`. */
	readonly by: string;
	readonly name: string;
	readonly customers: readonly number[];
}

/** Parts of the given customers by what was known of them before the origin; those that are too small are left out. */
export function sliceCustomers(portfolio: Portfolio, past: History, scores: Scores, customers: readonly number[]): Slice[] {
	const predictor = { model: scores.model, score: () => scores };
	const { classification } = understand(portfolio, { asOf: past.before }, predictor, { isSilenceCounted: true });
	const segments = portfolio.tables.customers.texts.segment;
	const nameOf: Readonly<Record<string, (customer: number) => string | null>> = {
		class: (customer) => CLASSES[classification.class[customer]],
		phase: (customer) => PHASES[classification.phase[customer]],
		segment: (customer) => segments.at(customer),
		channel: channelReader(portfolio, past),
		tenure: (customer) => tenureOf(past.before - past.eventDay[past.eventStart[customer]]),
	};
	return Object.entries(nameOf).flatMap(([by, of]) => groupBy(by, customers, of));
}

function groupBy(by: string, customers: readonly number[], nameOf: (customer: number) => string | null): Slice[] {
	const groups = Map.groupBy(customers, nameOf);
	return [...groups]
		.flatMap(([name, members]) => (name !== null && members.length >= MIN_CUSTOMERS ? [{ by, name, customers: members }] : []))
		.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** How the last order came, where the orders say. */
function channelReader({ tables: { orders } }: Portfolio, { lineStart, line }: History): (customer: number) => string | null {
	return (customer) => {
		const last = lineStart[customer + 1] - 1;
		return last < lineStart[customer] ? null : (ORDER_ORIGINS[orders.codes.origin[line[last]]] ?? null);
	};
}

function tenureOf(days: number): string {
	return (TENURES.find(([, below]) => days < below) ?? TENURES[TENURES.length - 1])[0];
}
