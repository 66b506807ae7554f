import { parseAbsences } from "../portfolio/calendar/calendar.ts";
import type { Portfolio, Table } from "../portfolio/portfolio.ts";
import { ASSIGNMENT_ROLES, REP_KINDS } from "../portfolio/schema.ts";
import { type Day, NULL_DAY } from "../units.ts";

const OWNER = ASSIGNMENT_ROLES.indexOf("owner");
const COVER = ASSIGNMENT_ROLES.indexOf("cover");
const TELESALES = ASSIGNMENT_ROLES.indexOf("telesales");
/** Roles that own a customer, and that stand in for an absent owner; the first that there is. */
const OWNERS = [OWNER, TELESALES];
const STAND_INS = [COVER, TELESALES];
const SUPERVISOR = REP_KINDS.indexOf("supervisor");
const DIRECTOR = REP_KINDS.indexOf("director");

/** Who serves whom on the dates planned. */
export interface Ownership {
	/** Row of the rep that serves a customer on a date: the owner; while it is absent who covers, else telesales; -1 for nobody. */
	repOn(customer: number, date: Day): number;
	/** The owner, absent or not, on the first date that has one; -1 for none. */
	ownerOf(customer: number): number;
	/** Row of `assignments` that makes the owner on a date; -1 where customers.rep_id does. */
	assignmentOn(customer: number, date: Day): number;
	/** Every rep that serves the customer on some date, and the owner. */
	repsOf(customer: number): readonly number[];
	isAbsent(rep: number, date: Day): boolean;
}

/** Do supervisors and directors: they have escalations and appointments only, no customers of their own? */
export function isManager(reps: Table, rep: number): boolean {
	return reps.codes.kind[rep] === SUPERVISOR || reps.codes.kind[rep] === DIRECTOR;
}

/** First rep of a kind up the chain of managers above a rep; -1 for none. Managers who manage each other end the search. */
export function managerAbove(reps: Table, rep: number, kind: number): number {
	const seen = new Set<number>();
	for (let above = reps.refs.manager_id[rep]; above >= 0 && above < reps.numRows && !seen.has(above); above = reps.refs.manager_id[above]) {
		if (reps.codes.kind[above] === kind) return above;
		seen.add(above);
	}
	return -1;
}

/** Who serves on one date and by which row of assignments. */
interface Service {
	readonly rep: number;
	readonly owner: number;
	readonly ownerRow: number;
}

/** Works out who serves each customer on each of the dates, which are consecutive. */
export function buildOwnership({ tables: { customers, assignments, reps } }: Portfolio, dates: readonly Day[]): Ownership {
	const rows = groupByCustomer(assignments, customers.length);
	const absences = Array.from({ length: reps.numRows }, (_, rep) => {
		const text = reps.texts.absences.at(rep);
		return text === null ? [] : parseAbsences(text);
	});
	const isAbsent = (rep: number, date: Day): boolean => absences[rep].some(([from, to]) => from <= date && date <= to);

	const { rep_id: assignee } = assignments.refs;
	const { role } = assignments.codes;
	const serviceOn = (customer: number, assigned: ArrayLike<number>, date: Day): Service => {
		const isOpen = (row: number): boolean => isValid(assignments, row, date) && assignee[row] < reps.numRows;
		const isPresent = (row: number): boolean => isOpen(row) && !isAbsent(assignee[row], date);
		const firstOf = (isMeant: (row: number) => boolean, roles: readonly number[]): number => {
			for (const role of roles) {
				const row = firstOfRole(assignments, assigned, role, isMeant);
				if (row >= 0) return row;
			}
			return -1;
		};
		const own = customers.refs.rep_id[customer];
		const ownerRow = assigned.length === 0 ? -1 : firstOf(isOpen, OWNERS);
		const owner = ownerRow >= 0 ? assignee[ownerRow] : own < reps.numRows ? own : -1;
		if (owner >= 0 && !isAbsent(owner, date)) return { rep: owner, owner, ownerRow };
		const standIn = firstOf(isPresent, STAND_INS);
		return { rep: standIn < 0 ? -1 : assignee[standIn], owner, ownerRow };
	};

	const owners = new Int32Array(customers.length).fill(-1);
	const ownerRows = new Int32Array(customers.length).fill(-1);
	/** Only customers whose service differs from the owner's, or by its row, on some date; one cell a date. */
	const changing = new Map<number, readonly Service[]>();
	const isPresent = Array.from({ length: reps.numRows }, (_, rep) => !dates.some((date) => isAbsent(rep, date)));
	const isThere = (rep: number): boolean => rep < 0 || isPresent[rep];
	const [firstDate, lastDate] = [dates[0], dates[dates.length - 1]];
	const isSettled = (row: number): boolean => isValid(assignments, row, firstDate) && isValid(assignments, row, lastDate);
	for (let customer = 0; customer < customers.length; customer++) {
		// Most have one owner, there on all dates: told without an object for each of them.
		const only = onlyRow(rows, customer);
		const plain =
			only === NO_ROW ? customers.refs.rep_id[customer] : only >= 0 && role[only] === OWNER && isSettled(only) ? assignee[only] : -1;
		if (plain >= 0 && plain < reps.numRows && isPresent[plain]) {
			owners[customer] = plain;
			ownerRows[customer] = only;
			continue;
		}
		const assigned = rows.row.subarray(rows.start[customer], rows.start[customer + 1]);
		const onFirst = serviceOn(customer, assigned, firstDate);
		const isSame = isThere(onFirst.owner) && isThere(onFirst.rep) && assigned.every(isSettled);
		if (isSame && onFirst.rep === onFirst.owner) {
			owners[customer] = onFirst.owner;
			ownerRows[customer] = onFirst.ownerRow;
			continue;
		}
		const services = isSame ? dates.map(() => onFirst) : dates.map((date) => serviceOn(customer, assigned, date));
		const first = services.find(({ owner }) => owner >= 0) ?? services.find(({ rep }) => rep >= 0);
		owners[customer] = first?.owner ?? -1;
		ownerRows[customer] = first?.ownerRow ?? -1;
		const isPlain = services.every(({ rep, ownerRow }) => rep === owners[customer] && ownerRow === ownerRows[customer]);
		if (!isPlain) changing.set(customer, services);
	}
	const changeOn = (customer: number, date: Day): Service | undefined => changing.get(customer)?.[date - firstDate];
	return {
		repOn: (customer, date) => changeOn(customer, date)?.rep ?? owners[customer],
		isAbsent,
		ownerOf: (customer) => owners[customer],
		assignmentOn: (customer, date) => changeOn(customer, date)?.ownerRow ?? ownerRows[customer],
		repsOf: (customer) => {
			const own = owners[customer] < 0 ? [] : [owners[customer]];
			const others = changing.get(customer);
			return others ? [...new Set([...own, ...others.map(({ rep }) => rep).filter((rep) => rep >= 0)])] : own;
		},
	};
}

function isValid({ days }: Table, row: number, date: Day): boolean {
	const { valid_from: from, valid_to: to } = days;
	return (from[row] === NULL_DAY || from[row] <= date) && (to[row] === NULL_DAY || date <= to[row]);
}

/** First row of a role that is meant, one for all lines before one for a single line; -1 for none. */
function firstOfRole({ codes, texts }: Table, rows: ArrayLike<number>, role: number, isMeant: (row: number) => boolean): number {
	let first = -1;
	for (let i = 0; i < rows.length; i++) {
		const row = rows[i];
		if (codes.role[row] !== role || !isMeant(row)) continue;
		if (texts.line.at(row) === null) return row;
		if (first < 0) first = row;
	}
	return first;
}

/** Rows of a table by the customer that they name: those of customer c are row[start[c]] … row[start[c + 1] - 1]. */
interface CustomerRows {
	readonly start: Int32Array;
	readonly row: Int32Array;
}

const [NO_ROW, MANY_ROWS] = [-1, -2];

/** The only row of a customer; NO_ROW, MANY_ROWS where there is none, or more than one. */
function onlyRow({ start, row }: CustomerRows, customer: number): number {
	const count = start[customer + 1] - start[customer];
	return count === 1 ? row[start[customer]] : count === 0 ? NO_ROW : MANY_ROWS;
}

function groupByCustomer(table: Table, numCustomers: number): CustomerRows {
	const start = new Int32Array(numCustomers + 1);
	const customerOf = table.refs.customer_id;
	for (let row = 0; row < table.numRows; row++) start[customerOf[row] + 1]++;
	for (let c = 0; c < numCustomers; c++) start[c + 1] += start[c];
	const next = start.slice();
	const rows = new Int32Array(table.numRows);
	for (let row = 0; row < table.numRows; row++) rows[next[customerOf[row]]++] = row;
	return { start, row: rows };
}
