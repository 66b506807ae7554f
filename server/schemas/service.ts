import { z } from "zod";
import { DEFAULT_LIMITS } from "../config.ts";

export const limitsView = z
	.looseObject(Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((name) => [name, z.number()])))
	.meta({ id: "Limits" });
export const healthView = z.looseObject({ status: z.literal("ok") });
export const readyView = z.looseObject({ status: z.literal("ready"), engine: z.string() });
