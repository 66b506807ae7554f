import { defineConfig } from "vitest/config";

/** The long lanes: fuzz, days in a row, scale, quality. `npm run test:long`; CI runs a seeded slice (CARTEIRA_SLICE=1). */
export default defineConfig({
	test: {
		include: ["test/long/**/*.test.ts"],
		pool: "forks",
		maxWorkers: 1,
		testTimeout: 3_600_000,
		hookTimeout: 600_000,
	},
});
