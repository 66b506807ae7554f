import type { ReviewDocument } from "../../engine/index.ts";
import { bullets, card, cards, type Cell, chart, disclosure, paragraph, type Sheet, table } from "./blocks.ts";
import { type Links, renderPage, type Section } from "./frame.ts";
import { type Html, html } from "./html.ts";
import { repNames } from "./rep-names.ts";
import type { Speech } from "./speech.ts";
import { tellCode } from "./words-codes.ts";
import { REVIEW_WORDS as W } from "./words-review.ts";

type Result = ReviewDocument["results"][number];
type Behind = Pick<Result, "num_customers" | "customers">;

/** The review of a month for people. */
export async function reviewPage(speech: Speech, document: ReviewDocument, links: Links | null): Promise<string> {
	const { tell, date, count, month } = speech;
	const of = (verdict: Result["verdict"]): Html[] =>
		document.results.filter((result) => result.verdict === verdict).map((result) => resultCard(speech, result));
	const part = (id: "worked" | "failed" | "same", made: readonly Html[], nothing: string): Section => ({
		id,
		title: tell(W[id]),
		body: made.length > 0 ? cards(made, { isSmall: true }) : paragraph(nothing),
	});
	const [better, worse, same] = [of("better"), of("worse"), of("same")];
	const sections: Section[] = [
		part("worked", better, tell(W.nothingWorked)),
		part("failed", worse, tell(W.nothingFailed)),
		...(same.length > 0 ? [part("same", same, "")] : []),
		{ id: "changes", title: tell(W.changes), body: changesOf(speech, document) },
		{ id: "thresholds", title: tell(W.thresholds), body: thresholdsOf(speech, document) },
		{ id: "reps", title: tell(W.reps), body: await repsOf(speech, document) },
		{ id: "floors", title: tell(W.floors), body: floorsOf(speech, document) },
		{ id: "overrides", title: tell(W.overrides), body: await overridesOf(speech, document) },
	];
	return renderPage(
		speech,
		{
			title: tell(W.title, { month: month(document.month) }),
			lead: tell(W.lead, {
				from: date(document.from),
				to: date(document.to),
				days: count(document.working_days),
				before: count(document.working_days_before),
			}),
			warnings: document.warnings.map(({ code }) => tell(W.warnings[code])),
			sections,
			receipt: [
				[tell(W.inputs), document.receipt.inputs_digest],
				[tell(W.plans), document.receipt.plans.join(", ") || tell(W.none)],
				[tell(W.engine), document.receipt.engine],
			],
		},
		links,
	);
}

function resultCard(speech: Speech, result: Result): Html {
	const { tell, share } = speech;
	const { id, unit, value, before, change, verdict } = result;
	const amount = unit === "cents" ? speech.money : speech.count;
	const signed = change === null ? "" : `${change > 0 ? "+" : ""}${share(change)}`;
	const told = change === null ? tell(W.versusNothing) : tell(W.versus, { change: signed, before: amount(before) });
	const tone = verdict === "same" ? "soft" : verdict === "better" ? "good" : "bad";
	return card(tell(W.results[id]), [
		html`<p class="figure">${amount(value)}</p><p class="${tone}">${told}</p><p class="soft">${tell(W.definitions[id])}</p>`,
		customersBehind(speech, tell(W.results[id]), result, amount),
	]);
}

/** The customers behind a figure, opened on demand. */
function customersBehind(
	speech: Speech,
	figure: string,
	{ num_customers, customers }: Behind,
	amount: (value: number | null) => string,
): Html {
	const { tell, count } = speech;
	if (customers.length === 0) return html``;
	const hasBefore = customers.some(({ before }) => before !== null);
	const sheet: Sheet = {
		caption: tell(W.behindCaption, { figure, shown: count(customers.length), all: count(num_customers) }),
		columns: [
			{ head: tell(W.customer) },
			{ head: tell(W.rep), isText: true },
			{ head: tell(W.month) },
			...(hasBefore ? [{ head: tell(W.before) }] : []),
		],
		rows: customers.map(({ customer_id, name, rep_id, value, before }): (Cell | string)[] => [
			name === null ? customer_id : { text: name, aside: customer_id },
			rep_id ?? "–",
			amount(value),
			...(hasBefore ? [amount(before)] : []),
		]),
	};
	return disclosure(tell(W.behind, { figure }), table(speech, sheet));
}

function changesOf(speech: Speech, { changes, reps }: ReviewDocument): Html {
	const { tell, share, count, money } = speech;
	if (changes.length === 0) return paragraph(tell(W.nothingToChange));
	const nameOf = repNames(reps);
	const moves = changes.filter(({ code }) => code === "MOVE_CUSTOMER").length;
	const texts = changes.flatMap(({ code, subject, figure }) => {
		if (code === "SHRINK_PORTFOLIO") return [tell(W.change[code], { subject: nameOf.get(subject) ?? subject, load: share(figure) })];
		if (code === "REVIEW_THRESHOLD") return [tell(W.change[code], { subject: tellCode(speech, "phase", subject) })];
		return code === "REVIEW_FLOOR" ? [tell(W.change[code], { subject: floorName(speech, subject.split(" ")), cost: money(figure) })] : [];
	});
	return card(tell(W.changes), [bullets([...texts, ...(moves > 0 ? [tell(W.change.MOVE_CUSTOMER, { count: count(moves) })] : [])])], {
		isHeadless: true,
	});
}

/** A floor by its phase and class, of which both may be absent. */
function floorName(speech: Speech, parts: readonly (string | null)[]): string {
	const told = parts.filter((part) => part !== null && part !== "all").map((part) => tellCode(speech, "phase", part ?? ""));
	return told.join(" ") || speech.tell(W.everyone);
}

function thresholdsOf(speech: Speech, { thresholds }: ReviewDocument): Html {
	const { tell, share, decimal, count } = speech;
	const heads = [W.phase, W.nearer, W.rule, W.boughtNearer, W.bought, W.difference, W.separates];
	const sheet: Sheet = {
		caption: tell(W.thresholdCaption),
		columns: heads.map((head, i) => ({ head: tell(head), isText: i < 3 })),
		rows: thresholds.map((row): (Cell | string)[] => [
			tellCode(speech, "phase", row.phase),
			tellCode(speech, "phase", row.nearer_phase),
			tell(W.ruleOf, { ratio: decimal(row.ratio), floor: count(row.floor_days), ceiling: count(row.ceiling_days) }),
			{ text: share(row.nearer.rate), aside: count(row.nearer.num) },
			{ text: share(row.deeper.rate), aside: count(row.deeper.num) },
			{ text: share(row.difference), aside: `${share(row.lower)} – ${share(row.upper)}` },
			row.separates === null ? tell(W.unclear) : row.separates ? { text: tell(W.yes), tone: "good" } : { text: tell(W.no), tone: "bad" },
		]),
	};
	const customers = thresholds.map((row) => customersBehind(speech, tellCode(speech, "phase", row.phase), row, speech.money));
	return card(tell(W.thresholds), [table(speech, sheet), ...customers], { isHeadless: true });
}

async function repsOf(speech: Speech, document: ReviewDocument): Promise<Html> {
	const { tell, share, hours, count } = speech;
	const nameOf = repNames(document.reps);
	const caption = tell(W.loadCaption);
	const heads = [W.rep, W.customers, W.due, W.shift, W.travel, W.load];
	const sheet: Sheet = {
		caption,
		columns: heads.map((head) => ({ head: tell(head) })),
		rows: document.reps.map((rep): (Cell | string)[] => [
			nameOf.get(rep.rep_id) ?? rep.rep_id,
			count(rep.num_customers),
			hours(rep.due_seconds),
			hours(rep.shift_seconds),
			share(rep.travel_share),
			{ text: share(rep.load), ...(rep.is_too_big && { tone: "bad" }) },
		]),
	};
	const bars = document.reps
		.slice(0, 20)
		.map(({ rep_id, load }) => ({ name: nameOf.get(rep_id) ?? rep_id, value: load ?? 0, label: share(load) }));
	const drawn = await chart(
		speech,
		{ plot: { kind: "bars", rows: bars, mark: { at: 1, label: tell(W.all) } }, caption, sheet },
		{ isBeside: true },
	);
	const loads = card(tell(W.load), [drawn], { isHeadless: true });
	return html`${loads}${document.moves.length > 0 && movesOf(speech, document, nameOf)}`;
}

function movesOf(speech: Speech, { moves }: ReviewDocument, nameOf: ReadonlyMap<string, string>): Html {
	const { tell, share, hours, decimal } = speech;
	const heads = [W.customer, W.from, W.to, W.distance, W.time, W.loadAfter];
	const sheet: Sheet = {
		caption: tell(W.movesCaption),
		columns: heads.map((head, i) => ({ head: tell(head), isText: i < 3 })),
		rows: moves.map((move): (Cell | string)[] => [
			move.name === null ? move.customer_id : { text: move.name, aside: move.customer_id },
			nameOf.get(move.from_rep_id) ?? move.from_rep_id,
			nameOf.get(move.to_rep_id) ?? move.to_rep_id,
			tell(W.km, { from: decimal(move.from_km), to: decimal(move.to_km) }),
			hours(move.due_seconds),
			`${share(move.from_load)} · ${share(move.to_load)}`,
		]),
	};
	return card(tell(W.moves), [table(speech, sheet)]);
}

function floorsOf(speech: Speech, { floors, floor_price_cents: price }: ReviewDocument): Html {
	const { tell, money, hours, count } = speech;
	const heads = [W.floor, W.contacts, W.time, W.margin, W.anHour, W.others, W.cost, W.dear];
	const sheet: Sheet = {
		caption: tell(W.floorCaption),
		columns: heads.map((head) => ({ head: tell(head) })),
		rows: floors.map((row): (Cell | string)[] => [
			floorName(speech, [row.phase, row.class]),
			count(row.num_contacts),
			hours(row.seconds),
			money(row.margin_cents),
			money(row.margin_cents_an_hour),
			money(row.others_cents_an_hour),
			money(row.cost_cents),
			row.is_too_dear ? { text: tell(W.yes), tone: "bad" } : tell(W.no),
		]),
	};
	const customers = floors.map((row) => customersBehind(speech, floorName(speech, [row.phase, row.class]), row, hours));
	const paid = price === null ? [] : [paragraph(tell(W.floorPrice, { price: money(price) }))];
	return card(tell(W.floors), [table(speech, sheet), ...paid, ...customers], { isHeadless: true });
}

async function overridesOf(speech: Speech, { overrides, num_rca_left_out: rca }: ReviewDocument): Promise<Html> {
	const { tell, share, money, count } = speech;
	if (overrides.length === 0) return paragraph(tell(W.noPlans));
	const heads = [W.decision, W.decided, W.open, W.reached, W.ordered, W.value];
	const caption = tell(W.overrideChart);
	const sheet: Sheet = {
		caption: tell(W.overrideCaption),
		columns: heads.map((head) => ({ head: tell(head) })),
		rows: overrides.map((row): (Cell | string)[] => [
			tell(W.decisions[row.decision]),
			count(row.num_over),
			count(row.num_open),
			count(row.reached),
			{ text: count(row.ordered), aside: share(row.ordered_share) },
			money(row.value_cents_each),
		]),
	};
	const bars = overrides.map((row) => ({
		name: tell(W.decisions[row.decision]),
		value: row.ordered_share ?? 0,
		label: share(row.ordered_share),
	}));
	const drawn = await chart(speech, { plot: { kind: "bars", rows: bars }, caption, sheet }, { isBeside: true });
	const reasons = overrides.flatMap((row) => {
		if (row.reasons.length === 0) return [];
		const told = row.reasons.map(({ reason, num, ordered }) => `${reason} (${ordered}/${num})`).join("; ");
		return [paragraph(`${tell(W.decisions[row.decision])}. ${tell(W.reasons, { reasons: told })}`)];
	});
	const customers = overrides.map((row) => customersBehind(speech, tell(W.decisions[row.decision]), row, money));
	return card(tell(W.overrides), [paragraph(tell(W.overrideNote, { count: count(rca) })), drawn, ...reasons, ...customers], {
		isHeadless: true,
	});
}
