import { z } from "zod";
import { CHANGE_TYPES } from "../store/change-rows.ts";

const types = Object.entries(CHANGE_TYPES).map(([type, meaning]) => `${type}: ${meaning}`);

/** An entry of the feed; webhooks send the same. */
export const change = z
	.looseObject({
		sequence: z.int().meta({ description: "grows with every entry of the tenant" }),
		at: z.string().meta({ description: "when it happened, UTC" }),
		portfolio: z.string(),
		type: z.string().meta({ description: types.join("; ") }),
		data: z.looseObject({}),
	})
	.meta({ id: "Change" });

export const changesView = z
	.looseObject({
		portfolio: z.string(),
		changes: z.array(change),
		next_after: z.int().meta({ description: "`after` of the next page; the same as asked where there is nothing more" }),
	})
	.meta({ id: "Changes" });
