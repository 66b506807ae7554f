import { extname } from "node:path";
import { Option } from "commander";
import { writeDurably } from "../durable-file.ts";
import { chooseLanguage, createSpeech, LANGUAGES, type Speech } from "../pages/speech.ts";
import { tell } from "./progress.ts";

const FORMATS = ["table", "json", "html"] as const;
type Format = (typeof FORMATS)[number];

export const documentFormatOption = (): Option =>
	new Option("--format <format>", "default: by the ending of --out, else a table on stdout and JSON in a file").choices(FORMATS);
export const languageOption = (): Option => new Option("--language <language>", "of a page; default: the policy's").choices(LANGUAGES);

export interface DocumentFlags {
	readonly out?: string;
	readonly json?: true;
	readonly format?: Format;
	readonly language?: string;
}

/** How a document is shown to people. */
export interface DocumentViews {
	readonly currency: string;
	/** The policy's. */
	readonly language: string;
	table(): string;
	page(speech: Speech): Promise<string>;
}

/** Writes a document where and how the flags say: JSON, a page, or a table for a terminal. */
export async function writeDocument(document: object, flags: DocumentFlags, views: DocumentViews): Promise<void> {
	const { out } = flags;
	const format = formatOf(flags);
	const json = `${JSON.stringify(document)}\n`;
	if (format === "html") {
		const speech = createSpeech(chooseLanguage(flags.language, undefined, views.language), views.currency);
		const page = await views.page(speech);
		if (out === undefined) return void process.stdout.write(page);
		await writeDurably(out, (file) => file.writeFile(page));
	} else if (out !== undefined) {
		await writeDurably(out, (file) => file.writeFile(format === "json" ? json : `${views.table()}\n`));
	}
	if (out !== undefined) tell(`${out} written`);
	process.stdout.write(flags.json || (format === "json" && out === undefined) ? json : `${views.table()}\n`);
}

/** The format asked for, else the one that the file's ending names. */
function formatOf({ format, json, out }: DocumentFlags): Format {
	if (format !== undefined) return format;
	if (out !== undefined) return extname(out) === ".html" ? "html" : "json";
	return json ? "json" : "table";
}
