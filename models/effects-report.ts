import type { ChannelEvidence, EffectCell, EffectsReport } from "./estimate-effects.ts";

/** The report as tables for people: first what the channels allow to say, then every measured cell. */
export function formatEffects(report: EffectsReport): string {
	const percent = Math.round(100 * report.level);
	const head = `effects of a contact on the log-odds of an order within the interval; history before ${report.as_of}, ${percent} % intervals`;
	const channels = [["channel", "basis", "made", "held out", "reached against not reached"], ...report.channels.map(channelLine)];
	const cells = [
		["phase", "class", "channel", "assumed", "effect", "interval", "made", "held out", "as good as"],
		...report.cells.map(cellLine),
	];
	const { inbound, cancelled, overlapping, unfinished } = report.left_out;
	const leftOut = `left out: ${inbound} inbound, ${cancelled} cancelled, ${overlapping} inside an earlier one's window, ${unfinished} with a window that is not over`;
	const note = "reached against not reached is an association: who is met may differ from who is not, so it changes nothing";
	return [head, columns(channels), note, ...(report.cells.length > 0 ? [columns(cells)] : []), leftOut].join("\n\n");
}

function channelLine({ channel, basis, made, held_out: heldOut, association }: ChannelEvidence): string[] {
	const apart = association === null ? "–" : `${signed(association.logit)} (${signed(association.lower)} to ${signed(association.upper)})`;
	return [channel, basis, String(made), String(heldOut), apart];
}

function cellLine(cell: EffectCell): string[] {
	return [
		cell.phase,
		cell.class,
		cell.channel,
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

function columns(lines: readonly (readonly string[])[]): string {
	const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => line[column].length)));
	return lines
		.map((line) =>
			line
				.map((cell, column) => cell.padEnd(widths[column]))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}
