import type { Limits } from "./config.ts";
import { DEFAULT_TENANT, listTenants, tenantFolder } from "./store/data-folder.ts";
import type { Database } from "./store/database.ts";
import { openDocuments } from "./store/documents.ts";
import { type Erase, openErasures } from "./store/erasures.ts";
import { type HeldContacts, openHeldContacts } from "./store/held-contacts.ts";
import { type Portfolios, openPortfolios } from "./store/portfolios.ts";
import type { Store } from "./store/store.ts";
import { openSyncs, type Syncs } from "./store/syncs.ts";
import { openStore } from "./store/tenant-store.ts";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

export { DEFAULT_TENANT } from "./store/data-folder.ts";

/** Everything that belongs to one tenant; there is no other way to its rows and files. */
export interface Tenant {
	readonly name: string;
	readonly store: Store;
	readonly portfolios: Portfolios;
	readonly syncs: Syncs;
	readonly erase: Erase;
}

/** The tenants of a data folder. */
export interface Tenants {
	/** A tenant, whose folders are made when it is first asked for. */
	get(name: string): Promise<Tenant>;
	/** The tenant of whoever needs no key. */
	readonly ofThisMachine: Tenant;
	/** Contacts of all tenants that were posted by themselves. */
	readonly held: HeldContacts;
}

/** Opens the tenants that have files, which removes what a process that died left among them. `onDefect` is told what goes wrong behind the scenes. */
export async function openTenants(
	dataDir: string,
	database: Database,
	limits: Limits,
	onDefect?: (error: unknown) => void,
): Promise<Tenants> {
	const opened = new Map<string, Promise<Tenant>>();
	const held = await openHeldContacts(database, limits.idempotency_hours);

	async function open(name: string): Promise<Tenant> {
		const folder = tenantFolder(dataDir, name);
		await mkdir(folder, { recursive: true });
		const documents = await openDocuments(join(folder, "documents"));
		const { idempotency_hours: idempotencyHours, max_queued_plans_per_tenant: maxUnfinished } = limits;
		const store = await openStore({ database, documents, tenant: name, idempotencyHours, maxUnfinished });
		const portfolios = await openPortfolios(folder, onDefect, held.of(name));
		const syncs = await openSyncs(database, name, folder, portfolios, limits);
		const erase = openErasures({ database, documents, tenant: name, portfolios, syncs, idempotencyHours });
		return { name, store, portfolios, syncs, erase };
	}

	function get(name: string): Promise<Tenant> {
		const known = opened.get(name);
		if (known) return known;
		const tenant = open(name);
		opened.set(name, tenant);
		tenant.catch(() => opened.delete(name)); // to be tried again
		return tenant;
	}

	for (const name of await listTenants(dataDir)) await get(name);
	return { get, ofThisMachine: await get(DEFAULT_TENANT), held };
}
