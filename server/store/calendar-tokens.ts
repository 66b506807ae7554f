import { CarteiraError } from "../../engine/index.ts";
import { type Database, EVERY_TENANT } from "./database.ts";
import { isSecret, makeSecret, secretId } from "./secrets.ts";

/** Whose calendar a token opens, and nothing else. */
export interface CalendarFeed {
	readonly tenant: string;
	readonly portfolio: string;
	readonly rep: string;
}

/** A token without its text. */
export interface CalendarToken extends CalendarFeed {
	readonly id: string;
	readonly createdAt: string;
}

/** Tokens for calendars to subscribe to, where no header can be sent: one a rep's calendar. */
export interface CalendarTokens {
	/** Makes the token of a calendar; the one before it opens nothing any more. Its text is told here and never again. */
	renew(feed: CalendarFeed): Promise<{ readonly token: CalendarToken; readonly text: string }>;
	/** The calendar's token; null: it has none. */
	get(feed: CalendarFeed): Promise<CalendarToken | null>;
	/** NOT_FOUND where the calendar has none. */
	revoke(feed: CalendarFeed): Promise<void>;
	/** The token with this text; null where there is none, or it was renewed or revoked. */
	find(text: string): Promise<CalendarToken | null>;
}

const KIND = "cal";

export function createCalendarTokens(database: Database): CalendarTokens {
	const keyOf = ({ tenant, portfolio, rep }: CalendarFeed) => ({ tenant, portfolio, rep_id: rep });
	return {
		async renew(feed) {
			const { id, text, hash } = makeSecret(KIND);
			const createdAt = new Date().toISOString();
			const fresh = { id, hash, created_at: createdAt };
			await database.as(feed.tenant, (rows) =>
				rows
					.insertInto("calendar_token")
					.values({ ...keyOf(feed), ...fresh })
					.onConflict((is) => is.columns(["tenant", "portfolio", "rep_id"]).doUpdateSet(fresh))
					.execute(),
			);
			return { token: { ...feed, id, createdAt }, text };
		},
		get: (feed) =>
			database.as(feed.tenant, async (rows) => {
				const { tenant, portfolio, rep_id } = keyOf(feed);
				const row = await rows
					.selectFrom("calendar_token")
					.select(["id", "created_at"])
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("rep_id", "=", rep_id)
					.executeTakeFirst();
				return row ? { ...feed, id: row.id, createdAt: row.created_at } : null;
			}),
		revoke: (feed) =>
			database.as(feed.tenant, async (rows) => {
				const { tenant, portfolio, rep_id } = keyOf(feed);
				const { numDeletedRows } = await rows
					.deleteFrom("calendar_token")
					.where("tenant", "=", tenant)
					.where("portfolio", "=", portfolio)
					.where("rep_id", "=", rep_id)
					.executeTakeFirstOrThrow();
				if (numDeletedRows === 0n) throw new CarteiraError("NOT_FOUND", `the calendar of ${rep_id} in ${portfolio} has no token`);
			}),
		async find(text) {
			const id = secretId(KIND, text);
			if (id === undefined) return null;
			const row = await database.as(EVERY_TENANT, (rows) =>
				rows.selectFrom("calendar_token").selectAll().where("id", "=", id).executeTakeFirst(),
			);
			if (!row || !isSecret(row.hash, text)) return null;
			return { id, tenant: row.tenant, portfolio: row.portfolio, rep: row.rep_id, createdAt: row.created_at };
		},
	};
}
