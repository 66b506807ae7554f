import type { Selectable } from "kysely";
import { CarteiraError } from "../../engine/index.ts";
import { type Database, EVERY_TENANT, type Rows } from "./database.ts";
import type { Schema } from "./schema.ts";
import { isSecret, makeSecret, secretId } from "./secrets.ts";

/** What a key may do; `admin` may do everything. */
export const SCOPES = ["read", "write", "plan", "admin"] as const;
export type Scope = (typeof SCOPES)[number];

/** A key without its secret. */
export interface KeyRecord {
	readonly id: string;
	readonly tenant: string;
	readonly name: string;
	readonly scopes: readonly Scope[];
	readonly createdAt: string;
	readonly expiresAt: string | null;
	readonly revokedAt: string | null;
}

export interface NewKey {
	readonly tenant: string;
	readonly name: string;
	readonly scopes: readonly Scope[];
	readonly expiresAt: string | null;
}

/** The keys of all tenants. */
export interface Keys {
	/** Makes a key; its text is told here and never again. */
	create(key: NewKey): Promise<{ readonly record: KeyRecord; readonly text: string }>;
	list(): Promise<KeyRecord[]>;
	/** NOT_FOUND where there is no such key; one that is revoked already stays as it is. */
	revoke(id: string): Promise<KeyRecord>;
	/** The key with this text; null where there is none, or it is expired or revoked. */
	find(text: string): Promise<KeyRecord | null>;
	/** Was a key ever made? Then none may call without one, even when all are revoked. */
	any(): Promise<boolean>;
}

const TENANT_NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const KIND = "ck";

/** Refuses a name that could not be a folder's. */
export function validateTenant(name: string): void {
	if (!TENANT_NAME.test(name))
		throw new CarteiraError("USAGE", `tenant ${name}: expected up to 63 of a-z 0-9 _ -, a letter or digit first`);
}

function recordOf(row: Selectable<Schema["api_key"]>): KeyRecord {
	const scopes = row.scopes.split(" ");
	return {
		id: row.id,
		tenant: row.tenant,
		name: row.name,
		scopes: SCOPES.filter((scope) => scopes.includes(scope)),
		createdAt: row.created_at,
		expiresAt: row.expires_at,
		revokedAt: row.revoked_at,
	};
}

export function createKeys(database: Database): Keys {
	const all = <T>(work: (rows: Rows) => Promise<T>): Promise<T> => database.as(EVERY_TENANT, work);
	const look = <T>(work: (rows: Rows) => Promise<T>): Promise<T> => database.read(EVERY_TENANT, work);
	const findRow = (rows: Rows, id: string) => rows.selectFrom("api_key").selectAll().where("id", "=", id).executeTakeFirst();
	return {
		create(key) {
			validateTenant(key.tenant);
			const { id, text, hash } = makeSecret(KIND);
			const row = {
				id,
				tenant: key.tenant,
				name: key.name,
				hash,
				scopes: key.scopes.join(" "),
				created_at: new Date().toISOString(),
				expires_at: key.expiresAt,
				revoked_at: null,
			};
			return all(async (rows) => {
				await rows.insertInto("api_key").values(row).execute();
				return { record: recordOf(row), text };
			});
		},
		list: () => look(async (rows) => (await rows.selectFrom("api_key").selectAll().orderBy("created_at").execute()).map(recordOf)),
		revoke: (id) =>
			all(async (rows) => {
				const revoked_at = new Date().toISOString();
				await rows.updateTable("api_key").set({ revoked_at }).where("id", "=", id).where("revoked_at", "is", null).execute();
				const row = await findRow(rows, id);
				if (!row) throw new CarteiraError("NOT_FOUND", `no key has the id ${id}`);
				return recordOf(row);
			}),
		async find(text) {
			const id = secretId(KIND, text);
			const row = id === undefined ? undefined : await look((rows) => findRow(rows, id));
			if (!row || !isSecret(row.hash, text)) return null;
			if (row.revoked_at !== null) return null;
			if (row.expires_at !== null && row.expires_at <= new Date().toISOString()) return null;
			return recordOf(row);
		},
		any: () => look(async (rows) => (await rows.selectFrom("api_key").select("id").limit(1).executeTakeFirst()) !== undefined),
	};
}
