import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEraser } from "../../../engine/index.ts";
import { eraseRows } from "../../../engine/portfolio/reading/erase-rows.ts";
import { importRows } from "../../../engine/portfolio/reading/import-rows.ts";
import { rowsIn } from "../../../engine/portfolio/reading/quarantine.ts";
import { parsePolicy } from "../../../engine/portfolio/reading/read-policy.ts";
import type { TableName } from "../../../engine/portfolio/schema.ts";
import { openSnapshot } from "../../../engine/index.ts";
import { openBuilding, pathsIn, readCurrent, removeBuilding, switchTo } from "../../../engine/portfolio/snapshot/store-folder.ts";
import { buildInProcess, LIMITS } from "../snapshot/live-store.ts";

let folder: string;
let store: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "carteira-erase-"));
	store = join(folder, "store");
});
afterEach(() => rmSync(folder, { recursive: true }));

const lay = (files: Readonly<Record<string, string>>): void => {
	for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
};

async function send(table: TableName, text: string): Promise<void> {
	const path = join(folder, "upload.csv");
	writeFileSync(path, text);
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	const imports = [{ file: { table, path, format: "csv" as const }, mode: "upsert" as const }];
	const rules = { ...parsePolicy(null).rules, onBadRows: "keep" as const };
	const done = await importRows({ store, manifest, imports, rules, limits: LIMITS, into });
	switchTo(store, into, { ...done.manifest, parent: sha }, sha);
	removeBuilding(into);
}

async function erase(customerId: string, names: readonly string[]) {
	const { sha, manifest } = readCurrent(store);
	const into = openBuilding(store);
	try {
		const erased = await eraseRows({ store, manifest, traces: { customerId, names, pseudonym: "erased-x" }, into });
		if (erased) switchTo(store, into, erased.manifest, sha);
		return erased;
	} finally {
		removeBuilding(into);
	}
}

it("a customer's number or name, where it stands for something of others, stays there", async () => {
	lay({
		"reps.csv": "rep_id,kind,name,team_id\n7,inside,Rede Boa,7\n",
		"products.csv": "product_id,name,category\n7,Rede Boa,7\n",
		"prices.csv": "price_table,product_id,price,valid_from\n7,7,9,2026-01-01\n",
		"customers.csv": "customer_id,rep_id,name,segment,group_id,price_table\n7,7,Rede Boa,7,7,7\n8,7,Rede Boa,7,7,7\n9,7,Bar,8,9,7\n",
		"orders.csv": "order_id,customer_id,ordered_on,product_id,quantity,net_value,line\n7,8,2026-10-01,7,7,7,7\n5,7,2026-10-01,7,1,1,7\n",
		"contacts.csv":
			"contact_id,customer_id,rep_id,contacted_at,channel,outcome,order_id,objection\n" +
			"7,8,7,2026-10-01T10:00:00,phone,order,7,só em 7 dias\nk2,9,7,2026-10-01T10:00:00,phone,order,,irmão do cliente 7 (Rede Boa)\n",
	});
	await buildInProcess(folder, store);
	// Set aside: one row of another, one that says of nobody whose it is.
	await send("appointments", "customer_id,rep_id,on,minutes,at\n8,7,someday,7,07:00\n");
	await send("customers", "customer_id,rep_id,name,segment\n,7,Rede Boa,\n10,7,Rede Boa,7\n");
	await send("orders", "order_id,op,source_version\n77,delete,4\n7000,delete,7\n");
	const erased = await erase("7", ["Rede Boa"]);
	expect(erased).toMatchObject({ numRows: { customers: 1, orders: 1, set_aside: 1 } });

	const { tables } = openSnapshot(store).portfolio();
	const texts = (table: TableName, column: string) =>
		Array.from({ length: tables[table].length }, (_, at) => tables[table].texts[column].at(at));
	expect(texts("reps", "name")).toEqual(["Rede Boa"]);
	expect(texts("reps", "team_id")).toEqual(["7"]);
	expect(texts("products", "category")).toEqual(["7"]);
	expect(texts("customers", "name").slice(0, 3)).toEqual(["Rede Boa", "Bar", "Rede Boa"]);
	expect(texts("customers", "segment").slice(0, 3)).toEqual(["7", "8", "7"]);
	expect(texts("customers", "price_table").slice(0, 2)).toEqual(["7", "7"]);
	expect(texts("customers", "group_id").slice(0, 2)).toEqual(["erased-x", "9"]); // the head's id
	expect(texts("orders", "line")).toEqual(["7"]);
	expect(texts("contacts", "order_id")).toEqual(["7", null]);
	expect(texts("contacts", "objection")).toEqual(["só em 7 dias", "irmão do cliente erased-x (erased-x)"]);
	const { manifest } = readCurrent(store);
	const aside = rowsIn(readFileSync(pathsIn(store)(manifest.tables.appointments.quarantine as never, "ndjson"), "utf8"));
	expect(aside.map(({ row }) => row.minutes)).toEqual(["7"]);
	expect(manifest.tables.customers.quarantine).toBeUndefined();
});

it("what was deleted stays so where its own id is the customer's by chance", async () => {
	lay({
		"reps.csv": "rep_id,kind\nr1,inside\n",
		"customers.csv": "customer_id,rep_id\n7,r1\n8,r1\n",
		"orders.csv": "order_id,customer_id,ordered_on,product_id,quantity,net_value,source_version\n7,8,2026-10-01,p1,1,1,3\n",
	});
	await buildInProcess(folder, store);
	await send("orders", "order_id,op,source_version\n7,delete,4\n");
	await erase("7", []);
	await send("orders", "order_id,customer_id,ordered_on,product_id,quantity,net_value,source_version\n7,8,2026-10-01,p1,1,1,3\n");
	expect(openSnapshot(store).portfolio().tables.orders.numRows).toBe(0);
});

it("sentences about others keep their numbers and others their names; what tells of the customer does not", () => {
	const { json } = createEraser({ customerId: "14", names: ["Rede Boa"], pseudonym: "erased-x" });
	const other = { customer_id: "15", reason: "the minimum gap of 14 days ends on 2026-11-14", brief: { customer_name: "Rede Boa" } };
	expect(json(other)).toBe(other);
	const warnings = { warnings: ["customers: 14 of 20 rows are set aside", "customer 14 has no place", 'customer_id "14": unknown'] };
	expect(json(warnings).warnings).toEqual([warnings.warnings[0], "customer erased-x has no place", 'customer_id "erased-x": unknown']);
	const problems = [
		{ column: "quantity", value: "14" },
		{ column: "customer_id", value: "14" },
	];
	expect(json(problems)).toEqual([problems[0], { column: "customer_id", value: "erased-x" }]);
	expect(json({ customer_id: "14", brief: { customer_name: "Rede Boa" } })).toMatchObject({ brief: { customer_name: null } });
	expect(json({ displaced: ["14", "15"] })).toEqual({ displaced: ["erased-x", "15"] });
});
