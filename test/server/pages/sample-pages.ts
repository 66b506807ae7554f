import { backtestPage } from "../../../server/pages/backtest-page.ts";
import { experimentPage } from "../../../server/pages/experiment-page.ts";
import { forecastPage } from "../../../server/pages/forecast-page.ts";
import type { Links } from "../../../server/pages/frame.ts";
import { monitorPage } from "../../../server/pages/monitor-page.ts";
import { reviewPage } from "../../../server/pages/review-page.ts";
import type { Speech } from "../../../server/pages/speech.ts";
import { SAMPLE_FORECAST, SAMPLE_MONITOR, SAMPLE_REVIEW } from "./sample-documents.ts";
import { SAMPLE_BACKTEST, SAMPLE_DESIGN, SAMPLE_EXPERIMENT } from "./sample-studies.ts";

/** Links as a server makes them. */
export const SAMPLE_LINKS: Links = {
	language: (language) => `?language=${language}`,
	pages: [{ told: { pt: "Monitor", en: "Monitor" }, href: "/monitor", isHere: true }],
	customers: (figure, cells) => `/monitor/${figure}/customers?${new URLSearchParams(cells).toString()}`,
};

/** Every page, from a document with something in each part. */
export const SAMPLE_PAGES: readonly (readonly [name: string, render: (speech: Speech) => Promise<string>])[] = [
	["monitor", (speech) => monitorPage(speech, SAMPLE_MONITOR, SAMPLE_LINKS)],
	["forecast", (speech) => forecastPage(speech, SAMPLE_FORECAST, SAMPLE_LINKS)],
	["review", (speech) => reviewPage(speech, SAMPLE_REVIEW, SAMPLE_LINKS)],
	["backtest", (speech) => backtestPage(speech, SAMPLE_BACKTEST, null)],
	["experiment design", (speech) => experimentPage(speech, SAMPLE_DESIGN, null)],
	["experiment report", (speech) => experimentPage(speech, SAMPLE_EXPERIMENT, null)],
];
