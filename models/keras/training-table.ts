import type { Cell } from "../../engine/portfolio/cells/cell-text.ts";
import { CarteiraError } from "../../engine/errors.ts";
import { buildHistory, type History, netValueOf } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import type { ColumnType } from "../../engine/portfolio/schema.ts";
import { openParquetFile, type TableWriter } from "../../engine/portfolio/files/write-table.ts";
import { CHURN_INPUTS, type ChurnAnchor, createChurnReader, NUM_OUTPUTS } from "../../engine/scoring/churn-inputs.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { HAZARD_EDGES } from "../../engine/scoring/hazard.ts";
import type { Training } from "../../engine/scoring/model-folder.ts";
import { buildRhythm } from "../../engine/scoring/rhythm.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { futureOf } from "../churn/churn-dataset.ts";
import { fitAnchor } from "../churn/fit-anchor.ts";
import { pickOrigins } from "../churn/origins.ts";
import { storyOf } from "../churn/training-story.ts";

/** What of the table is said of a row rather than fed to the net. */
const LABELS: Readonly<Record<string, ColumnType>> = {
	/** Days from the origin to the next order, 0 for the origin itself; empty where none is known. */
	days_to_order: "integer",
	/** Days after the origin that the history tells about. */
	days_known: "integer",
	/** Orders, and net value floored at 0, in the 90 days from the origin; they count where days_known is at least 90. */
	orders_90: "integer",
	value_90: "money",
	/** Expected value of one order. */
	ticket: "money",
};

const edges = (prefix: string): string[] => HAZARD_EDGES.map((edge) => `${prefix}_${edge}`);

/** Columns of the table, in order, with their types. */
export const TRAINING_COLUMNS: Readonly<Record<string, ColumnType>> = {
	/** First day of the window asked about; only what lies before it is in the inputs. */
	origin: "day",
	customer_id: "text",
	/** Inputs of the churn net, unscaled. */
	...all(CHURN_INPUTS, "number"),
	/** Logits of the hazard's bins, by the bin's upper edge in days, and logarithms of orders and tickets: what the net's outputs are added to. */
	...all([...edges("offset"), "offset_orders", "offset_tickets"], "number"),
	/** 1 where the next order fell in the bin; and 1 where the customer came to the bin without an order and all of it is known. */
	...all([...edges("order_in"), ...edges("at_risk_in")], "integer"),
	...LABELS,
};

function all(names: readonly string[], type: ColumnType): Record<string, ColumnType> {
	return Object.fromEntries(names.map((name) => [name, type]));
}

/** What a network trained on the table must say it was trained for. */
export interface TableStory extends ChurnAnchor {
	readonly inputs: readonly string[];
	readonly hazardEdges: readonly number[];
	readonly asOf: string;
	readonly training: Training;
}

export interface TrainingTableOptions {
	readonly origins: readonly Day[];
	/** The models whose logits are inputs and offsets. */
	readonly anchor: ChurnAnchor;
	/** The Parquet file. */
	readonly out: string;
	readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Writes the churn net's training table as Parquet: a row for each origin and each customer that had ordered before it. Labels are read
 * from the history, which must reach beyond the origins. The file's metadata `carteira` holds the `TableStory` as JSON.
 * Answers the number of rows.
 */
export async function writeTrainingTable(portfolio: Portfolio, history: History, options: TrainingTableOptions): Promise<number> {
	const { origins, anchor, out, onProgress = () => undefined } = options;
	const story: TableStory = {
		inputs: CHURN_INPUTS,
		hazardEdges: HAZARD_EDGES,
		...anchor,
		asOf: formatDay(history.before),
		training: storyOf(portfolio, history, origins, anchor),
	};
	const table = openParquetFile(out, TRAINING_COLUMNS, { carteira: JSON.stringify(story) });
	try {
		for (const [done, origin] of origins.entries()) {
			onProgress(done, origins.length);
			appendOrigin(table, portfolio, history, origin, anchor);
		}
		return await table.close();
	} catch (error) {
		table.abort();
		throw error;
	}
}

/**
 * Writes the training table of a portfolio as a model trained at `asOf` would see it: all past origins, and a buy-till-you-die model
 * fitted on all orders before that day. Throws NOT_ENOUGH_HISTORY where no origin has a past and a future.
 */
export async function exportTrainingTable(
	portfolio: Portfolio,
	{ asOf, ...options }: { readonly asOf: Day } & Pick<TrainingTableOptions, "out" | "onProgress">,
): Promise<number> {
	const history = buildHistory(portfolio, asOf);
	const origins = pickOrigins(history, asOf);
	if (origins.length === 0)
		throw new CarteiraError(
			"NOT_ENOUGH_HISTORY",
			`there is no day before ${formatDay(asOf)} with 90 days of orders before it and 14 after it`,
		);
	return writeTrainingTable(portfolio, history, { ...options, origins, anchor: fitAnchor(portfolio, history, origins) });
}

function appendOrigin(table: TableWriter, portfolio: Portfolio, history: History, origin: Day, anchor: ChurnAnchor): void {
	const past = cutHistory(portfolio, history, origin);
	const rhythm = buildRhythm(portfolio, past);
	const read = createChurnReader(portfolio, past, rhythm, anchor);
	const inputs = new Float32Array(CHURN_INPUTS.length);
	const offsets = new Float32Array(NUM_OUTPUTS);
	const ids = portfolio.tables.customers.texts.customer_id;
	for (let customer = 0; customer < past.numCustomers; customer++) {
		if (past.eventStart[customer] === past.eventStart[customer + 1]) continue;
		read(customer, inputs, 0, offsets, 0);
		const labels = labelsOf(portfolio, history, customer, origin, rhythm.ticket[customer]);
		table.append([origin, ids.at(customer), ...Array.from(inputs, short), ...Array.from(offsets, short), ...labels]);
	}
}

/** Nine digits tell 32-bit floats apart. */
function short(x: number): number {
	return Number(x.toPrecision(9));
}

function labelsOf(portfolio: Portfolio, history: History, customer: number, origin: Day, ticket: number): Cell[] {
	const future = futureOf(history, customer, origin);
	const daysKnown = history.before - origin;
	const fromOf = (bin: number): number => (bin === 0 ? 0 : HAZARD_EDGES[bin - 1]);
	const inBin = HAZARD_EDGES.map((to, bin) => (future.daysToOrder >= fromOf(bin) && future.daysToOrder < to ? 1 : 0));
	const atRisk = HAZARD_EDGES.map((to, bin) => (future.daysToOrder >= fromOf(bin) && to <= daysKnown ? 1 : 0));
	const days = Number.isFinite(future.daysToOrder) ? future.daysToOrder : null;
	return [
		...inBin,
		...atRisk,
		days,
		daysKnown,
		future.orders90,
		Math.round(netValueOf(portfolio, history, customer, origin, origin + 90)),
		Math.round(ticket),
	];
}
