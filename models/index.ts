export { formatEffects } from "./effects-report.ts";
export { type EvaluateOptions, evaluate, type OriginReport, type ValueFigures } from "./evaluate.ts";
export type { MixFigures } from "./evaluate-mix.ts";
export { formatEvaluation, renderEvaluation } from "./evaluation-report.ts";
export { measureEffects, type MeasureEffectsOptions } from "./measure-effects.ts";
export { writeModelFolder } from "./registry.ts";
export { TASKS, type Task, train, type TrainOptions, type TrainSummary } from "./train.ts";
export { PRODUCT_COLUMNS, writeProducts, type WriteProductsOptions } from "./write-products.ts";
export { SCORE_COLUMNS, writeScores, type WriteScoresOptions } from "./write-scores.ts";
