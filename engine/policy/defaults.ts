import type { Channel } from "../portfolio/schema.ts";
import type { CLASSES, PHASES } from "./case.ts";

type PhaseName = (typeof PHASES)[number];
type ClassName = (typeof CLASSES)[number];
type Minutes = readonly (readonly [Channel, number])[];

const VISIT_FIRST: Minutes = [
	["visit", 30],
	["phone", 10],
	["message", 3],
];
const SHORT_VISIT_FIRST: Minutes = [
	["visit", 25],
	["phone", 8],
	["message", 3],
];
const PHONE_FIRST: Minutes = [
	["phone", 8],
	["visit", 20],
	["message", 3],
];
const WIN_BACK: Minutes = [
	["visit", 35],
	["phone", 12],
	["message", 3],
];

/** phase, class, interval, minimum gap, maximum gap, channels, objective, escalate to, price of a day of disruption. */
type PlanRow = readonly [PhaseName, ClassName, number, number, number, Minutes, string, "supervisor" | "director" | null, number];

const PLAN_ROWS: readonly PlanRow[] = [
	["prospect", "A", 14, 5, 28, WIN_BACK, "open_account", null, 2],
	["prospect", "B", 21, 7, 42, SHORT_VISIT_FIRST, "open_account", null, 1],
	["prospect", "C", 30, 10, 60, PHONE_FIRST, "open_account", null, 0.4],
	["new", "A", 7, 3, 14, VISIT_FIRST, "second_order", null, 4],
	["new", "B", 10, 4, 20, SHORT_VISIT_FIRST, "second_order", null, 2],
	["new", "C", 14, 5, 28, PHONE_FIRST, "second_order", null, 1],
	["active", "A", 7, 3, 14, VISIT_FIRST, "replenish", null, 4],
	["active", "B", 14, 5, 28, SHORT_VISIT_FIRST, "replenish", null, 2],
	["active", "C", 28, 7, 56, PHONE_FIRST, "replenish", null, 0.8],
	["pre_inactive", "A", 7, 3, 10, VISIT_FIRST, "restore_rhythm", null, 6],
	["pre_inactive", "B", 10, 4, 21, SHORT_VISIT_FIRST, "restore_rhythm", null, 3],
	["pre_inactive", "C", 21, 7, 42, PHONE_FIRST, "restore_rhythm", null, 1],
	["inactivating", "A", 7, 3, 10, WIN_BACK, "retain", "supervisor", 8],
	["inactivating", "B", 10, 4, 21, SHORT_VISIT_FIRST, "retain", null, 3],
	["inactivating", "C", 21, 7, 42, PHONE_FIRST, "retain", null, 1],
	["inactive", "A", 10, 4, 21, WIN_BACK, "win_back", "director", 6],
	["inactive", "B", 21, 7, 42, SHORT_VISIT_FIRST, "win_back", null, 1.5],
	["inactive", "C", 30, 10, 60, PHONE_FIRST, "win_back", null, 0.5],
	["ex_customer", "A", 30, 10, 60, WIN_BACK, "win_back", null, 1],
	["ex_customer", "B", 45, 14, 90, PHONE_FIRST, "win_back", null, 0.4],
	["ex_customer", "C", 60, 20, 120, PHONE_FIRST, "win_back", null, 0.2],
];

const channelsOf = (minutes: Minutes) => minutes.map(([channel, length]) => ({ channel, minutes: length }));

/** What applies to a customer that no other action plan matches. */
export const CATCH_ALL_ACTION_PLAN = {
	phase: null,
	class: null,
	potential: null,
	rep_kind: null,
	interval_days: 21,
	min_gap_days: 7,
	max_gap_days: 42,
	channels: channelsOf(SHORT_VISIT_FIRST),
	objective: "keep_in_touch",
	escalate_to: null,
	disruption_cost_per_day: 1,
};

/** Phase × class for a distributor of consumer goods, and the catch-all. */
export const DEFAULT_ACTION_PLANS = [
	...PLAN_ROWS.map(([phase, cls, interval, minGap, maxGap, minutes, objective, escalateTo, cost]) => ({
		phase,
		class: cls,
		potential: null,
		rep_kind: null,
		interval_days: interval,
		min_gap_days: minGap,
		max_gap_days: maxGap,
		channels: channelsOf(minutes),
		objective,
		escalate_to: escalateTo,
		disruption_cost_per_day: cost,
	})),
	CATCH_ALL_ACTION_PLAN,
];

const effect = (phase: PhaseName | null, channel: Channel, orderLogit: number, retentionLogit: number) => ({
	phase,
	class: null,
	channel,
	order_logit: orderLogit,
	retention_logit: retentionLogit,
});

/** What applies where no other row of effects does: one a channel. */
export const CATCH_ALL_EFFECTS = [
	effect(null, "visit", 0.8, 0.3),
	effect(null, "phone", 0.35, 0.14),
	effect(null, "message", 0.08, 0.03),
	effect(null, "email", 0.05, 0.02),
];

/** Effects of a contact by phase and channel: assumptions until outcomes measure them. */
export const DEFAULT_EFFECTS = [
	effect("prospect", "visit", 0.9, 0),
	effect("prospect", "phone", 0.35, 0),
	effect("prospect", "message", 0.05, 0),
	effect("pre_inactive", "visit", 0.9, 0.4),
	effect("pre_inactive", "phone", 0.4, 0.18),
	effect("inactivating", "visit", 0.9, 0.45),
	effect("inactivating", "phone", 0.4, 0.2),
	effect("inactive", "visit", 0.8, 0.4),
	effect("inactive", "phone", 0.35, 0.17),
	effect("ex_customer", "visit", 0.6, 0.3),
	effect("ex_customer", "phone", 0.25, 0.12),
	...CATCH_ALL_EFFECTS,
];

/** Prospecting and recovery get a share of each rep's time whatever the day's sales promise. */
export const DEFAULT_FLOORS = [
	{
		phase: "prospect" as const,
		class: null,
		min_share_of_time: 0.05,
		min_contacts: null,
		cost_per_hour_short: 60,
		cost_per_contact_short: null,
	},
	{
		phase: "inactive" as const,
		class: null,
		min_share_of_time: 0.03,
		min_contacts: null,
		cost_per_hour_short: 50,
		cost_per_contact_short: null,
	},
];

export const DEFAULT_OBJECTIONS = [
	{ code: "overstocked", defer_days: 10, channel: null, escalate_to: null },
	{ code: "price", defer_days: null, channel: "phone" as const, escalate_to: "supervisor" as const },
];
