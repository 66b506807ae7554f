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
/** Folders whose tests keep nothing in the process: their files share one, and what it has loaded, for half of the time. */
const together = [
	...["buy-till-you-die", "churn", "effects", "keras", "mix", "network", "numerics", "report"].map((part) => `models/${part}`),
	"agenda",
	"check",
	"decisions",
	"forecast",
	"monitor",
	"policy",
	"portfolio/calendar",
	"portfolio/cells",
	"portfolio/rows",
	"review",
	"scoring",
	"server/http",
	"server/store",
].map((folder) => `test/${folder}/**/*.test.ts`);
const hasPostgres = findPostgres() !== null;
if (!hasPostgres && process.env.CI) throw new Error("PostgreSQL is not installed: its lane of tests cannot run");
if (!hasPostgres) console.warn("PostgreSQL is not installed: its lane of tests is SKIPPED");

export default defineConfig({
	test: {
		maxWorkers: 2,
		projects: [
			{ test: { ...lane, name: "all", include: ["test/**/*.test.ts"], exclude: [...lane.exclude, ...together] } },
			{ test: { ...lane, name: "together", include: together, isolate: false } },
			...(hasPostgres
				? [
						{
							test: {
								...lane,
								name: "on PostgreSQL",
								include: onBothStores,
								globalSetup: "test/helpers/postgres-lane.ts",
							},
						},
					]
				: []),
		],
	},
});
