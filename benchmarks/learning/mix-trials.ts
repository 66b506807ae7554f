import { existsSync } from "node:fs";
import { join } from "node:path";
import { CarteiraError } from "../../engine/errors.ts";
import { buildHistory, createIsSale, type History } from "../../engine/portfolio/history.ts";
import type { Portfolio } from "../../engine/portfolio/portfolio.ts";
import { readPortfolio } from "../../engine/portfolio/reading/read-portfolio.ts";
import { cutHistory } from "../../engine/scoring/cut-history.ts";
import { type Day, formatDay } from "../../engine/units.ts";
import { eachRetailLine, readRetailFile } from "../../models/generator/retail-lines.ts";
import { BASKET_DAYS, occasionAt, pastOccasions } from "../../models/mix/mix-occasions.ts";
import { type LineSpec, portfolioOf } from "../../test/scoring/synthetic-portfolio.ts";
import { foldOccasions, judgedOccasion } from "./basket-occasions.ts";
import { type BasketSplit, readDunnhumby, readTaFeng } from "./basket-split.ts";
import type { MixTrial } from "./mix-trial.ts";

export const MIX_SETS = ["ta-feng", "dunnhumby", "online-retail", "portfolio"] as const;
export type MixSet = (typeof MIX_SETS)[number];

export interface TrialOptions {
	readonly set: MixSet;
	/** Null: the set's own file below CARTEIRA_DATA. */
	readonly file: string | null;
	readonly cutoffs: readonly Day[];
	/** Of the split of Ta-Feng's users. */
	readonly seed: number;
	/** Judge by the file's own held-out part, which must then be complete: Ta-Feng's held-out users, Dunnhumby's `test`. */
	readonly heldOut: boolean;
}

/** A product counts when it was bought so often in the year before. */
const MIN_SALES = 10;
/** A customer counts with so many baskets, the last of them in the year before. */
const MIN_BASKETS = 3;
const YEAR = 365;

const FILES: Readonly<Record<MixSet, string>> = {
	"ta-feng": "ta-feng/ta_feng.json.gz",
	dunnhumby: "dunnhumby-dc/DC.json.gz",
	"online-retail": "online-retail/online_retail_II.csv.gz",
	portfolio: "",
};

/** Trials of a set, one a cutoff where baskets have dates. NOT_FOUND where the file is absent, with its expected place. */
export async function readTrials(options: TrialOptions): Promise<MixTrial[]> {
	const file = fileOf(options);
	if (options.set === "ta-feng")
		return [splitTrial("ta-feng", readTaFeng(file, { seed: options.seed, isComplete: options.heldOut }), true)];
	if (options.set === "dunnhumby") return [splitTrial("dunnhumby", readDunnhumby(file, options.heldOut ? "test" : "validate"), false)];
	const portfolio = options.set === "online-retail" ? readRetail(file) : await readPortfolio(file);
	return options.cutoffs.map((cutoff) => datedTrial(`${options.set} ${formatDay(cutoff)}`, portfolio, cutoff));
}

function fileOf({ set, file }: TrialOptions): string {
	if (set === "portfolio" && file === null)
		throw new CarteiraError("USAGE", "--set portfolio: --file is absent; expected a portfolio folder");
	const path = file ?? join(process.env.CARTEIRA_DATA ?? join(import.meta.dirname, "../../../shared/data"), FILES[set]);
	if (!existsSync(path))
		throw new CarteiraError("NOT_FOUND", `${path} is absent; expected the data set ${set} there (CARTEIRA_DATA, --file)`);
	return path;
}

function splitTrial(name: string, split: BasketSplit, idealOverAll: boolean): MixTrial {
	return { name, training: foldOccasions(split), judged: judgedOccasion(split), isEligible: () => true, idealOverAll };
}

/** The first basket in the 90 days after a cutoff, asked of regulars. */
function datedTrial(name: string, portfolio: Portfolio, cutoff: Day): MixTrial {
	const history = buildHistory(portfolio, cutoff + BASKET_DAYS);
	const past = cutHistory(portfolio, history, cutoff);
	const all = occasionAt(portfolio, history, cutoff);
	const customers = all.customers.filter((customer) => isRegular(past, customer));
	if (customers.length === 0)
		throw new CarteiraError(
			"NOT_ENOUGH_HISTORY",
			`${name}: nobody with ${MIN_BASKETS} baskets before it ordered in the ${BASKET_DAYS} days after`,
		);
	const sales = salesOf(portfolio, past);
	return {
		name,
		training: pastOccasions(portfolio, past),
		judged: { ...all, customers },
		isEligible: (product) => sales[product] >= MIN_SALES,
		idealOverAll: false,
	};
}

function isRegular({ eventStart, eventDay, before }: History, customer: number): boolean {
	const [from, to] = [eventStart[customer], eventStart[customer + 1]];
	return to - from >= MIN_BASKETS && before - eventDay[to - 1] <= YEAR;
}

function salesOf(portfolio: Portfolio, past: History): Int32Array {
	const { orders, products } = portfolio.tables;
	const isSale = createIsSale(orders);
	const sales = new Int32Array(products.length);
	for (const row of past.line) if (isSale(row) && past.before - orders.days.ordered_on[row] <= YEAR) sales[orders.refs.product_id[row]]++;
	return sales;
}

/** Online Retail II as a portfolio in memory, orders alone. */
function readRetail(file: string): Portfolio {
	const lines: LineSpec[] = [];
	const [customers, products] = [createCodes(), createCodes()];
	eachRetailLine(readRetailFile(file), ({ customer, product, day, quantity, price }) =>
		lines.push({ customer: customers(customer), product: products(product), day, quantity, value: quantity * price }),
	);
	return portfolioOf(lines);
}

function createCodes(): (id: string) => number {
	const codes = new Map<string, number>();
	return (id) => {
		const code = codes.get(id) ?? codes.size;
		codes.set(id, code);
		return code;
	};
}
