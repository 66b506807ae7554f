import { z } from "zod";
import { CarteiraError, type Portfolio, parseDay, planningRules, rowsById, staleFeedWarnings } from "../../engine/index.ts";
import { nextOf } from "../daily/daily-runs.ts";
import { portfolioParams, responses } from "../schemas/common.ts";
import { type Schedule, runsView, scheduleBody, scheduleView } from "../schemas/daily.ts";
import type { Services } from "../services.ts";
import { type RunRecord, type ScheduleRecord, latenessOf } from "../store/run-rows.ts";
import type { App } from "../app-type.ts";

const runsQuery = z.strictObject({ limit: z.coerce.number().int().min(1).max(400).default(30) });

function viewOf(portfolio: string, schedule: Schedule, next: { readonly date: string; readonly startAt: number }): object {
	return { portfolio, ...schedule, next: { date: next.date, starts_at: new Date(next.startAt).toISOString() } };
}

function runView(run: RunRecord, now: number): object {
	const { date, state, plan, publish, failure, warnings, diff, fallback } = run;
	const isLate = fallback !== null && fallback.code !== "FAILED";
	return {
		date,
		state,
		plan,
		publish,
		began_at: new Date(run.beganAt).toISOString(),
		ready_by: new Date(run.readyBy).toISOString(),
		ended_at: run.endedAt === null ? null : new Date(run.endedAt).toISOString(),
		lateness_seconds: latenessOf(run, run.endedAt ?? now),
		failure,
		alarms: [
			...(isLate ? [{ code: fallback.code, detail: fallback.detail }] : []),
			...(failure ? [{ code: "FAILED", detail: failure.detail }] : []),
			...staleFeedWarnings(warnings).map((detail) => ({ code: "STALE_FEED", detail })),
		],
		warnings,
		diff,
		fallback: fallback && (({ amended: _amended, ...told }) => told)(fallback),
	};
}

/** Refuses a schedule whose plans would be of reps that the portfolio does not have: each of its days would fail. */
function refuseUnknownReps({ tables: { reps } }: Portfolio, { reps: asked = [], budget }: Schedule["plan"]): void {
	const rowOf = rowsById(reps, "rep_id");
	const isKnown = (id: string): boolean => (rowOf.get(id) ?? reps.numRows) < reps.numRows; // those behind are only named
	const limited = typeof budget?.iterations === "object" ? Object.keys(budget.iterations) : [];
	const problems = [
		...asked.map((value, at) => ({ value, pointer: `/plan/reps/${at}` })),
		...limited.map((value) => ({ value, pointer: `/plan/budget/iterations/${value}` })),
	]
		.filter(({ value }) => !isKnown(value))
		.map((problem) => ({ ...problem, code: "unknown_reference", message: `rep ${problem.value}: expected an id that reps holds` }));
	if (problems.length === 0) return;
	const ids = [...new Set(problems.map(({ value }) => value))];
	throw new CarteiraError("INVALID_INPUT", `reps that the portfolio does not have: ${ids.slice(0, 10).join(", ")}`, problems);
}

/** The daily run: when it is, and what came of it. */
export function registerDailyRoutes(app: App, { config, daily, clock }: Services): void {
	const { rows } = daily;
	const body = scheduleBody(config.limits);

	function refuseMissing<T>(found: T | null, portfolio: string): T {
		if (found === null) throw new CarteiraError("NOT_FOUND", `portfolio ${portfolio} has no schedule`);
		return found;
	}

	app.route({
		method: "PUT",
		url: "/v1/portfolios/:portfolio/schedule",
		config: { scope: "plan" },
		schema: {
			operationId: "putSchedule",
			summary: "Make each day's plan before the shift",
			description:
				"The first run is the next that begins after this call. Late or failed, the last published plan's day is served, held against today's data.",
			tags: ["daily run"],
			params: portfolioParams,
			body,
			response: responses({ 200: scheduleView }, 404, 413, 415, 422),
		},
		handler: async (request) => {
			const { tenant } = request;
			const name = request.params.portfolio;
			const { portfolio } = await tenant.portfolios.read(name);
			refuseUnknownReps(portfolio, request.body.plan);
			const { policy, calendar } = planningRules(portfolio, { policy: request.body.plan.policy ?? {} });
			const schedule: Schedule = { ...request.body, time_zone: request.body.time_zone ?? policy.time_zone };
			const next = nextOf(schedule, clock(), (date) => calendar.isHoliday(parseDay(date)));
			await rows.putSchedule(tenant.name, name, schedule, next);
			return viewOf(name, schedule, next);
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/schedule",
		config: { scope: "read" },
		schema: {
			operationId: "getSchedule",
			summary: "When a portfolio is planned",
			tags: ["daily run"],
			params: portfolioParams,
			response: responses({ 200: scheduleView }, 404),
		},
		handler: async (request) => {
			const name = request.params.portfolio;
			const found: ScheduleRecord = refuseMissing(await rows.getSchedule(request.tenant.name, name), name);
			return viewOf(name, found.body as Schedule, { date: found.nextDate, startAt: found.nextAt });
		},
	});

	app.route({
		method: "DELETE",
		url: "/v1/portfolios/:portfolio/schedule",
		config: { scope: "plan" },
		schema: {
			operationId: "deleteSchedule",
			summary: "Plan the days no longer by itself",
			description: "Runs that were begun go on.",
			tags: ["daily run"],
			params: portfolioParams,
			response: responses({ 204: z.undefined().meta({ description: "it is gone" }) }, 404),
		},
		handler: async (request, reply) => {
			const name = request.params.portfolio;
			refuseMissing((await rows.removeSchedule(request.tenant.name, name)) || null, name);
			return reply.code(204).send();
		},
	});

	app.route({
		method: "GET",
		url: "/v1/portfolios/:portfolio/runs",
		config: { scope: "read" },
		schema: {
			operationId: "listRuns",
			summary: "The daily runs, the latest day first",
			description: "State, plan, lateness, alarms, what changed since the plan in force before and why, and what was served instead.",
			tags: ["daily run"],
			params: portfolioParams,
			querystring: runsQuery,
			response: responses({ 200: runsView }, 404),
		},
		handler: async (request) => {
			const { portfolio } = request.params;
			const now = clock();
			await request.tenant.portfolios.require(portfolio);
			const found = await rows.listRuns(request.tenant.name, portfolio, request.query.limit);
			return { portfolio, runs: found.map((run) => runView(run, now)) };
		},
	});
}
