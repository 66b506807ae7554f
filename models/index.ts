export { type EvaluateOptions, evaluate, type OriginReport } from "./evaluate.ts";
export type { ChurnReport } from "./evaluate-churn.ts";
export type { ValueFigures } from "./evaluate-value.ts";
export type { MixFigures } from "./evaluate-mix.ts";
export { formatEvaluation, renderEvaluation } from "./evaluation-report.ts";
export { writeModelFolder } from "./write-model-folder.ts";
export { TASKS, type Task, train, type TrainOptions, type TrainSummary } from "./train.ts";
export { PRODUCT_COLUMNS, writeProducts, type WriteProductsOptions } from "./write-products.ts";
export { SCORE_COLUMNS, writeScores, type WriteScoresOptions } from "./write-scores.ts";
