import { keyOfStored, readStored, type StoredPlan, type StoredPortfolio } from "../stored-plan.ts";
import type { FigureId } from "./figures.ts";
import { lookAheadInThread } from "./look-ahead-thread.ts";
import type { LookAhead } from "./look-ahead.ts";
import { type DrillDown, type Monitor, type MonitorScope, monitorOf, openMonitor } from "./monitor.ts";
import type { MonitorCustomers, MonitorDocument } from "./monitor-document.ts";
import { openSnapshot } from "../portfolio/snapshot/snapshot.ts";
import { viewOf } from "./view.ts";
import { createShelf } from "../shelf.ts";
import type { Day } from "../units.ts";

/** A day at which a snapshot of a store is looked at, with the plan whose contacts count as made. */
export interface StoredLook {
	readonly portfolio: StoredPortfolio;
	readonly asOf: Day;
	readonly plan: StoredPlan | null;
}

/** What is asked of a look: its figures, or the customers behind one. */
export type LookQuestion =
	| { readonly kind: "document"; readonly scope: MonitorScope }
	| { readonly kind: "customers"; readonly figure: FigureId; readonly drill: DrillDown };

/** What the thread of looks is handed. */
export interface LookTask {
	readonly look: StoredLook;
	readonly question: LookQuestion;
}

/** A monitor on another thread. */
export interface DistantMonitor {
	document(scope?: MonitorScope): Promise<MonitorDocument>;
	customers(figure: FigureId, drill?: DrillDown): Promise<MonitorCustomers>;
}

/** Looks kept open: each holds its portfolio and some arrays by customer in memory. */
const MOST_KEPT = 2;

/** From so many order lines on a look takes a second thread, which costs a tenth of a second to begin with. */
const MANY_LINES = 2_000_000;

/** Looks at a snapshot; at one of `manyLines` on this thread and another, with the same figures. */
export async function openLook({ portfolio: { folder, sha }, asOf, plan }: StoredLook, manyLines = MANY_LINES): Promise<Monitor> {
	const portfolio = openSnapshot(folder, sha).portfolio();
	const question = { asOf, ...(plan && { plan: readStored(plan) }) };
	if (portfolio.tables.orders.numRows < manyLines) return openMonitor(portfolio, question);
	const others = lookAheadInThread({ store: folder, sha, asOf });
	others.catch(() => undefined); // told below, or not at all where this thread fails first
	const state: { ahead: LookAhead | null } = { ahead: null };
	const view = viewOf(portfolio, question, () => {
		if (state.ahead === null) throw new TypeError("a look was asked before the other thread had told its part");
		return state.ahead;
	});
	state.ahead = await others;
	return monitorOf(view, question);
}

/** Answers questions about snapshots and keeps the last looks, since a page and what is behind it are asked for together. */
export function createLooker(): (task: LookTask) => Promise<MonitorDocument | MonitorCustomers> {
	const looks = createShelf<Promise<Monitor>>(MOST_KEPT);
	return async ({ look, question }) => {
		const { portfolio, asOf, plan } = look;
		const key = JSON.stringify([portfolio.folder, portfolio.sha, asOf, plan && keyOfStored(plan)]);
		const opening = looks.get(key, () => openLook(look));
		opening.catch(() => looks.drop(key)); // the next question tries again
		const monitor = await opening;
		return question.kind === "document" ? monitor.document(question.scope) : monitor.customers(question.figure, question.drill);
	};
}
