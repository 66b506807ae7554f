export { type DriftOptions, type DriftReport, measureDrift } from "./evaluation/drift.ts";
export { formatDrift, renderDrift } from "./report/drift-report.ts";
export { type EvaluateOptions, evaluate } from "./evaluate.ts";
export type { OriginReport } from "./evaluation/origin-report.ts";
export type { ChurnReport } from "./evaluation/evaluate-churn.ts";
export type { ValueFigures } from "./evaluation/evaluate-value.ts";
export type { MixFigures } from "./evaluation/evaluate-mix.ts";
export { formatEvaluation, renderEvaluation } from "./report/evaluation-report.ts";
export { writeModelFolder } from "./write-model-folder.ts";
export { formatEffects } from "./effects/effects-report.ts";
export { measureEffects, type MeasureEffectsOptions } from "./effects/measure-effects.ts";
export { TASKS, type Task, train, type TrainOptions, type TrainSummary } from "./train.ts";
export { PRODUCT_COLUMNS, writeProducts, type WriteProductsOptions } from "./write-products.ts";
export { SCORE_COLUMNS, writeScores, type WriteScoresOptions } from "./write-scores.ts";
export { judgePromotion, type JudgeOptions, type Verdict } from "./registry/promotion.ts";
export { formerChampion, listRegistry, moveAlias, registerModel, type RegistryList, type Version } from "./registry/registry.ts";
export { formatRegistry, formatVerdict } from "./report/registry-report.ts";
export { exportTrainingTable, TRAINING_COLUMNS, type TrainingTableOptions, writeTrainingTable } from "./keras/training-table.ts";
export { importNetwork, type ImportOptions } from "./keras/import-network.ts";
export { BACKTEST_LIMITS, type BacktestDocument, backtestDocument, RANKINGS } from "./backtest/backtest-document.ts";
export {
	EXPERIMENT_UNITS,
	type ExperimentDesign,
	experimentDesign,
	type ExperimentUnit,
	type ExperimentReport,
	experimentReport,
} from "./experiment/experiment-document.ts";
export { backtest, type BacktestOptions } from "./backtest/backtest.ts";
export { formatBacktest } from "./report/backtest-report.ts";
export { designExperiment } from "./experiment/design.ts";
export type { DesignOptions } from "./experiment/design-options.ts";
export { reportExperiment, type ReportOptions } from "./experiment/report.ts";
export { formatDesign, formatExperiment } from "./report/experiment-sheets.ts";
