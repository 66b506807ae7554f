import { inOwnThread } from "./workers/own-thread.ts";
import { savePopulation } from "./policy/population-file.ts";
import { openSnapshot } from "./portfolio/snapshot/snapshot.ts";
import { loadPredictor } from "./scoring/predictor.ts";
import type { Question } from "./question.ts";
import { surveyPopulation } from "./understand.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** What is surveyed, and where the result is kept. */
export interface SurveyTask {
	readonly store: string;
	/** Name of the snapshot. */
	readonly sha: string;
	readonly question: Question;
	/** Model folder; default: the one shipped. */
	readonly model?: string;
	/** File of the population. */
	readonly path: string;
}

async function survey({ store, sha, question, model, path }: SurveyTask): Promise<Outcome<null>> {
	const predictor = await loadPredictor(model);
	return outcomeOf(() => {
		savePopulation(path, surveyPopulation(openSnapshot(store, sha).portfolio(), question, predictor));
		return null;
	});
}

/** Surveys a snapshot in a thread of its own: a national portfolio takes a minute, in which the caller goes on answering. */
export const surveyInThread = inOwnThread(import.meta.url, survey);
