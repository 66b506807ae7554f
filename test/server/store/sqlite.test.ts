import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, onTestFinished, test } from "vitest";
import { EVERY_TENANT, openDatabase } from "../../../server/store/database.ts";

test("while another process holds the embedded store who reads does not wait, and who writes is told to come again", async () => {
	const folder = await mkdtemp(join(tmpdir(), "carteira-held-"));
	onTestFinished(() => rm(folder, { recursive: true }));
	const path = join(folder, "store.sqlite");
	const database = await openDatabase({ path });
	const installations = () => database.read(EVERY_TENANT, (rows) => rows.selectFrom("installation").selectAll().execute());
	const put = (id: string) => database.as(EVERY_TENANT, (rows) => rows.insertInto("installation").values({ id }).execute());
	await put("one");
	const other = new DatabaseSync(path);
	other.exec("BEGIN IMMEDIATE");
	expect(await installations()).toEqual([{ id: "one" }]);
	await expect(put("two")).rejects.toMatchObject({ code: "BUSY" });
	other.exec("COMMIT");
	await put("two");
	expect(await installations()).toHaveLength(2);
	other.close();
	await database.close();
});
