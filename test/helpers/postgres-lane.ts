import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";

declare module "vitest" {
	interface ProvidedContext {
		/** Address of a database on PostgreSQL whose user may make others; undefined in the lanes of the embedded store. */
		readonly postgres: string | undefined;
	}
}

/** Gives the lane of tests on PostgreSQL a server of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
	const server = await startPostgres({ isDurable: false });
	project.provide("postgres", await server.createDatabase("lane"));
	return () => server.stop();
}
