import { type PlanProgress, type Portfolio, type TableReport, formatDay, dataThroughOf } from "../engine/index.ts";
import type { PlanRecord } from "./store/store.ts";

/** A table's report as clients see it. */
export function tableReportView(report: TableReport): object {
	const { table, format, dialect, problems, warnings, digest } = report;
	return {
		table,
		format,
		dialect,
		rows_read: report.numRead,
		rows_accepted: report.numAccepted,
		rows_quarantined: report.numQuarantined,
		rows_stale: report.numStale ?? 0,
		num_problems: report.numProblems,
		num_consequences: report.numConsequences,
		problems,
		warnings,
		digest,
	};
}

function progressView({ phase, repsDone, numReps, valueCents, boundCents }: PlanProgress): object {
	const gap = boundCents > 0 ? (boundCents - valueCents) / boundCents : null;
	return { phase, reps_done: repsDone, num_reps: numReps, value_cents: valueCents, upper_bound_cents: boundCents, gap };
}

/** A plan without its agendas: what its client polls. The fields of a finished plan's head stand beside the service's own. */
export function planView(plan: PlanRecord): object {
	const { id, order, publication, failure, progress, head } = plan;
	return {
		id,
		portfolio: order.portfolio,
		status: progress?.phase ?? plan.status,
		publication,
		created_at: plan.createdAt,
		finished_at: plan.finishedAt,
		published_at: plan.publishedAt,
		progress: progress && progressView(progress),
		failure,
		...(head ?? { as_of: order.as_of }),
	};
}

/** Which published plan a portfolio has. */
export function publishedView(plan: PlanRecord | null): object | null {
	if (plan?.head == null) return null;
	return { id: plan.id, plan_id: plan.head.plan_id, as_of: plan.order.as_of, published_at: plan.publishedAt };
}

/** Row counts and digests of what a portfolio holds. */
export function tablesView(portfolio: Portfolio): object {
	return Object.fromEntries(
		portfolio.reports.map((report) => {
			const { numRows, numStubs } = portfolio.tables[report.table];
			const { format, digest, numQuarantined } = report;
			return [report.table, { num_rows: numRows, num_stubs: numStubs, format, digest, rows_quarantined: numQuarantined }];
		}),
	);
}

/** Last date of each table that has dates. */
export function dataThroughView(portfolio: Portfolio): Record<string, string> {
	return Object.fromEntries(
		Object.entries(dataThroughOf(portfolio.tables, Number.POSITIVE_INFINITY)).map(([table, day]) => [table, formatDay(day)]),
	);
}
