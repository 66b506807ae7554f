import type { EffectCell } from "./effect-policy.ts";
import type { ChannelEvidence, EffectsReport } from "./estimate-effects.ts";
import { formatSheet, type Sheet } from "../report/sheets.ts";

/** The report as tables for people: first what the channels allow to say, then every measured cell. */
export function formatEffects(report: EffectsReport): string {
	const sheets = [channelSheet(report), ...(report.cells.length > 0 ? [cellSheet(report)] : [])].map(formatSheet);
	const { inbound, cancelled, overlapping, unfinished } = report.left_out;
	const leftOut = `left out: ${inbound} inbound, ${cancelled} cancelled, ${overlapping} inside an earlier one's window, ${unfinished} with a window that is not over`;
	const note = "reached against not reached is an association: who is met may differ from who is not, so it changes nothing";
	return [...sheets, note, leftOut].join("\n\n");
}

function channelSheet({ as_of: asOf, channels }: EffectsReport): Sheet {
	return {
		title: `Contacts before ${asOf}, by channel`,
		head: ["", "basis", "made", "held out", "reached against not reached"],
		rows: channels.map(channelRow),
	};
}

function channelRow({ channel, basis, made, held_out: heldOut, association }: ChannelEvidence): string[] {
	const apart = association === null ? "–" : `${signed(association.logit)} (${signed(association.lower)} to ${signed(association.upper)})`;
	return [channel, basis, String(made), String(heldOut), apart];
}

function cellSheet({ level, cells }: EffectsReport): Sheet {
	return {
		title: `Effects of a contact on the log-odds of an order within the interval, ${Math.round(100 * level)} % intervals`,
		head: ["", "assumed", "effect", "interval", "made", "held out", "as good as"],
		rows: cells.map(cellRow),
	};
}

function cellRow(cell: EffectCell): string[] {
	return [
		`${cell.phase} ${cell.class} ${cell.channel}`,
		signed(cell.assumed),
		signed(cell.order_logit),
		`${signed(cell.lower)} to ${signed(cell.upper)}`,
		String(cell.made),
		String(cell.held_out),
		String(Math.round(cell.effective_contacts)),
	];
}

function signed(value: number): string {
	return `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(2)}`;
}
