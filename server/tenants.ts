import { type Snapshot, openSnapshot } from "../engine/index.ts";
import type { Limits } from "./config.ts";
import { DEFAULT_TENANT, listTenants, tenantFolder } from "./store/data-folder.ts";
import type { Database } from "./store/database.ts";
import { openDocuments } from "./store/documents.ts";
import { type Erase, openErasures } from "./store/erasures.ts";
import { type Room, clearDocuments } from "./store/plan-documents.ts";
import { type HeldContacts, openHeldContacts } from "./store/held-contacts.ts";
import { type Portfolios, openPortfolios, portfoliosFolder } from "./store/portfolios.ts";
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

/** Where a tenant's plans are. */
async function openRoom(dataDir: string, database: Database, tenant: string, limits: Limits): Promise<Room> {
	const documents = await openDocuments(join(tenantFolder(dataDir, tenant), "documents"));
	const { idempotency_hours: idempotencyHours, max_queued_plans_per_tenant: maxUnfinished } = limits;
	return { database, documents, tenant, idempotencyHours, maxUnfinished };
}

/** What plans of a tenant are made from: its rows, and its portfolios as they stand. */
export interface Shelf {
	readonly store: Store;
	/** The snapshot of now. NOT_FOUND where there is none. */
	snapshot(portfolio: string): Snapshot;
}

/** Shelves of tenants in a data folder that a server, of this process or another, keeps. */
export function createShelves(dataDir: string, database: Database, limits: Limits): (tenant: string) => Promise<Shelf> {
	const open = async (name: string): Promise<Shelf> => ({
		store: openStore(await openRoom(dataDir, database, name, limits)),
		snapshot: (portfolio) => openSnapshot(join(portfoliosFolder(tenantFolder(dataDir, name)), portfolio)),
	});
	const shelves = new Map<string, Promise<Shelf>>();
	return (name) => {
		const shelf = shelves.get(name) ?? open(name);
		shelves.set(name, shelf);
		shelf.catch(() => shelves.delete(name)); // to be tried again
		return shelf;
	};
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
		const room = await openRoom(dataDir, database, name, limits);
		await clearDocuments(room);
		const portfolios = await openPortfolios(folder, onDefect, held.of(name));
		const syncs = await openSyncs(database, name, folder, portfolios, limits);
		return { name, store: openStore(room), portfolios, syncs, erase: openErasures({ room, portfolios, syncs }) };
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
