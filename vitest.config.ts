import { globSync, readFileSync } from "node:fs";
import { type TestProjectInlineConfiguration, defineConfig } from "vitest/config";
import { compileCacheFolder } from "./engine/compile-cache.ts";
import { findPostgres } from "./test/helpers/postgres.ts";

const lane = {
	exclude: ["test/long/**"],
	pool: "forks",
	env: { NO_COLOR: "1", FORCE_COLOR: undefined }, // what is tested is text; of the two Node would heed the second
	testTimeout: 300_000, // a few seconds where nothing else runs; machines may be shared
	hookTimeout: 300_000,
} satisfies TestProjectInlineConfiguration["test"];

// What the runtime makes of the sources is kept from one process to the next, as the product's own processes do.
const cache = compileCacheFolder();
if (cache !== undefined) process.env.NODE_COMPILE_CACHE = cache;

/** What the service keeps is tested on both stores by the same files; on PostgreSQL where it is installed, and in CI always. */
const onBothStores = globSync("test/server/{,store/,jobs/}*.test.ts").filter((file) =>
	/"postgres"|[/-]service\.ts"|\/database-of\.ts"/.test(readFileSync(file, "utf8")),
);
/** Files that need a process of their own. All others share processes, and what those have loaded, and so leave nothing in them. */
const apart = ["test/server/pages/browser.test.ts", "test/solver/milp.test.ts"];
const hasPostgres = findPostgres() !== null;
if (!hasPostgres && process.env.CI) throw new Error("PostgreSQL is not installed: its lane of tests cannot run");
if (!hasPostgres) console.warn("PostgreSQL is not installed: its lane of tests is SKIPPED");

export default defineConfig({
	test: {
		maxWorkers: 3, // on two cores: many tests wait for processes of their own
		projects: [
			{ test: { ...lane, name: "apart", include: apart } },
			{ test: { ...lane, name: "together", include: ["test/**/*.test.ts"], exclude: [...lane.exclude, ...apart], isolate: false } },
			...(hasPostgres
				? [
						{
							test: {
								...lane,
								name: "on PostgreSQL",
								include: onBothStores,
								isolate: false,
								globalSetup: "test/helpers/postgres-lane.ts",
							},
						},
					]
				: []),
		],
	},
});
