import { readFileSync } from "node:fs";
import type { PlanDocument } from "./agenda/plan-document.ts";
import type { StoredPlan } from "./decide.ts";
import type { StoredPortfolio } from "./desks.ts";
import type { FigureId } from "./monitor/figures.ts";
import { type DrillDown, type Monitor, type MonitorScope, openMonitor } from "./monitor/monitor.ts";
import type { MonitorCustomers, MonitorDocument } from "./monitor/monitor-document.ts";
import { openSnapshot } from "./portfolio/snapshot/snapshot.ts";
import { createShelf } from "./shelf.ts";
import type { Day } from "./units.ts";

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

/** Answers questions about snapshots and keeps the last looks, since a page and what is behind it are asked for together. */
export function createLooker(): (task: LookTask) => MonitorDocument | MonitorCustomers {
	const looks = createShelf<Monitor>(MOST_KEPT);
	return ({ look: { portfolio, asOf, plan }, question }) => {
		const { folder, sha } = portfolio;
		const monitor = looks.get(JSON.stringify([folder, sha, asOf, plan?.plan_id ?? null]), () =>
			openMonitor(openSnapshot(folder, sha).portfolio(), { asOf, ...(plan && { plan: readStored(plan) }) }),
		);
		return question.kind === "document" ? monitor.document(question.scope) : monitor.customers(question.figure, question.drill);
	};
}

function readStored({ file }: StoredPlan): PlanDocument {
	return JSON.parse(readFileSync(file, "utf8")) as PlanDocument; // the store's own, written by the engine
}
