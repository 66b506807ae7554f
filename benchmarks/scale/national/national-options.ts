import type { Day } from "../../../engine/units.ts";

/** How the tables are written; `csv-br` is `;`, decimal comma, dd/mm/yyyy and Windows-1252. */
export const NATIONAL_FORMATS = ["parquet", "csv", "csv-br", "arrow"] as const;
export type NationalFormat = (typeof NATIONAL_FORMATS)[number];

/** Customers of each rep that sells. */
export const CUSTOMERS_A_REP = 200;

export interface NationalOptions {
	readonly customers: number;
	readonly seed: number;
	/** First day planned: two years of history are before it. */
	readonly asOf: Day;
	readonly format: NationalFormat;
	/** The portfolio folder; made where it is not there. */
	readonly out: string;
	readonly threads?: number;
}
