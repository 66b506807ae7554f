import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { type Database, EVERY_TENANT } from "../../server/store/database.ts";
import { tablesOf } from "../../server/store/save-rows.ts";

/** A customer whose id is a tax number, as most are, and what people know of it. */
export const ID = "11222333000181";
const MARKED = "11.222.333/0001-81";
export const NAME = "Mercearia Dona Zulmira";
const PHONE = "11 98888-7777";
const EMAIL = "zulmira@example.com";
export const WORDS = [ID, MARKED, NAME, PHONE, EMAIL];

export interface Answer {
	readonly status: number;
	readonly body: string;
}
export type Send = (method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: string | object, headers?: object) => Promise<Answer>;

const OTHERS = Array.from({ length: 250 }, (_, at) => `c${at + 100}`);

const csv = (header: string, rows: readonly string[]): string => `${header}\n${rows.join("\n")}\n`;
const ORDERS = "order_id,customer_id,ordered_on,product_id,quantity,net_value";
const CONTACTS = "contact_id,customer_id,rep_id,contacted_at,channel,outcome,objection";

/** Orders of the others, the customer's under its id as it is written in two ways, and one of its that is set aside. */
const orders = csv(ORDERS, [
	...OTHERS.flatMap((id, at) => [`o${at},${id},2026-10-${10 + (at % 20)},p1,2,100`, `p${at},${id},2026-09-${10 + (at % 20)},p2,1,50`]),
	`z1,${ID},2026-10-01,p1,1,10`,
	`z2,${MARKED},2026-10-02,p3,1,10`,
	`z3,${ID},someday,p1,1,1`,
]);

/** Files of every table that names customers, and a policy that does, as a portfolio folder. */
export async function layFiles(folder: string): Promise<void> {
	const customers = OTHERS.map((id, at) => `${id},r1,Padaria ${id},-23.${500 + at},-46.6,${at === 7 ? ID : `g${at}`},,`);
	const rule = { customer_id: ID, from: "2026-11-01", until: "2026-11-24", reason: `pediu pelo ${PHONE}` };
	const hold = { experiment: "lote", from: "2026-11-01", to: "2026-12-31", customers: ["c110", ID] };
	const files = {
		"reps.csv": "rep_id,kind,start_lat,start_lon\nr1,field_employee,-23.5,-46.6\nr2,inside,-23.5,-46.6\n",
		"customers.csv": csv("customer_id,rep_id,name,lat,lon,group_id,phone,email", [
			...customers.slice(0, 100),
			`${ID},r1,${NAME},-23.51,-46.61,${ID},${PHONE},${EMAIL}`,
			...customers.slice(100),
		]),
		"assignments.csv": csv("customer_id,rep_id,line,role", [`${ID},r2,food,telesales`, "c100,r2,food,telesales"]),
		"orders.csv": orders,
		"contacts.csv": csv(CONTACTS, [
			`k1,${ID},r1,2026-10-05T10:00:00,phone,no_order,"ligar ${PHONE}, ${EMAIL}"`,
			`k2,c101,r1,2026-10-05T11:00:00,phone,no_order,vizinho da ${NAME}`,
		]),
		"appointments.csv": csv("customer_id,rep_id,on", [`${ID},r1,2026-11-25`, "c102,r1,2026-11-25"]),
		"service_events.csv": csv("event_id,customer_id,at,kind,severity", [`e1,${ID},2026-10-06T10:00:00,complaint,"${NAME}, ${PHONE}"`]),
		"policy.json": JSON.stringify({ contact_rules: [rule], hold_outs: [hold] }),
	};
	await mkdir(folder, { recursive: true });
	for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** What comes to it: deltas, rows that are set aside, contacts that wait, remembered answers and an open sync. */
export async function bringIn(send: Send): Promise<void> {
	expectOk(await send("POST", "/orders", csv(ORDERS, [`z4,${ID},2026-11-01,p1,1,10`, "o1,c101,2026-11-02,p1,1,70"])));
	// A second look at what is set aside, whose report has the customer's words; then answers that are remembered, and contacts that wait.
	expectOk(
		await send("POST", "/appointments", csv("customer_id,rep_id,on", [...OTHERS.map((id) => `${id},r1,2026-12-01`), `${ID},r1,logo`])),
	);
	const contact = { rep_id: "r1", contacted_at: "2026-11-20T09:30:00", channel: "phone", outcome: "no_order" };
	const waiting = [
		{ ...contact, contact_id: `r1 2026-11-20 ${ID}`, customer_id: ID, objection: `fala com ${EMAIL}` },
		{ ...contact, contact_id: "k9", customer_id: "c103" },
	];
	expectOk(await send("POST", "/contacts", waiting, { "idempotency-key": "posted" }));
	const sync = JSON.parse((await send("POST", "/syncs")).body) as { id: string };
	expectOk(await send("PUT", `/syncs/${sync.id}/customers`, csv("customer_id,rep_id,name", [`${ID},r1,${NAME}`])));
}

function expectOk({ status, body }: Answer): void {
	if (status >= 300) throw new Error(`${status} ${body}`);
}

async function filesIn(folder: string): Promise<string[]> {
	const found = await readdir(folder, { withFileTypes: true, recursive: true });
	return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** Where words of the customer stand: files of a folder, be it in the middle of their bytes, and rows of a database on PostgreSQL. */
export async function findWords(dataDir: string, database?: Database): Promise<string[]> {
	const places: string[] = [];
	for (const path of await filesIn(dataDir)) {
		const bytes = await readFile(path);
		for (const word of WORDS) if (bytes.includes(word)) places.push(`${path.slice(dataDir.length)}: ${word}`);
	}
	if (database?.dialect !== "postgres") return places;
	const texts = await database.as(EVERY_TENANT, async (rows) => {
		const all: [table: string, text: string][] = [];
		for (const table of await tablesOf(rows)) {
			const { rows: found } = await sql<{ text: string }>`SELECT row_to_json(one)::text AS text FROM ${sql.table(table)} AS one`.execute(
				rows,
			);
			for (const { text } of found) all.push([table, text]);
		}
		return all;
	});
	for (const [table, text] of texts) for (const word of WORDS) if (text.includes(word)) places.push(`table ${table}: ${word}`);
	return places;
}
