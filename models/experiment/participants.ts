import { buildOwnership, type Policy } from "../../engine/index.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CUSTOMER_STATUS } from "../../engine/portfolio/schema.ts";
import type { Day } from "../../engine/units.ts";
import { customersOf } from "../churn/populations.ts";
import type { LotUnit } from "./lot.ts";
import { outcomesOf } from "./outcomes.ts";

/** A stratum holds at least so many units of the hold-out, or is drawn together with the others of its size. */
const FEWEST_HELD_OUT = 3;
const SIZES = ["large", "middle", "small"] as const;
const OPEN = CUSTOMER_STATUS.indexOf("open");

/** A customer that a lot may be drawn over. */
export interface Participant extends LotUnit {
	/** Rows of the customers table and of the rep that owned it on the first day; -1 where that rep has gone since. */
	readonly customer: number;
	readonly rep: number;
	/** Customers of one group have their luck in common. */
	readonly cluster: string;
	/** Net sales of the year before the experiment, cents. */
	readonly pastYear: number;
}

/**
 * Ids of those that ordered in the year before and cannot take part, as the customers table has it on the day of the draw: closed, blocked, not
 * to be contacted, or without a rep. The table says nothing of earlier days, so that the draw writes them down.
 */
export function findLeftOut(portfolio: Portfolio, past: History): string[] {
	const { customers } = portfolio.tables;
	const { status, blocked } = customers.codes;
	const ownership = buildOwnership(portfolio, [past.before]);
	const isOpen = (row: number): boolean => (status[row] > CUSTOMER_STATUS.length || status[row] === OPEN) && blocked[row] !== 1;
	return customersOf(past, 1)
		.filter((row) => ownership.ownerOf(row) < 0 || !isOpen(row))
		.map((row) => customers.texts.customer_id.at(row) ?? "");
}

/** How an experiment was drawn. */
export interface Drawing {
	/** Share that the lot was to draw: strata of which it draws too few are joined. */
	readonly share: number;
	/** Ids of those that could not be drawn. */
	readonly leftOut: readonly string[];
}

/**
 * Customers that ordered in the year before the experiment, those left out apart, by row; strata are rep × third by past sales. Neither what is
 * dated on its first day or later nor what the customers have become since decides who takes part.
 */
export function findParticipants(portfolio: Portfolio, past: History, policy: Policy, { share, leftOut }: Drawing): Participant[] {
	const { customers, reps } = portfolio.tables;
	const without = new Set(leftOut);
	const idOf = (row: number): string => customers.texts.customer_id.at(row) ?? "";
	const rows = customersOf(past, 1).filter((row) => !without.has(idOf(row)));
	const from: Day = past.before;
	const pastYear = new Map(rows.map((row) => [row, outcomesOf(portfolio, past, policy, row, from - 365, from).revenue]));
	// Ties by id: in whatever order a table comes, the strata are the same.
	const ranked = rows.toSorted((a, b) => (pastYear.get(b) ?? 0) - (pastYear.get(a) ?? 0) || (idOf(a) < idOf(b) ? -1 : 1));
	const sizeOf = new Map(ranked.map((row, rank) => [row, SIZES[Math.floor((SIZES.length * rank) / ranked.length)]]));
	const ownership = buildOwnership(portfolio, [from]);
	const ownerOf = (row: number): number => ownership.ownerOf(row);
	const repOf = (row: number): string => (ownerOf(row) < 0 ? null : reps.texts.rep_id.at(ownerOf(row))) ?? "none"; // its rep may have gone since
	const fine = Map.groupBy(rows, (row) => `${repOf(row)} ${sizeOf.get(row)}`);
	const stratumOf = (row: number): string => {
		const name = `${repOf(row)} ${sizeOf.get(row)}`;
		return share * (fine.get(name)?.length ?? 0) >= FEWEST_HELD_OUT ? name : `other ${sizeOf.get(row)}`;
	};
	return rows.map((row) => {
		const id = idOf(row);
		const group = customers.texts.group_id.at(row);
		const cluster = group === null ? `customer ${id}` : `group ${group}`;
		return { id, stratum: stratumOf(row), customer: row, rep: ownerOf(row), cluster, pastYear: pastYear.get(row) ?? 0 };
	});
}
