import { z } from "zod";
import { isoDate } from "./common.ts";
import { planView, suggestion } from "./plan.ts";

const cents = z.int();
const spot = z.looseObject({ rep_id: z.string(), date: isoDate, start: z.string(), channel: z.string(), value_cents: cents }).nullable();

export const change = z
	.looseObject({
		change: z.string().meta({ description: "added, moved or dropped" }),
		customer_id: z.string(),
		from: spot,
		to: spot,
		cause: z.string().meta({ description: "the event that made it, or replanned" }),
		reason: z.string(),
	})
	.meta({ id: "PlanChange" });

export const diffView = z
	.looseObject({
		from_plan_id: z.string(),
		to_plan_id: z.string(),
		value_change_cents: cents,
		num_added: z.int(),
		num_moved: z.int(),
		num_dropped: z.int(),
		changes: z.array(change),
	})
	.meta({ id: "PlanDiff" });

const unmetWish = z.looseObject({ rep_id: z.string(), customer_id: z.string(), detail: z.string() });

export const revisionView = z
	.looseObject({ plan: planView, diff: diffView, unmet_wishes: z.array(unmetWish) })
	.meta({ id: "Revision", description: "the revised plan, without its agendas, and how it differs" });

export const whatIfView = z
	.looseObject({
		value_now_cents: cents,
		value_without_cents: cents,
		value_with_cents: cents,
		difference_cents: cents,
		upper_bound_cents: z.number(),
		gap: z.number().nullable(),
		is_met: z.boolean(),
		unmet_wishes: z.array(unmetWish),
		diff: diffView,
		displaced: z.array(z.string()),
	})
	.meta({ id: "WhatIf" });

export const suggestionsView = z
	.looseObject({ customer_id: z.string(), suggestions: z.array(suggestion), detail: z.string().nullable() })
	.meta({ id: "Suggestions" });

export const assessmentView = z
	.looseObject({
		value_cents: cents,
		refused: z.array(
			z.looseObject({
				rep_id: z.string(),
				date: isoDate,
				customer_id: z.string(),
				reasons: z.array(z.looseObject({ code: z.string(), proven: z.boolean(), detail: z.string() })),
			}),
		),
		violations: z.array(z.looseObject({ rule: z.string(), pointer: z.string(), message: z.string() })),
		changes: z.array(change),
		value_changed_cents: cents,
	})
	.meta({ id: "Assessment" });
