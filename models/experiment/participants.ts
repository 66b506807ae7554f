import type { Policy } from "../../engine/index.ts";
import type { History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { CUSTOMER_STATUS } from "../../engine/portfolio/schema.ts";
import type { Day } from "../../engine/units.ts";
import { customersOf } from "../evaluation/populations.ts";
import type { LotUnit } from "./lot.ts";
import { outcomesOf } from "./outcomes.ts";

/** A stratum holds at least so many units of the hold-out, or is drawn together with the others of its size. */
const FEWEST_HELD_OUT = 3;
const SIZES = ["large", "middle", "small"] as const;
const OPEN = CUSTOMER_STATUS.indexOf("open");

/** A customer that a lot may be drawn over. */
export interface Participant extends LotUnit {
	/** Rows of the customers and the reps table. */
	readonly customer: number;
	readonly rep: number;
	/** Customers of one group have their luck in common. */
	readonly cluster: string;
	/** Net sales of the year before the experiment, cents. */
	readonly pastYear: number;
}

/**
 * Customers of a rep that ordered in the year before the experiment and may be contacted, by row; strata are rep × third by past sales. Nothing
 * dated on its first day or later decides anything.
 */
export function findParticipants(portfolio: Portfolio, past: History, policy: Policy, share: number): Participant[] {
	const { customers, reps } = portfolio.tables;
	const { status, blocked } = customers.codes;
	const isOpen = (row: number): boolean => (status[row] > CUSTOMER_STATUS.length || status[row] === OPEN) && blocked[row] !== 1;
	const rows = customersOf(past, 1).filter((row) => customers.refs.rep_id[row] >= 0 && isOpen(row));
	const from: Day = past.before;
	const pastYear = new Map(rows.map((row) => [row, outcomesOf(portfolio, past, policy, row, from - 365, from).revenue]));
	const ranked = rows.toSorted((a, b) => (pastYear.get(b) ?? 0) - (pastYear.get(a) ?? 0) || a - b);
	const sizeOf = new Map(ranked.map((row, rank) => [row, SIZES[Math.floor((SIZES.length * rank) / ranked.length)]]));
	const repOf = (row: number): string => reps.texts.rep_id.at(customers.refs.rep_id[row]) ?? "";
	const fine = Map.groupBy(rows, (row) => `${repOf(row)} ${sizeOf.get(row)}`);
	const stratumOf = (row: number): string => {
		const name = `${repOf(row)} ${sizeOf.get(row)}`;
		return share * (fine.get(name)?.length ?? 0) >= FEWEST_HELD_OUT ? name : `other ${sizeOf.get(row)}`;
	};
	return rows.map((row) => {
		const id = customers.texts.customer_id.at(row) ?? "";
		const group = customers.texts.group_id.at(row);
		const cluster = group === null ? `customer ${id}` : `group ${group}`;
		return { id, stratum: stratumOf(row), customer: row, rep: customers.refs.rep_id[row], cluster, pastYear: pastYear.get(row) ?? 0 };
	});
}
