export { formatAgendaCsv } from "./agenda/formats/csv.ts";
export { type CalendarContact, formatAgendaIcs, formatCalendarIcs } from "./agenda/formats/ics.ts";
export { formatAgendaTable } from "./agenda/formats/table.ts";
export type { PlanContext } from "./agenda/context.ts";
export { entryIdOf } from "./agenda/receipt.ts";
export type {
	Brief,
	DayPlan,
	Entry,
	ContactRule,
	PlanDocument,
	Receipt,
	RepPlan,
	Unplanned,
	UnmetRequired,
	Violation,
} from "./agenda/plan-document.ts";
export type { Decided, Decision, DecisionKind, Subject } from "./decisions/decide.ts";
export type { StoredPlan } from "./stored-plan.ts";
export { type ContactValues, contactValuesOf } from "./contact-values.ts";
export { createEngine, type Engine, type EngineOptions } from "./engine.ts";
export { CarteiraError, ERROR_CODES, type ErrorCode, type InputProblem } from "./errors.ts";
export {
	FIGURES,
	FIGURE_IDS,
	type FigureId,
	type Grouping,
	GROUPINGS,
	RATIOS,
	RATIO_IDS,
	type RatioId,
	type Told,
} from "./monitor/figures.ts";
export type { DistantMonitor, StoredLook } from "./monitor/look.ts";
export { createShelf } from "./shelf.ts";
export { type DrillDown, type Monitor, type MonitorScope, openMonitor } from "./monitor/monitor.ts";
export {
	type FigureRow,
	MONITOR_NOTES,
	monitorCustomers,
	type MonitorCustomers,
	monitorDocument,
	type MonitorDocument,
	type MonitorGroup,
	type MonitorRep,
	type MonitorTarget,
} from "./monitor/monitor-document.ts";
export { staleFeedWarnings } from "./document.ts";
export type { PlanHooks, PlanOptions, PlanProgress } from "./plan.ts";
export type { PlanRequest, Question } from "./question.ts";
export { type Assessment, type AssessOrder, assessRequest } from "./replan/assess.ts";
export { type DayDiff, diffDays } from "./replan/day-diff.ts";
export type { Desk } from "./replan/desk.ts";
export { diffPlans, type PlanChange, type PlanDiff } from "./replan/diff.ts";
export { type AmendedDay, type DayAgenda, type DroppedContact, recheckDay, type Rechecked } from "./replan/recheck.ts";
export { replan, type Revision } from "./replan/replan.ts";
export { type ReplanOrder, replanRequest } from "./replan/request.ts";
export { suggest, type SuggestOrder, suggestRequest, type Suggestions } from "./replan/suggest.ts";
export { whatIf, type WhatIfAnswer, type WhatIfOrder, whatIfRequest } from "./replan/what-if.ts";
export type { ForecastRequest } from "./forecast-thread.ts";
export {
	FORECAST_GROUPINGS,
	type ForecastGrouping,
	FORECAST_METRICS,
	FORECAST_NOTES,
	type ForecastDocument,
	forecastDocument,
	HORIZONS,
} from "./forecast/forecast-document.ts";
export { planPart, type ReviewPlan } from "./review/plan-part.ts";
export { reviewMonth, type ReviewQuestion } from "./review/review.ts";
export { reviewInThread } from "./review-thread.ts";
export { CHANGES, DECISIONS, RESULTS, type ReviewDocument, reviewDocument } from "./review/review-document.ts";
export { DEFAULT_POLICY, mergePolicy, type Policy, validatePolicy } from "./policy/policy.ts";
export { type Arm, findTrials, HELD_OUT, type LeftOut, type Trial, type TrialInputs } from "./policy/contact-trials.ts";
export { pictureBefore } from "./policy/past-picture.ts";
export { effectRowsOf } from "./policy/effect-rows.ts";
export { buildOwnership } from "./policy/ownership.ts";
export { type Population, type PopulationKey } from "./policy/population.ts";
export { loadPopulation, savePopulation } from "./policy/population-file.ts";
export { CLASSES, KINDS, PHASES, POTENTIALS, TERMS } from "./policy/case.ts";
export { createEraser, type Eraser, type Traces } from "./portfolio/eraser.ts";
export { spellingsOf } from "./portfolio/rows/tax-ids.ts";
export { eraseCustomer, findNames, forgetEarlier } from "./portfolio/reading/erase-customer.ts";
export type { ErasedRows } from "./portfolio/reading/erase-rows.ts";
export { dataThroughOf } from "./portfolio/data-through.ts";
export { compactStore } from "./portfolio/reading/compact-store.ts";
export { readItems, type Item } from "./portfolio/reading/read-items.ts";
export { importTable, importTables, type TableChange, wasApplied } from "./portfolio/reading/import-table.ts";
export type { Portfolio, Table, TableReport } from "./portfolio/portfolio.ts";
export { rowsById } from "./portfolio/portfolio.ts";
export { buildStore, ensureStore, writePolicy } from "./portfolio/reading/open-store.ts";
export { readPortfolio } from "./portfolio/reading/read-portfolio.ts";
export { openSnapshot, type Snapshot } from "./portfolio/snapshot/snapshot.ts";
export { isStore, readCurrent, snapshotFiles } from "./portfolio/snapshot/store-folder.ts";
export { TABLE_NAMES, TABLES, type TableName } from "./portfolio/schema.ts";
export { type Alias, ALIASES, hasChampion } from "./scoring/find-model.ts";
export { ENGINE, planningRules, type PopulationOptions, populationKey, surveyPopulation, understand } from "./understand.ts";
export { formatDay, formatTime, parseDay, parseTime } from "./units.ts";
