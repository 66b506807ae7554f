import Table from "cli-table3";
import { CarteiraError, type InputProblem, type TableReport } from "../../engine/index.ts";
import { tell, warn } from "./progress.ts";

/** Problems that one message lists; the rest is counted. */
const MAX_LISTED = 20;

/** Characters of a value that are shown; what was expected is never cut. */
const MAX_VALUE = 80;

/** Control characters in values must not drive the terminal. */
const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");

function problemRow({ table, row, column, pointer, value, message }: InputProblem): string[] {
	const found = plain(value ?? "");
	const shown = found.length > MAX_VALUE ? `${found.slice(0, MAX_VALUE)}…` : found;
	return [table ?? "", row === undefined ? "" : String(row), plain(column ?? pointer ?? ""), shown, plain(expectationOf(message))];
}

/** What a message expects; the column and the value before it stand in cells of their own. */
function expectationOf(message: string): string {
	const at = message.lastIndexOf(": expected ");
	return at < 0 ? message : message.slice(at + 2);
}

/** Problems as a table: where, what came, what was expected. */
export function formatProblems(problems: readonly InputProblem[], numProblems: number): string {
	const table = new Table({ head: ["table", "row", "column", "value", "expected"], style: { head: [], border: [], compact: true } });
	for (const problem of problems.slice(0, MAX_LISTED)) table.push(problemRow(problem));
	const numLeft = numProblems - Math.min(MAX_LISTED, problems.length);
	return `${table.toString()}${numLeft > 0 ? `\n… and ${numLeft} more` : ""}`;
}

/** An error as people, or programs, read it; a defect's stack is shown only where CARTEIRA_TRACE asks for it. */
export function formatError(error: unknown, isJson: boolean): string {
	const known =
		error instanceof CarteiraError ? error : new CarteiraError("INTERNAL", error instanceof Error ? error.message : String(error));
	const { code, message, details, numProblems } = known;
	if (isJson) return `${JSON.stringify({ code, message, errors: details, num_errors: numProblems })}\n`;
	const stack = ["1", "true"].includes(process.env.CARTEIRA_TRACE ?? "") && error instanceof Error ? `\n${error.stack}` : "";
	const problems = details.length > 0 ? `\n${formatProblems(details, numProblems)}` : "";
	const kind = code === "INTERNAL" ? "internal error, a defect of Carteira" : "error";
	return `carteira: ${kind}: ${plain(message)}${problems}${stack}\n`;
}

const count = new Intl.NumberFormat("en");

function reportLine({ table, numAccepted, numQuarantined, format, dialect }: TableReport): string {
	const how = dialect === null ? format : `${format}: ${Object.values(dialect).join(" ")}`;
	const aside = numQuarantined > 0 ? `, ${count.format(numQuarantined)} set aside` : "";
	return `  ${table.padEnd(16)} ${count.format(numAccepted).padStart(12)} rows${aside}  (${plain(how)})`;
}

/** Tells what was read, and what was wrong with it. */
export function tellReports(reports: readonly TableReport[]): void {
	tell("read");
	for (const report of reports) tell(reportLine(report));
	for (const { table, numProblems, problems } of reports) {
		if (numProblems > 0) tell(`${table}: ${count.format(numProblems)} problems\n${formatProblems(problems, numProblems)}`);
	}
	tellWarnings(reports);
}

/** Tells what a reader should know of what was read. */
export function tellWarnings(reports: readonly TableReport[]): void {
	for (const { warnings } of reports) for (const warning of warnings) warn(plain(warning));
}
