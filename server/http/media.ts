import { HttpError } from "./problem.ts";
import type { Upload } from "../store/portfolios.ts";

/** A media type in which tables are sent, and the importer's name of its format. */
export interface TableMedia {
	readonly type: string;
	readonly format: Upload["format"];
}

export const TABLE_MEDIA: readonly TableMedia[] = [
	{ type: "text/csv", format: "csv" },
	{ type: "application/x-ndjson", format: "ndjson" },
	{ type: "application/json", format: "json" },
	{ type: "application/vnd.apache.parquet", format: "parquet" },
	{ type: "application/vnd.apache.arrow.file", format: "arrow" },
	{ type: "application/vnd.apache.arrow.stream", format: "arrows" },
];

/** Type and subtype of a Content-Type in lower case, parameters dropped. */
export function mediaTypeOf(header: string | undefined): string {
	return (header ?? "").split(";")[0].trim().toLowerCase();
}

/** How a request sends its table; 415 with the list where it is none of the known ways. */
export function tableMediaOf(header: string | undefined): TableMedia {
	const type = mediaTypeOf(header);
	const media = TABLE_MEDIA.find((known) => known.type === type);
	if (media) return media;
	const list = TABLE_MEDIA.map((known) => known.type).join(", ");
	throw new HttpError("UNSUPPORTED_MEDIA_TYPE", `Content-Type ${type || "is missing"}: a table is sent as one of ${list}`);
}

/** One range of an Accept header. */
interface Range {
	readonly type: string;
	readonly quality: number;
}

function rangesOf(accept: string): Range[] {
	return accept.split(",").map((part) => {
		const [type, ...parameters] = part.split(";").map((piece) => piece.trim().toLowerCase());
		const quality = parameters.find((parameter) => parameter.startsWith("q="));
		return { type, quality: quality === undefined ? 1 : Number(quality.slice(2)) };
	});
}

/** How exactly a range names a type: 2 itself, 1 its family, 0 anything, -1 not at all. */
function precision(range: string, type: string): number {
	if (range === type) return 2;
	if (range === `${type.split("/")[0]}/*`) return 1;
	return range === "*/*" ? 0 : -1;
}

/** Quality that the client gives a type: that of the most exact range that names it (RFC 9110 section 12.5.1). */
function qualityOf(ranges: readonly Range[], type: string): number {
	const matching = ranges.filter((range) => precision(range.type, type) >= 0);
	matching.sort((a, b) => precision(b.type, type) - precision(a.type, type));
	return matching[0]?.quality ?? 0;
}

/** The offered media type that the client likes best, the earlier offered on a tie; 406 where it takes none. */
export function negotiate<T extends string>(accept: string | undefined, offered: readonly T[]): T {
	const ranges = rangesOf(accept || "*/*");
	const best = offered.reduce((a, b) => (qualityOf(ranges, b) > qualityOf(ranges, a) ? b : a));
	if (qualityOf(ranges, best) > 0) return best;
	throw new HttpError("NOT_ACCEPTABLE", `Accept: ${accept}: this can be had as ${offered.join(", ")}`);
}
