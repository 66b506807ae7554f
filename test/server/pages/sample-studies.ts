import {
	type BacktestDocument,
	backtestDocument,
	type ExperimentDesign,
	experimentDesign,
	type ExperimentReport,
	experimentReport,
	RANKINGS,
} from "../../../models/index.ts";
import { NASTY } from "./sample-documents.ts";

const estimate = (mean: number) => ({ mean, lower: mean - 0.08, upper: mean + 0.07 });
const shares = (mean: number) => ({ breaks: mean, value_at_risk: mean + 0.05, sales: mean + 0.1 });
const estimates = (mean: number) => ({ breaks: estimate(mean), value_at_risk: estimate(mean + 0.05), sales: estimate(mean + 0.1) });

/** A back-test over six days. */
export const SAMPLE_BACKTEST: BacktestDocument = {
	from: "2026-03-01",
	to: "2026-08-31",
	currency: "BRL",
	model: NASTY,
	window_days: 60,
	contact_days: 10,
	level: 0.9,
	origins: ["2026-03-01", "2026-04-01", "2026-05-01", "2026-06-01", "2026-07-01", "2026-08-01"].map((origin) => ({
		origin,
		num_customers: 2900,
		num_contacts: 600,
		num_breaks: 210,
		break_cents: 90_000_000,
		sales_cents: 400_000_000,
		has_seen: false,
		rankings: RANKINGS.map((ranking, i) => ({ ranking, num_contacts: 600, ...shares(0.5 - i / 15) })),
	})),
	overall: RANKINGS.map((ranking, i) => ({
		ranking,
		num_origins: 6,
		...estimates(0.5 - i / 15),
		curve: [0.1, 0.5, 1].map((customers) => ({ customers, ...shares(0.8 * customers) })),
		value_ahead: i === 0 ? null : estimates(i / 15),
	})),
	calibration: {
		order: Array.from({ length: 10 }, (_, i) => ({ mean_score: 0.05 + i / 10, mean_label: 0.07 + i / 11, count: 290 })),
		log_loss: 0.48,
		value_bias: -0.04,
	},
	limits: [
		{ code: "NO_UPLIFT", detail: "" },
		{ code: "NO_SOLVE", detail: "" },
	],
};

const guardrails: ExperimentReport["guardrails"] = [
	{ rule: "rep_share", is_met: true, figure: 0.12, limit: 0.2, detail: "" },
	{ rule: "longest_silence", is_met: false, figure: 75, limit: 60, detail: "" },
];

export const SAMPLE_DESIGN: ExperimentDesign = {
	experiment: NASTY,
	unit: "customer",
	seed: 7,
	share: 0.1,
	from: "2026-11-23",
	to: "2027-01-31",
	level: 0.9,
	wanted_power: 0.8,
	num_units: 3000,
	num_held_out: 300,
	strata: [{ name: `A active ${NASTY}`, num_units: 200, num_held_out: 20 }],
	power: (["revenue", "margin", "orders", "positivation"] as const).map((metric) => ({
		metric,
		baseline: metric === "positivation" ? 0.6 : 150_000,
		deviation: 0.4,
		minimum_detectable: metric === "positivation" ? 0.05 : 12_000,
		minimum_detectable_share: 0.08,
	})),
	guardrails,
	policy: {},
};

const interval = (effect: number, half: number) => ({ effect, lower: effect - half, upper: effect + half });

export const SAMPLE_EXPERIMENT: ExperimentReport = {
	experiment: "spring",
	unit: "rep_day",
	from: "2026-09-01",
	to: "2026-11-22",
	as_of: "2026-11-23",
	is_over: true,
	level: 0.9,
	num_draws: 1000,
	num_units: 3000,
	num_held_out: 300,
	num_contacted_though_held_out: 12,
	uplift: [
		{
			metric: "revenue",
			planned: 160_000,
			held_out: 150_000,
			adjusted: interval(9000, 6000),
			randomised: interval(9000, 6500),
			p_value: 0.02,
			verdict: "gain",
		},
		{
			metric: "positivation",
			planned: 0.61,
			held_out: 0.6,
			adjusted: interval(0.01, 0.03),
			randomised: interval(0.01, 0.03),
			p_value: 0.6,
			verdict: "no_effect_shown",
		},
	],
	guardrails,
	ladder: [
		{
			team_id: NASTY,
			stage: "advise",
			next: "plan",
			is_ready: false,
			uplift: [],
			evidence: [{ rule: "uplift", is_met: true, detail: "revenue gains" }],
		},
	],
	notes: [],
};

backtestDocument.parse(SAMPLE_BACKTEST);
experimentDesign.parse(SAMPLE_DESIGN);
experimentReport.parse(SAMPLE_EXPERIMENT);
