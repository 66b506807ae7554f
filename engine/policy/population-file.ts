import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { z } from "zod";
import { CarteiraError } from "../errors.ts";
import { openDurableFile } from "../portfolio/files/durable-file.ts";
import { type Population, type PopulationKey, requireKey } from "./population.ts";

/** Changes whenever the members of a population do. */
const FORMAT = "carteira-population-2";
const NEW_LINE = 0x0a;
/** No header is longer. */
const MAX_HEADER = 4096;

const header = z.strictObject({
	format: z.literal(FORMAT),
	of: z.strictObject({ engine: z.string(), inputs: z.string(), asOf: z.number(), policy: z.string(), model: z.string() }),
	/** Length and SHA-256 of what follows the header's line. */
	bytes: z.number(),
	sha256: z.string(),
});

/** Writes a population as one file: a line of JSON that says what it is of, then the value as V8 lays it out. It appears whole or not at all. */
export function savePopulation(path: string, population: Population): void {
	const body = serialize(population);
	const line: z.infer<typeof header> = { format: FORMAT, of: population.of, bytes: body.length, sha256: sha256(body) };
	const file = openDurableFile(path);
	try {
		file.writeBytes(Buffer.from(`${JSON.stringify(line)}\n`));
		file.writeBytes(body);
		file.close();
	} catch (error) {
		file.abort();
		throw error;
	}
}

/**
 * Reads a population back. Throws NOT_FOUND without the file, INVALID_INPUT where it is no population or damaged, CONFLICT where it is of
 * other inputs, another day, policy or model than expected.
 */
export function loadPopulation(path: string, expected: PopulationKey): Population {
	const bytes = readBytes(path);
	const end = bytes.subarray(0, MAX_HEADER).indexOf(NEW_LINE);
	const { of, bytes: length, sha256: digest } = readHeader(path, bytes.subarray(0, Math.max(0, end)));
	requireKey(of, expected);
	const body = bytes.subarray(end + 1);
	if (body.length !== length) throw refusal(path, `it holds ${body.length} bytes; expected ${length}`);
	if (sha256(body) !== digest) throw refusal(path, `its SHA-256 is ${sha256(body)}; expected ${digest}`);
	return deserialize(body) as Population;
}

/** Key of a population file; null for what is no readable population. */
export function readPopulationKey(path: string): PopulationKey | null {
	try {
		const bytes = readBytes(path);
		return readHeader(path, bytes.subarray(0, Math.max(0, bytes.subarray(0, MAX_HEADER).indexOf(NEW_LINE)))).of;
	} catch (error) {
		if (error instanceof CarteiraError) return null;
		throw error;
	}
}

function readBytes(path: string): Buffer {
	try {
		return readFileSync(path);
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT")
			throw new CarteiraError("NOT_FOUND", `there is no population ${path}`);
		throw error;
	}
}

function readHeader(path: string, line: Buffer): z.infer<typeof header> {
	try {
		return header.parse(JSON.parse(line.toString()));
	} catch (error) {
		const what =
			error instanceof z.ZodError ? `at /${error.issues[0].path.join("/")}: ${error.issues[0].message}` : "its first line is not JSON";
		throw refusal(path, what);
	}
}

function refusal(path: string, what: string): CarteiraError {
	return new CarteiraError("INVALID_INPUT", `${path} is no population file: ${what}`);
}

function sha256(bytes: Uint8Array): string {
	return createHash("sha256").update(bytes).digest("hex");
}
