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
import { buildRhythm } from "./rhythm.ts";
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
}

export interface ScoreOptions {
	readonly asOf: Day;
	/** How many products to suggest to a customer; 12 bought before and 8 never bought unless said. */
	readonly suggestions?: Lengths;
}

const SUGGESTIONS: Lengths = { replenish: 12, open: 8 };

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
	return {
		model,
		score(portfolio, history, { asOf, suggestions = SUGGESTIONS }) {
			const rhythm = buildRhythm(portfolio, history);
			const customers = customersWithOrders(history);
			return {
				model,
				asOf,
				numCustomers: history.numCustomers,
				...scoreChurn(churn, manifest.churn, portfolio, history, rhythm, customers),
				...(suggestions.replenish + suggestions.open > 0
					? scoreMix({ replenish, open }, portfolio, history, rhythm, customers, suggestions)
					: noProducts(history)),
				expectedInterval: rhythm.expectedInterval,
				ticket: rhythm.ticket,
				marginRate: rhythm.marginRate,
				hazardEdges: Int32Array.from(HAZARD_EDGES),
			};
		},
	};
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
