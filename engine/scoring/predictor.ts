import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../errors.ts";
import type { History } from "../portfolio/history.ts";
import type { Portfolio } from "../portfolio/portfolio.ts";
import type { Day } from "../units.ts";
import { NUM_OUTPUTS } from "./churn-inputs.ts";
import { HAZARD_EDGES } from "./hazard.ts";
import { type ModelFolder, modelName, readModelFolder } from "./model-folder.ts";
import { createNet } from "./net.ts";
import { type CommonTaste, measureTaste } from "./candidates.ts";
import { buildRhythm, type CommonRhythm } from "./rhythm.ts";
import { scoreChurn } from "./score-churn.ts";
import { type Lengths, scoreMix } from "./score-mix.ts";
import type { Scores } from "./scores.ts";
import { loadTensorFlow } from "./tensorflow.ts";

/** A loaded model; it lives until the thread ends. */
export interface Predictor {
	/** `<name>-<date>@<digest>`, as `Scores.model`. */
	readonly model: string;
	/**
	 * Scores every customer from what the history holds. Where `history.before` lies before `asOf` (a feed that is missing), silence is
	 * frozen at `history.before`: days without data are not days without orders.
	 */
	score(portfolio: Portfolio, history: History, options: ScoreOptions): Scores;
	/** What `score` takes of the portfolio as a whole, and the scores of its customers without suggestions. */
	survey(
		portfolio: Portfolio,
		history: History,
		options: Pick<ScoreOptions, "asOf">,
	): { readonly common: CommonFacts; readonly scores: Scores };
}

/** Whatever the score of one customer takes of all the others. */
export interface CommonFacts {
	readonly rhythm: CommonRhythm;
	readonly taste: CommonTaste;
	/** What the season adds to the log odds of an order. */
	readonly seasonShift: number;
}

export interface ScoreOptions {
	readonly asOf: Day;
	/** How many products to suggest to a customer; 12 bought before and 8 never bought unless said. */
	readonly suggestions?: Lengths;
	/** Of the whole portfolio, where this one is a slice of it. */
	readonly common?: CommonFacts;
}

const SUGGESTIONS: Lengths = { replenish: 12, open: 8 };
const NO_SUGGESTIONS: Lengths = { replenish: 0, open: 0 };

/** The folder of the model that is shipped: the newest `default-…` under models/artefacts. */
export function defaultModelDir(): string {
	const artefacts = join(import.meta.dirname, "../../models/artefacts");
	const shipped = existsSync(artefacts) ? readdirSync(artefacts).filter((name) => name.startsWith("default-")) : [];
	const newest = shipped.sort().at(-1);
	if (newest === undefined)
		throw new CarteiraError("NOT_FOUND", `no default model under ${artefacts}; make one with npm run train:default`);
	return join(artefacts, newest);
}

/** Loads a model folder (the shipped one by default). Throws NOT_FOUND or MODEL_MISMATCH. */
export async function loadPredictor(modelDir: string = defaultModelDir()): Promise<Predictor> {
	return createPredictor(await readModelFolder(modelDir));
}

/** A predictor from a model folder in memory. */
export async function createPredictor(folder: ModelFolder): Promise<Predictor> {
	const tensorFlow = await loadTensorFlow();
	const { manifest } = folder;
	const [churn, replenish, open] = await Promise.all([
		createNet(tensorFlow, folder, "churn", NUM_OUTPUTS * manifest.churn.numSeeds),
		createNet(tensorFlow, folder, "replenish", 1),
		createNet(tensorFlow, folder, "open", 1),
	]);
	const model = modelName(manifest);

	function scoreAll(portfolio: Portfolio, history: History, { asOf, suggestions = SUGGESTIONS, common }: ScoreOptions) {
		const rhythm = buildRhythm(portfolio, history, common?.rhythm);
		const customers = customersWithOrders(history);
		const { scores, seasonShift } = scoreChurn(churn, manifest.churn, portfolio, history, rhythm, customers, common?.seasonShift);
		const mix =
			suggestions.replenish + suggestions.open > 0
				? scoreMix({ replenish, open }, portfolio, history, rhythm, customers, suggestions, common?.taste)
				: noProducts(history);
		const { expectedInterval, ticket, marginRate } = rhythm;
		const rest = { expectedInterval, ticket, marginRate, hazardEdges: Int32Array.from(HAZARD_EDGES) };
		return { rhythm, seasonShift, scores: { model, asOf, numCustomers: history.numCustomers, ...scores, ...mix, ...rest } };
	}

	return {
		model,
		score: (portfolio, history, options) => scoreAll(portfolio, history, options).scores,
		survey(portfolio, history, { asOf }) {
			const { rhythm, seasonShift, scores } = scoreAll(portfolio, history, { asOf, suggestions: NO_SUGGESTIONS });
			return { scores, common: { rhythm: commonOf(rhythm), seasonShift, taste: measureTaste(portfolio, history, rhythm) } };
		},
	};
}

/** The part of a rhythm that is the same for all customers. */
function commonOf({ closures, usualInterval, segmentIntervals, baseTicket, weekdayShare }: CommonRhythm): CommonRhythm {
	return { closures, usualInterval, segmentIntervals, baseTicket, weekdayShare };
}

function noProducts({ numCustomers }: History): ReturnType<typeof scoreMix> {
	return {
		productStart: new Int32Array(numCustomers + 1),
		product: new Int32Array(0),
		propensity: new Float32Array(0),
		productValue: new Float64Array(0),
		productReason: new Uint8Array(0),
	};
}

function customersWithOrders({ eventStart, numCustomers }: History): Int32Array {
	return Int32Array.from({ length: numCustomers }, (_, customer) => customer).filter((c) => eventStart[c + 1] > eventStart[c]);
}
