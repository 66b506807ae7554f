import { PerformanceObserver } from "node:perf_hooks";
import { buildProblem } from "../../engine/solver/problem.ts";
import { search } from "../../engine/solver/search.ts";
import { madeProblems } from "../quality/made-problems.ts";

/** Profile of the search's inner loop on made problems: iterations and evaluations a CPU second, and what it leaves to the collector. `--toy` is short. */
const iterations = process.argv.includes("--toy") ? 500 : 20_000;
const names = ["scattered-100-2300/2", "mixed-200-10000/3", "fortnight-1"];

let collections = 0;
const observer = new PerformanceObserver((list) => {
	collections += list.getEntries().length;
});
observer.observe({ entryTypes: ["gc"] });

for (const { name, spec } of madeProblems(1).filter((made) => names.includes(made.name))) {
	const problem = buildProblem(spec);
	// Recombination is left out: it is HiGHS's time.
	const run = () => search(problem, 1, (done) => done >= iterations, { settings: { recombination: 0 } });
	run();
	collections = 0;
	const start = process.cpuUsage();
	const { evaluations } = run();
	const { user, system } = process.cpuUsage(start);
	await new Promise((resolve) => setImmediate(resolve));
	const seconds = (user + system) / 1e6;
	console.log(
		`${name}: ${Math.round(iterations / seconds)} iterations/s, ${(evaluations / seconds / 1e6).toFixed(1)} M evaluations/s, ${((seconds * 1e9) / evaluations).toFixed(1)} ns an evaluation with everything around it, ${collections} collections in ${seconds.toFixed(2)} s`,
	);
}
observer.disconnect();
