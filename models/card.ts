import type { Comparison, ModelManifest } from "../engine/scoring/model-folder.ts";

/** The page that says what a model is: what it learned from, how it did on what it had not seen, what it looks at. */
export function renderCard(manifest: ModelManifest): string {
	const { name, trainedOn, asOf, seed, digest, churn, metrics } = manifest;
	const facts = { "Trained on": trainedOn, "History before": asOf, Seed: seed, Digest: digest, Features: churn.inputs.length };
	const { k, r, alpha, a, b } = churn.buyTillYouDie;
	return page(name, [
		table(Object.entries(facts)),
		"<h2>Churn: no order within 90 days</h2>",
		"<p>A model that knew only what was over 90 days before, asked about the 90 days that followed.</p>",
		comparisonTable(metrics.churn),
		`<p>Buy-till-you-die: k = ${k}, r = ${r.toFixed(3)}, α = ${alpha.toFixed(3)}, a = ${a.toFixed(3)}, b = ${b.toFixed(3)}, in intervals of the base.</p>`,
		"<h2>What it looks at</h2>",
		`<p>${manifest.churn.inputs.map(escape).join(", ")}</p>`,
		"<p>The probabilities hold under usual service: nothing here measures what a contact changes.</p>",
	]);
}

function comparisonTable(comparison: Comparison | undefined): string {
	if (!comparison) return "<p>The history was too short to hold a part of it back.</p>";
	const head = "<tr><th></th><th>AUC</th><th>log-loss</th><th>Brier</th><th>ECE</th></tr>";
	const rows = Object.entries(comparison.models).map(
		([name, { auc, logLoss, brier, ece }]) =>
			`<tr><th>${escape(name)}</th>${[auc, logLoss, brier, ece].map((x) => `<td>${format(x)}</td>`).join("")}</tr>`,
	);
	return `<p>${comparison.numCustomers} customers on ${comparison.origin}, of whom ${format(100 * comparison.baseRate)} % did not order.</p><table>${head}${rows.join("")}</table>`;
}

/** A page of its own, without scripts or links. */
export function page(title: string, parts: readonly string[]): string {
	const style = "body{font:16px/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}td,th{padding:.2rem .8rem;text-align:left}";
	return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>${style}</style><h1>${escape(title)}</h1>${parts.join("\n")}</html>\n`;
}

export function table(rows: readonly (readonly [string, unknown])[]): string {
	return `<table>${rows.map(([name, value]) => `<tr><th>${escape(name)}</th><td>${escape(String(value))}</td></tr>`).join("")}</table>`;
}

export function escape(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function format(x: number | null): string {
	return x === null || Number.isNaN(x) ? "–" : x.toFixed(3);
}
