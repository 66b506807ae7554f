import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const LEAVES = ["engine/errors.ts", "engine/units.ts", "engine/random.ts", "engine/compile-cache.ts"];
const SOLVER_SEAM = ["engine/solver/problem-spec.ts", "engine/solver/solution.ts"];
const EVERYTHING = [""];

/** Who may import whom: a file falls under the first room whose prefix it has. */
const ROOMS: readonly (readonly [room: string, mayImport: readonly string[]])[] = [
	...LEAVES.map((leaf): [string, string[]] => [leaf, []]),
	["engine/outcome.ts", ["engine/errors.ts"]],
	["engine/portfolio/", LEAVES],
	["engine/scoring/", [...LEAVES, "engine/portfolio/"]],
	["engine/policy/", [...LEAVES, "engine/portfolio/", "engine/scoring/", ...SOLVER_SEAM]],
	["engine/solver/", LEAVES],
	["engine/workers/", [...LEAVES, "engine/outcome.ts", "engine/solver/"]],
	["engine/agenda/", [...LEAVES, "engine/portfolio/", "engine/scoring/", "engine/policy/", ...SOLVER_SEAM]],
	["engine/check/", [...LEAVES, "engine/portfolio/", "engine/scoring/", "engine/policy/", "engine/agenda/plan-document.ts"]],
	[
		"engine/replan/",
		[
			...LEAVES,
			"engine/portfolio/",
			"engine/policy/",
			"engine/solver/",
			"engine/agenda/",
			"engine/check/shape.ts",
			"engine/recompute-terms.ts",
		],
	],
	["engine/review/", [...LEAVES, "engine/portfolio/", "engine/policy/", "engine/agenda/plan-document.ts", "engine/agenda/travel.ts"]],
	["engine/forecast/", [...LEAVES, "engine/portfolio/", "engine/scoring/", "engine/policy/", "engine/agenda/context.ts"]],
	["engine/", ["engine/"]],
	["server/main.ts", ["engine/compile-cache.ts", "server/"]],
	["server/routes/models.ts", ["engine/index.ts", "server/", "models/registry/registry.ts"]],
	["server/pages/", ["engine/index.ts", "models/index.ts", "models/report/draw.ts"]],
	["server/commands/", ["engine/index.ts", "models/", "server/"]],
	["server/", ["engine/index.ts", "server/"]],
	["models/", [...LEAVES, "engine/index.ts", "engine/portfolio/", "engine/scoring/", "models/"]],
	["benchmarks/", EVERYTHING],
	["test/", EVERYTHING],
];

/** Libraries that one place alone knows. */
const HOMES: readonly (readonly [library: RegExp, homes: readonly string[]])[] = [
	[/^(fastify|@fastify\/)/, ["server/"]],
	[/^piscina$/, ["engine/workers/"]],
	[/^(apache-arrow|@duckdb\/)/, ["engine/portfolio/"]],
	[/^@tensorflow\//, ["engine/scoring/", "models/"]],
	[/^vega(-lite)?$/, ["models/"]],
	[/^(kysely|pg)(\/|$)/, ["server/store/"]],
	[/^(undici|standardwebhooks|ipaddr\.js)$/, ["server/webhooks/"]],
	[/^@opentelemetry\//, ["server/tracing.ts"]],
	[/^highs$/, ["engine/solver/milp.ts"]],
];

interface Import {
	readonly file: string;
	readonly target: string;
	readonly isOwn: boolean;
}

function importsOf(file: string): Import[] {
	const text = readFileSync(file, "utf8");
	const specifiers = [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1]);
	return specifiers.map((specifier) => {
		const isOwn = specifier.startsWith(".");
		return { file, isOwn, target: isOwn ? normalize(join(dirname(file), specifier)) : specifier };
	});
}

/**
 * Arrows in circles between the rooms of a folder, which are its files and each of its folders: what is left when rooms that need no other,
 * and rooms that no other needs, are taken away until there are none.
 */
function circlesIn(folder: string): string[] {
	const roomOf = (file: string): string => file.slice(folder.length).split("/")[0];
	let arrows = imports
		.filter(({ file, target }) => file.startsWith(folder) && target.startsWith(folder))
		.map(({ file, target }) => ({ from: roomOf(file), to: roomOf(target), shown: `${file} → ${target}` }))
		.filter(({ from, to }) => from !== to);
	for (let before = -1; before !== arrows.length; ) {
		before = arrows.length;
		const needing = new Set(arrows.map(({ from }) => from));
		const needed = new Set(arrows.map(({ to }) => to));
		arrows = arrows.filter(({ from, to }) => needing.has(to) && needed.has(from));
	}
	return arrows.map(({ shown }) => shown);
}

const files = globSync("{engine,server,models,benchmarks,test}/**/*.ts");
const imports = files.flatMap(importsOf);

describe("the house", () => {
	it("has files to judge", () => {
		expect(files.length).toBeGreaterThan(30);
		expect(imports.some(({ isOwn }) => isOwn)).toBe(true);
	});

	it("lets a room import only what stands below it", () => {
		const wrong = imports.filter(({ file, target, isOwn }) => {
			if (!isOwn) return false;
			const [room, allowed] = ROOMS.find(([prefix]) => file.startsWith(prefix)) ?? ["", []];
			return !(room.endsWith("/") && target.startsWith(room)) && !allowed.some((prefix) => target.startsWith(prefix));
		});
		expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
	});

	it.each(["server/", "models/", "engine/", "engine/portfolio/"])("stands on floors: no two rooms of %s need each other", (folder) => {
		expect(circlesIn(folder)).toEqual([]);
	});

	it("keeps each heavy library in its home", () => {
		const wrong = imports.filter(({ file, target }) => {
			if (file.startsWith("test/") || file.startsWith("benchmarks/")) return false;
			return HOMES.some(([library, homes]) => library.test(target) && !homes.some((home) => file.startsWith(home)));
		});
		expect(wrong.map(({ file, target }) => `${file} → ${target}`)).toEqual([]);
	});

	it("writes every import of its own with its ending", () => {
		expect(imports.filter(({ isOwn, target }) => isOwn && !/\.(ts|js|json)$/.test(target))).toEqual([]);
	});

	it("draws no unseeded random number", () => {
		const unseeded = files.filter((file) => !file.startsWith("test/") && /Math\.random\(/.test(readFileSync(file, "utf8")));
		expect(unseeded).toEqual([]);
	});

	it("has no drawer for things without a name", () => {
		expect(files.filter((file) => !file.startsWith("test/") && /\/(utils?|common|types|services|helpers)\//.test(file))).toEqual([]);
	});
});
