import { forecastPortfolio } from "./forecast/forecast.ts";
import type { ForecastDocument } from "./forecast/forecast-document.ts";
import { inOwnThread } from "./workers/own-thread.ts";
import type { Portfolio } from "./portfolio/portfolio.ts";
import { openSnapshot } from "./portfolio/snapshot/snapshot.ts";
import { loadPredictor, type Predictor } from "./scoring/predictor.ts";
import type { Question } from "./question.ts";
import { understand } from "./understand.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** What is forecast: as of when, by which rules, and with which plan.json of that day. */
export interface ForecastRequest extends Question {
	readonly plan?: unknown;
}

interface ForecastTask {
	readonly store: string;
	/** Name of the snapshot. */
	readonly sha: string;
	readonly request: ForecastRequest;
	/** Model folder; default: the one shipped. */
	readonly model?: string;
}

/** Forecasts in this thread. */
export function forecastHere(portfolio: Portfolio, request: ForecastRequest, predictor: Predictor): ForecastDocument {
	const context = understand(portfolio, request, predictor);
	return forecastPortfolio({ context, predictor, plan: request.plan });
}

async function answer({ store, sha, request, model }: ForecastTask): Promise<Outcome<ForecastDocument>> {
	const predictor = await loadPredictor(model);
	return outcomeOf(() => forecastHere(openSnapshot(store, sha).portfolio(), request, predictor));
}

/** Forecasts a snapshot in a thread of its own: a year of past origins takes seconds, in which the caller goes on answering. */
export const forecastInThread = inOwnThread(import.meta.url, answer);
