import { z } from "zod";
import { ALIASES } from "../../engine/index.ts";

const version = z.int().min(1);

export const aliasParams = z.strictObject({
	name: z.string().min(1).max(200).meta({ description: "the models' name, what stands before the @ of `model`" }),
	alias: z.string().meta({ enum: [...ALIASES] }),
});
export const aliasBody = z.strictObject({
	version: version.nullable().meta({ description: "who has the role from now on; null for nobody" }),
});

const versionView = z.looseObject({
	version,
	name: z.string().nullable(),
	model: z
		.string()
		.nullable()
		.meta({ description: "<name>@<digest>, as receipts carry it; null where the folder is no model of this engine" }),
	as_of: z.string().nullable(),
	roles: z.array(z.string()),
	fault: z.string().nullable().meta({ description: "why there is no model" }),
	metrics: z.unknown().meta({ description: "what its training and evaluation measured; null where nothing is told" }),
});
export const moveView = z.looseObject({
	move: z.int(),
	at: z.string(),
	alias: z.string(),
	from: version.nullable(),
	to: version.nullable(),
});
export const modelsView = z.looseObject({ versions: z.array(versionView), moves: z.array(moveView) }).meta({ id: "Models" });
