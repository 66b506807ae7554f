import { type TestProjectInlineConfiguration, defineConfig } from "vitest/config";
import { findPostgres } from "./test/helpers/postgres.ts";

const lane = {
	exclude: ["test/long/**"],
	pool: "forks",
	testTimeout: 120_000,
	hookTimeout: 120_000,
} satisfies TestProjectInlineConfiguration["test"];

/** What the service keeps is tested on both stores by the same files; on PostgreSQL where it is installed, and in CI always. */
const hasPostgres = findPostgres() !== null;
if (!hasPostgres && process.env.CI) throw new Error("PostgreSQL is not installed: its lane of tests cannot run");
if (!hasPostgres) console.warn("PostgreSQL is not installed: its lane of tests is SKIPPED");

export default defineConfig({
	test: {
		maxWorkers: 2,
		projects: [
			{ test: { ...lane, name: "all", include: ["test/**/*.test.ts"] } },
			...(hasPostgres
				? [
						{
							test: {
								...lane,
								name: "on PostgreSQL",
								include: ["test/server/*.test.ts", "test/server/{store,jobs}/*.test.ts"],
								globalSetup: "test/helpers/postgres-lane.ts",
							},
						},
					]
				: []),
		],
	},
});
