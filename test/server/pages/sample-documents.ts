import { CAUSES } from "../../../engine/policy/case.ts";
import {
	DECISIONS,
	RESULTS,
	type ReviewDocument,
	reviewDocument,
	type ForecastDocument,
	forecastDocument,
	type MonitorDocument,
	monitorDocument,
	type MonitorGroup,
} from "../../../engine/index.ts";

/** A name that would be markup if a page did not escape it. */
export const NASTY = `<script>alert("x")</script> & 'Sons'`;

const MONTHS = ["2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10", "2026-11"];
const PHASES = ["new", "active", "pre_inactive", "inactivating", "inactive", "ex_customer"];

function sampleGroup(key: string | null, scale: number): MonitorGroup {
	return {
		key,
		name: key === null ? null : `Vendedora número ${key} com um nome bastante comprido`,
		num_customers: 300 * scale,
		figures: {
			customers: PHASES.flatMap((phase, i) =>
				["A", "B", "C"].map((name, j) => ({
					phase,
					class: name,
					customers: scale * (i * 7 + j * 11 + 3),
					revenue_cents: scale * 1_234_567_00 * (3 - j),
					margin_cents: scale * 234_567_00,
				})),
			),
			flows: MONTHS.flatMap((month, i) => [
				{ month, from: "active", to: "pre_inactive", customers: scale * (20 + i), revenue_cents: 5_000_000 },
				{ month, from: "inactivating", to: "active", customers: scale * (9 + i), revenue_cents: 2_000_000 },
				{ month, from: "active", to: "active", customers: scale * 200, revenue_cents: 9_000_000 },
			]),
			coverage: ["on_time", "due", "disrupted", "never_contacted", "not_served"].map((service, i) => ({
				service,
				customers: scale * 40 * (i + 1),
				revenue_cents: 4_000_000,
				late_days: 12 * i,
				price_cents: 4800 * i,
			})),
			cadence_debt: Array.from({ length: 10 }, (_, i) => ({
				date: `2026-11-${String(23 + (i % 7)).padStart(2, "0")}`,
				customers: 14 + i,
				service_seconds: 18_000,
				expected_breaches: 9 + i / 2,
				breaches_with_plan: 2,
				revenue_cents: 1_000_000,
			})).slice(0, 7),
			positivation: MONTHS.flatMap((month, i) =>
				["positivated", "insufficient", "none"].map((state, j) => ({
					month,
					state,
					customers: scale * (150 - 40 * j + i),
					value_cents: 900_000,
					margin_cents: 90_000,
					products: 400,
				})),
			),
			breaks: CAUSES.map((cause, i) => ({
				cause,
				customers: 12 - i,
				monthly_revenue_cents: 1_900_000 - 190_000 * i,
				monthly_margin_cents: 300_000,
			})),
			objections: ["overstocked", "price", NASTY].map((objection, i) => ({
				objection,
				customers: 30 - 9 * i,
				contacts: 40 - 9 * i,
				revenue_cents: 700_000,
			})),
			collections: ["sell_with_notice", "collect_and_sell_cash", "collect_only", "collections_team"].map((credit, i) => ({
				credit,
				customers: 12 - i,
				overdue_cents: 5_432_100 - 1_000_000 * i,
				contacted: 3,
			})),
			revenue_at_risk: ["pre_inactive", "inactivating", "inactive"].map((phase, i) => ({
				phase,
				customers: 30 - i,
				revenue_cents: 98_765_400 - 10_000_000 * i,
				margin_cents: 9_000_000,
			})),
			productivity: ["visit", "phone", "message", "email"].map((channel, i) => ({
				channel,
				customers: 90 - i,
				contacts: 320 - 70 * i,
				reached: 260 - 70 * i,
				orders: 120 - 30 * i,
				value_cents: 9_900_000,
				seconds: 360_000,
			})),
		},
		ratios: { coverage: 0.834, positivation: 0.512, mix: 7.25, reach: 0.81, conversion: 0.43, value_cents_an_hour: 99_000 },
	};
}

/** A monitor's answer with every figure filled. */
export const SAMPLE_MONITOR: MonitorDocument = {
	as_of: "2026-11-23",
	currency: "BRL",
	language: "pt-BR",
	month: { period: "2026-11", from: "2026-11-01", to: "2026-11-30", working_days: 20, working_days_left: 6 },
	horizon: { from: "2026-11-23", to: "2026-12-04" },
	debt: { from: "2026-11-23", to: "2026-12-02" },
	by: "rep",
	only: null,
	total: sampleGroup(null, 10),
	groups: Array.from({ length: 12 }, (_, i) => sampleGroup(`R${String(i + 1).padStart(5, "0")}`, 1)),
	reps: Array.from({ length: 12 }, (_, i) => ({
		rep_id: `R${i}`,
		name: i === 3 ? NASTY : `Maria Aparecida ${i}`,
		team_id: "T1",
		kind: "field_employee",
		num_customers: 280 + i,
		due_seconds: 150_000 + 20_000 * i,
		shift_seconds: 288_000,
		load: (150_000 + 20_000 * i) / 288_000,
		is_overloaded: i > 8,
		planned_seconds: 140_000,
		planned_travel_seconds: 90_000,
		contacts: 200,
		reached: 180,
		orders: 90,
		value_cents: 900_000,
	})),
	targets: ["revenue", "positivation"].map((metric) => ({
		period: "2026-11",
		metric,
		line: null,
		rep_id: "R1",
		team_id: null,
		target: metric === "revenue" ? 250_000 : 120,
		reached: metric === "revenue" ? 180_000 : 120,
		missing: metric === "revenue" ? 70_000 : 0,
		working_days_left: 6,
		needed_a_day: metric === "revenue" ? 11_667 : 0,
		expected_with_usual: metric === "revenue" ? 220_000 : 130,
		expected_with_plan: metric === "revenue" ? 240_000 : 132,
		missing_with_plan: metric === "revenue" ? 10_000 : 0,
		hours_missing: 12,
		cost_missing_cents: 120_000,
		bonus_cents: null,
		price_cents: null,
	})),
	definitions: { figures: {}, ratios: {} },
	receipt: {
		engine: "carteira",
		inputs_digest: "sha256-0123456789abcdef0123456789abcdef0123456789abcdef",
		policy_digest: "sha256-fedcba",
		plan_id: null,
		data_through: { orders: "2026-11-22", contacts: "2026-11-22" },
	},
	notes: [{ code: "STALE_FEED", on: "2026-11-19", detail: "orders: nothing trusted since 2026-11-19; silence is counted up to then" }],
	warnings: [`3 orders of ${NASTY} were set aside`],
};

const range = (mean: number) => ({ mean, lower: 0.82 * mean, upper: 1.21 * mean });
const figures = (scale: number, hasPlan: boolean): ForecastDocument["groups"][number]["figures"] =>
	(["revenue", "margin", "positivation"] as const).flatMap((metric) =>
		[30, 60, 90].map((days) => {
			const mean = scale * days * { revenue: 1_234_567, margin: 234_567, positivation: 0.4 }[metric];
			return {
				metric,
				horizon_days: days,
				without_plan: range(mean),
				with_plan: hasPlan ? range(1.08 * mean) : null,
				last_window: 0.95 * mean,
				last_year: 0.9 * mean,
			};
		}),
	);

/** A forecast with a plan, every grouping and its calibration. */
export const SAMPLE_FORECAST: ForecastDocument = {
	as_of: "2026-11-23",
	currency: "BRL",
	language: "pt-BR",
	model: "default-2026-11-20",
	level: 0.8,
	plan: { plan_id: "plan_1", from: "2026-11-23", to: "2026-12-04", effects: "assumed", num_contacts: 2345, usual_contacts: 1987.5 },
	season: { basis: "last_year", history_days: 730, last_year_weight: { revenue_30: 0.4 } },
	groups: [
		{ by: "total", id: null, num_customers: 3000, figures: figures(100, true) },
		...(["rep", "line", "segment"] as const).flatMap((by) =>
			["um", NASTY, null].map((id) => ({ by, id, num_customers: 300, figures: figures(10, true) })),
		),
	],
	calibration: {
		origins: ["2026-05-01", "2026-06-01"],
		coverage: [30, 60, 90].map((horizon_days) => ({
			horizon_days,
			metric: "revenue" as const,
			by: "rep" as const,
			num_intervals: 60,
			num_inside: 49,
		})),
		accuracy: [30, 60, 90].map((horizon_days) => ({
			horizon_days,
			metric: "revenue" as const,
			num_origins: 6,
			forecast: 0.072,
			last_window: 0.11,
			num_with_last_year: 3,
			forecast_with_last_year: 0.081,
			last_year: 0.13,
		})),
	},
	notes: [
		{ code: "SHORT_SEASON", detail: "" },
		{ code: "PLAN_EFFECTS_ASSUMED", detail: "" },
	],
};

const behind = (scale: number): Pick<ReviewDocument["results"][number], "num_customers" | "customers"> => ({
	num_customers: 45,
	customers: Array.from({ length: 20 }, (_, i) => ({
		customer_id: `C${i}`,
		name: i === 2 ? NASTY : `Mercado Boa Esperança ${i}`,
		rep_id: "R1",
		value: scale * (40 - i),
		before: scale * (30 - i),
	})),
});

/** A review with something in every part. */
export const SAMPLE_REVIEW: ReviewDocument = {
	month: "2026-10",
	from: "2026-10-01",
	to: "2026-10-31",
	currency: "BRL",
	language: "pt-BR",
	working_days: 21,
	working_days_before: 21,
	results: RESULTS.map((id, i) => {
		const [unit, scale] =
			id === "revenue" || id === "margin"
				? (["cents", 1_000_000] as const)
				: id === "reached"
					? (["contacts", 3] as const)
					: (["customers", 1] as const);
		return {
			id,
			unit,
			value: 45 * scale,
			before: 40 * scale,
			change: i === 5 ? null : 0.125 - i / 20,
			verdict: (["better", "worse", "same"] as const)[i % 3],
			...behind(scale),
		};
	}),
	thresholds: (["pre_inactive", "inactivating", "inactive"] as const).map((phase, i) => ({
		phase,
		nearer_phase: (["active", "pre_inactive", "inactivating"] as const)[i],
		ratio: 1.5 + i,
		floor_days: 10,
		ceiling_days: 60,
		nearer: { num: 1200, ordered: 800, rate: 2 / 3 },
		deeper: { num: 300, ordered: 190, rate: 0.63 },
		difference: 0.036,
		lower: -0.02,
		upper: 0.09,
		separates: [true, false, null][i],
		...behind(90_000),
	})),
	reps: Array.from({ length: 9 }, (_, i) => ({
		rep_id: `R${i}`,
		name: `João da Silva Sauro ${i}`,
		team_id: "T1",
		kind: "field_employee",
		due_seconds: 700_000 - 60_000 * i,
		shift_seconds: 640_000,
		travel_share: 0.31,
		load: 1.5 - i / 6,
		is_too_big: i < 4,
		...behind(1800),
	})),
	moves: Array.from({ length: 5 }, (_, i) => ({
		customer_id: `C${i}`,
		name: `Padaria ${i}`,
		from_rep_id: "R0",
		to_rep_id: "R8",
		from_km: 14.2,
		to_km: 3.1,
		due_seconds: 5400,
		from_load: 1.3 - i / 50,
		to_load: 0.4 + i / 50,
	})),
	floors: [
		{
			phase: "prospect",
			class: null,
			num_contacts: 120,
			seconds: 90_000,
			margin_cents: 120_000,
			margin_cents_an_hour: 4800,
			others_cents_an_hour: 21_000,
			cost_cents: 405_000,
			is_too_dear: true,
			...behind(1800),
		},
		{
			phase: null,
			class: "C",
			num_contacts: 60,
			seconds: 30_000,
			margin_cents: 150_000,
			margin_cents_an_hour: 18_000,
			others_cents_an_hour: 20_000,
			cost_cents: 16_000,
			is_too_dear: false,
			...behind(900),
		},
	],
	floor_price_cents: 123_456,
	overrides: DECISIONS.map((decision, i) => ({
		decision,
		num_over: 40 - 5 * i,
		num_open: 3,
		reached: 30,
		ordered: 20 - 3 * i,
		ordered_share: (20 - 3 * i) / (40 - 5 * i),
		value_cents: 900_000,
		value_cents_each: 30_000,
		reasons: decision === "refuse" ? [{ reason: NASTY, num: 9, ordered: 2 }] : [],
		...behind(30_000),
	})),
	num_rca_left_out: 2,
	changes: [
		{ code: "SHRINK_PORTFOLIO", subject: "R0", figure: 1.5 },
		{ code: "MOVE_CUSTOMER", subject: "C1", figure: 11.1 },
		{ code: "REVIEW_THRESHOLD", subject: "inactivating", figure: 0.036 },
		{ code: "REVIEW_FLOOR", subject: "prospect", figure: 405_000 },
	],
	receipt: { engine: "carteira", inputs_digest: "0123", plans: ["plan_1", "plan_2"] },
	warnings: [{ code: "NO_CONTACTS", detail: "there are no contacts" }],
};

reviewDocument.parse(SAMPLE_REVIEW);
monitorDocument.parse(SAMPLE_MONITOR);
forecastDocument.parse(SAMPLE_FORECAST);
