import type { ExperimentDesign, ExperimentReport, Guardrail } from "../experiment/experiment-document.ts";
import { formatSheet, type Sheet } from "./sheets.ts";

const NAMES = { customer: "customers", rep_day: "days of reps" } as const;
const percent = (share: number | null): string => (share === null ? "–" : `${(100 * share).toFixed(1)} %`);
const isMoney = (metric: string): boolean => metric === "revenue" || metric === "margin";
const shown = (metric: string, value: number): string => (isMoney(metric) ? (value / 100).toFixed(2) : value.toFixed(3));

/** The design as tables for people. */
export function formatDesign(design: ExperimentDesign): string {
	const { experiment, from, to, num_held_out: held, num_units: units, power, wanted_power: wanted, level, unit } = design;
	const sheet: Sheet = {
		title: `${experiment}, ${from} to ${to}: ${held} of ${units} ${NAMES[unit]} held out; effects found with ${percent(wanted)} power by ${percent(level)} intervals`,
		head: [unit === "customer" ? "a customer" : "a rep's day", "usual", "least effect found", "of the usual"],
		rows: power.map(({ metric, baseline, minimum_detectable: least, minimum_detectable_share: share }) => [
			metric,
			shown(metric, baseline),
			shown(metric, least),
			percent(share),
		]),
	};
	return [formatSheet(sheet), formatSheet(guardrailSheet(design.guardrails))].join("\n\n");
}

/** The report as tables for people. */
export function formatExperiment(report: ExperimentReport): string {
	const { uplift, ladder, notes, experiment, level, num_held_out: held, num_units: units } = report;
	const effects: Sheet = {
		title: `${experiment} as of ${report.as_of}: planned less held out, ${report.unit === "customer" ? "a customer" : "a rep's day"} (${held} of ${units} held out), ${percent(level)} intervals`,
		head: ["", "planned", "held out", "effect", "interval", "by lots drawn again", "p", ""],
		rows: uplift.map(({ metric, planned, held_out, adjusted, randomised, p_value, verdict }) => [
			metric,
			shown(metric, planned),
			shown(metric, held_out),
			shown(metric, adjusted.effect),
			`${shown(metric, adjusted.lower)} to ${shown(metric, adjusted.upper)}`,
			`${shown(metric, randomised.lower)} to ${shown(metric, randomised.upper)}`,
			p_value.toFixed(3),
			verdict.replaceAll("_", " "),
		]),
	};
	const steps: Sheet = {
		title: "Roll-out",
		head: ["", "stage", "next", "ready", "evidence"],
		rows: ladder.map(({ team_id, stage, next, is_ready, evidence }) => [
			team_id ?? "no team",
			stage,
			next ?? "–",
			is_ready ? "yes" : "no",
			evidence.map(({ rule, is_met }) => `${rule} ${is_met ? "yes" : "no"}`).join(", "),
		]),
	};
	return [
		formatSheet(effects),
		formatSheet(guardrailSheet(report.guardrails)),
		formatSheet(steps),
		...notes.map(({ code, detail }) => `${code}: ${detail}`),
	].join("\n\n");
}

function guardrailSheet(guardrails: readonly Guardrail[]): Sheet {
	return {
		title: "Guardrails",
		head: ["", "met", "figure", "limit", ""],
		rows: guardrails.map(({ rule, is_met, figure, limit, detail }) => [
			rule,
			is_met ? "yes" : "no",
			figure.toFixed(3),
			limit.toFixed(3),
			detail,
		]),
	};
}
