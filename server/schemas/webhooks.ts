import { z } from "zod";
import { CHANGE_TYPES, type ChangeType } from "../store/change-rows.ts";
import { WEBHOOK_STATES } from "../store/webhook-rows.ts";

const TYPES = Object.keys(CHANGE_TYPES) as ChangeType[];

export const webhookParams = z.strictObject({ id: z.string().regex(/^[a-z0-9_]{1,80}$/, "expected the id of a webhook") });

export const webhookBody = z.strictObject({
	url: z.string().min(1).max(2000).meta({ description: "https; an address or a name of the public network" }),
	types: z.array(z.enum(TYPES)).min(1).optional().meta({ description: "types of changes that are sent; default: all" }),
});

const fields = {
	id: z.string(),
	url: z.string(),
	types: z.array(z.string()).nullable(),
	state: z.enum(WEBHOOK_STATES).meta({ description: "failing: given up; a replay takes it up again" }),
	created_at: z.string(),
	after: z.int().meta({ description: "sequence of the last change delivered or passed over" }),
	attempts: z.int().meta({ description: "failed tries of the next message" }),
	next_attempt_at: z.string().nullable(),
	last_error: z.string().nullable(),
};
export const webhookView = z.looseObject(fields).meta({ id: "Webhook" });
export const newWebhookView = z
	.looseObject({ ...fields, secret: z.string().meta({ description: "verifies signatures; shown once" }) })
	.meta({ id: "NewWebhook" });
export const webhooksView = z.looseObject({ webhooks: z.array(webhookView) }).meta({ id: "Webhooks" });

export const deliveriesView = z
	.looseObject({
		id: z.string(),
		deliveries: z.array(
			z.looseObject({
				number: z.int(),
				sequence: z.int(),
				type: z.string(),
				attempt: z.int(),
				at: z.string(),
				status: z.int().nullable(),
				error: z.string().nullable(),
				milliseconds: z.int(),
			}),
		),
		next_after: z.int(),
	})
	.meta({ id: "Deliveries" });
