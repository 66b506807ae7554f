import { createHash } from "node:crypto";
import pg from "pg";
import { inject } from "vitest";

/** A data folder's database on PostgreSQL, made when it is first asked for; undefined in the lane of the embedded store. */
export async function databaseOf(dataDir: string): Promise<string | undefined> {
	const lane = inject("postgres");
	if (lane === undefined) return undefined;
	const name = `d_${createHash("sha256").update(dataDir).digest("hex").slice(0, 24)}`;
	const client = new pg.Client({ connectionString: lane });
	await client.connect();
	try {
		await client.query(`CREATE DATABASE ${name}`);
	} catch (error) {
		if (!(error instanceof pg.DatabaseError) || error.code !== "42P04") throw error; // it is there already
	} finally {
		await client.end();
	}
	const url = new URL(lane.replace("@/", "@socket/")); // a URL with an empty host is none to the parser
	url.pathname = `/${name}`;
	return url.href.replace("@socket/", "@/");
}
