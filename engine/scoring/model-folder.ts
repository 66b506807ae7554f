import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CarteiraError } from "../errors.ts";
import { CHURN_INPUTS } from "./churn-inputs.ts";
import { findModelDir } from "./find-model.ts";
import { HAZARD_EDGES } from "./hazard.ts";
import { OPEN_INPUTS, REPLENISH_INPUTS } from "./mix-inputs.ts";

/** The version of what a model folder holds. */
export const MODEL_FORMAT = 1;

const net = z.object({
	/** Names of the input columns, in order. */
	inputs: z.array(z.string()),
	scaler: z.object({ mean: z.array(z.number()), deviation: z.array(z.number().positive()) }),
	/** File of the weights, 32-bit floats one after the other as `weights` lists them. */
	file: z.string().regex(/^[\w-]+\.bin$/),
	/** A TensorFlow layers model. */
	topology: z.record(z.string(), z.unknown()),
	weights: z.array(z.object({ name: z.string(), shape: z.array(z.number().int().positive()), dtype: z.literal("float32") })),
});

/** Erlang regularities beyond which orders come like clockwork; the likelihood takes as many steps. */
const MAX_REGULARITY = 100;
/** Nets side by side. */
const MAX_SEEDS = 100;

const buyTillYouDie = z.object({
	k: z.number().int().positive().max(MAX_REGULARITY),
	r: z.number().positive(),
	alpha: z.number().positive(),
	a: z.number().positive(),
	b: z.number().positive(),
});

/** A ChurnAnchor. */
export const anchorSchema = z.object({
	buyTillYouDie,
	bgNbd: buyTillYouDie.extend({ staysAfterFirst: z.boolean() }),
	bgShare: z.number().min(0).max(1),
});

const churn = net.extend({
	/** Nets of different seeds side by side in the topology, whose outputs are averaged. */
	numSeeds: z.number().int().positive().max(MAX_SEEDS),
	hazardEdges: z.array(z.number().int().positive()),
	...anchorSchema.shape,
});

const figure = z.number().nullable();
/** Null where a figure has no meaning: no AUC with one label only, nothing but the AUC of a ranking. */
const figures = z.object({ auc: figure, logLoss: figure, brier: figure, ece: figure });

const interval = z.tuple([z.number(), z.number()]).nullable();
/** 95 % intervals of the figures by bootstrap over customers. */
const intervals = z.object({ auc: interval, logLoss: interval, brier: interval, ece: interval });

const comparison = z.object({
	/** Date of the first day asked about. */
	origin: z.string(),
	numCustomers: z.number().int(),
	/** Share with label 1. */
	baseRate: z.number(),
	/** By name of the model. */
	models: z.record(z.string(), figures),
	intervals: z.record(z.string(), intervals).optional(),
	/** By how much the first model's log-loss is smaller than each other's, with its paired 95 % interval; positive is better. */
	gains: z.record(z.string(), z.object({ mean: z.number(), interval })).optional(),
});

const bin = z.object({ upTo: z.number().nullable(), share: z.number() });
/** How the columns were spread over the customers when the model was trained, for telling a drift. */
const reference = z.object({
	/** By column: bins in ascending order, about tenths, the last without an upper edge; shares add up to 1. */
	columns: z.record(z.string(), z.array(bin)),
	/** Counted once an origin that they were looked at. */
	numCustomers: z.number().int(),
	/** Share without an order in 90 days at the last origin whose 90 days were over; null where there was none. */
	baseRate: z.number().nullable(),
});

/** How a model came to be. */
export const trainingSchema = z.object({
	/** Digest of the portfolio's tables. */
	data: z.string(),
	numEvents: z.number().int(),
	numCustomers: z.number().int(),
	/** Dates of the first and the last purchase event. */
	from: z.string(),
	to: z.string(),
	/** Dates that the churn net was taught at. */
	origins: z.array(z.string()),
	/** Loss after each epoch of the rehearsal, on what followed; empty where the history was too short for one. */
	curve: z.array(z.number()),
	seconds: z.number(),
	/** Why the churn scores are those of the buy-till-you-die model; absent where a net was trained. */
	fallback: z.string().optional(),
	/** Were the orders made up? Such a model has seen no portfolio's days. */
	synthetic: z.boolean().optional(),
	/** Name and digest of the model whose nets were kept where not all were trained. */
	base: z.string().optional(),
	reference: reference.optional(),
});

const schema = z.object({
	format: z.literal(MODEL_FORMAT),
	/** `<name>-<date>`. */
	name: z.string().min(1),
	/** In words: the data it learned from. */
	trainedOn: z.string(),
	/** History is what lies before this date. */
	asOf: z.iso.date(),
	seed: z.number().int(),
	/** SHA-256 over the weight files in the order churn, replenish, open. */
	digest: z.string(),
	churn,
	replenish: net,
	open: net,
	training: trainingSchema.optional(),
	/** Figures on the last finished origin, which the model measured had not seen; absent where the history was too short. */
	metrics: z.object({ churn: comparison.optional() }),
});

/** model.json of a model folder. */
export type ModelManifest = z.infer<typeof schema>;
/** Figures of one model's probabilities. */
export type Figures = z.infer<typeof figures>;
/** Models side by side on the customers of one origin. */
export type Comparison = z.infer<typeof comparison>;
export type Reference = z.infer<typeof reference>;
export type Training = z.infer<typeof trainingSchema>;
export type NetManifest = z.infer<typeof net>;
export const NET_NAMES = ["churn", "replenish", "open"] as const;
export type NetName = (typeof NET_NAMES)[number];

/** A model folder in memory. */
export interface ModelFolder {
	readonly manifest: ModelManifest;
	readonly weights: Readonly<Record<NetName, ArrayBuffer>>;
}

/**
 * Reads a model folder, or the one that a registry names (see `findModelDir`), and checks that it fits this engine.
 * Throws NOT_FOUND where there is no model.json, MODEL_MISMATCH where its columns, bins or weights are not what the engine computes.
 */
export async function readModelFolder(path: string): Promise<ModelFolder> {
	const folder = findModelDir(path);
	const manifest = parseManifest(await readPart(folder, "model.json"), folder);
	refuseOther(manifest, folder);
	const [churn, replenish, open] = await Promise.all(NET_NAMES.map((name) => readPart(folder, manifest[name].file)));
	const digest = digestWeights([churn, replenish, open]);
	if (digest !== manifest.digest) throw mismatch(folder, `the weights' digest is ${digest}, model.json says ${manifest.digest}`);
	return { manifest, weights: { churn: bytesOf(churn), replenish: bytesOf(replenish), open: bytesOf(open) } };
}

/**
 * `<name>@<first digits of the digest>`, as scores and plans carry it. The weights of all models without a net of their own are alike:
 * the parameters of their buy-till-you-die models tell them apart.
 */
export function modelName({ name, digest, churn: { buyTillYouDie, bgNbd, bgShare }, training }: ModelManifest): string {
	const parameters = [buyTillYouDie, bgNbd].flatMap(({ k, r, alpha, a, b }) => [k, r, alpha, a, b]);
	const identity =
		training?.fallback === undefined ? digest : digestWeights([Buffer.from(digest), Buffer.from([...parameters, bgShare].join())]);
	return `${name}@${identity.slice(0, 12)}`;
}

/** SHA-256 over weight files, hex. */
export function digestWeights(files: readonly Uint8Array[]): string {
	const hash = createHash("sha256");
	for (const file of files) hash.update(file);
	return hash.digest("hex");
}

async function readPart(folder: string, file: string): Promise<Buffer> {
	try {
		return await readFile(join(folder, file));
	} catch {
		throw new CarteiraError("NOT_FOUND", `no model at ${folder}: ${file} cannot be read`);
	}
}

function parseManifest(bytes: Buffer, folder: string): ModelManifest {
	let json: unknown;
	try {
		json = JSON.parse(bytes.toString("utf8"));
	} catch {
		throw mismatch(folder, "model.json is not JSON");
	}
	const parsed = schema.safeParse(json);
	if (parsed.success) return parsed.data;
	const { path, message } = parsed.error.issues[0];
	throw mismatch(folder, `model.json at /${path.join("/")}: ${message}`);
}

function refuseOther(manifest: ModelManifest, folder: string): void {
	const expected = { churn: CHURN_INPUTS, replenish: REPLENISH_INPUTS, open: OPEN_INPUTS };
	for (const name of NET_NAMES) {
		const { inputs, scaler } = manifest[name];
		const odd = [...inputs.keys(), ...expected[name].keys()].find((column) => inputs[column] !== expected[name][column]);
		if (odd !== undefined)
			throw mismatch(
				folder,
				`column ${odd + 1} of ${name} is ${inputs[odd] ?? "absent"}, the engine computes ${expected[name][odd] ?? "none"}`,
			);
		if (scaler.mean.length !== inputs.length || scaler.deviation.length !== inputs.length)
			throw mismatch(folder, `the scaler of ${name} has not ${inputs.length} columns`);
	}
	if (manifest.churn.hazardEdges.join() !== HAZARD_EDGES.join())
		throw mismatch(
			folder,
			`its hazard has the edges ${manifest.churn.hazardEdges.join(", ")}, the engine's are ${HAZARD_EDGES.join(", ")}`,
		);
}

function mismatch(folder: string, what: string): CarteiraError {
	return new CarteiraError("MODEL_MISMATCH", `the model at ${folder} does not fit this engine: ${what}; train it again`);
}

function bytesOf(buffer: Buffer): ArrayBuffer {
	return new Uint8Array(buffer).buffer;
}
