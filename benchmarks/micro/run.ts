import { Bench } from "tinybench";
import { buildMatrices } from "../../engine/agenda/travel.ts";
import { DEFAULT_POLICY, parseDay } from "../../engine/index.ts";
import { intervalsOn, isVisitDay, parseHours, parseVisitDays } from "../../engine/portfolio/calendar/calendar.ts";
import { createRandom } from "../../engine/random.ts";
import { orderProbability, type Scores } from "../../engine/scoring/scores.ts";

/** How long the small functions take that run millions of times in a plan. `--toy` shortens the runs. */
const isToy = process.argv.includes("--toy");
const random = createRandom(1);
const places = Array.from({ length: 300 }, () => ({ lat: -23.5 + random.next() / 4, lon: -46.6 + random.next() / 4 }));
const edges = Int32Array.from([3, 7, 10, 14, 21, 28, 42, 60, 90, 120, 180]);
const scores = { hazardEdges: edges, hazard: Float32Array.from({ length: edges.length }, () => random.next()) } as unknown as Scores;
const hours = parseHours("Mo-Fr 08:00-12:00,13:30-18:00; Sa 08:00-12:00; PH off");
const visitDays = parseVisitDays("Tu,Th/2:A");
const day = parseDay("2026-11-24");

const bench = new Bench({ time: isToy ? 20 : 500, warmupTime: isToy ? 5 : 200 });
bench
	.add("travel matrices of 300 places", () => buildMatrices(DEFAULT_POLICY.travel, places))
	.add("order probability over 90 days", () => orderProbability(scores, 0, 90))
	.add("opening intervals of a day", () => intervalsOn(hours, day, false))
	.add("parse opening hours seen before", () => parseHours("Mo-Fr 08:00-12:00,13:30-18:00; Sa 08:00-12:00; PH off"))
	.add("is it a visit day", () => isVisitDay(visitDays, day));
await bench.run();
console.table(bench.table());
