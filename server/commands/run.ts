import { Command, CommanderError } from "commander";
import { ENGINE } from "../../engine/index.ts";
import { describeFileError } from "../file-error.ts";
import { EXIT, type SetExit, exitCodeOf } from "./exit.ts";
import { formatError } from "./report.ts";

const EXIT_HELP = `
Exit codes: 0 fine, 1 violations found, 2 wrong usage, 3 invalid input, 4 internal.
Data goes to stdout, progress and messages to stderr. NO_COLOR is respected.`;

/** Adds commands to the program; `setExit` is told how a command that came to its end went. */
type Add = (program: Command, setExit: SetExit) => void;

/** In the order of the help: names, and what adds them. A module is loaded when one of its commands is asked for, so that the others cost nothing. */
const COMMANDS: readonly (readonly [names: string, load: () => Promise<Add>])[] = [
	["generate", async () => (await import("./generate.ts")).addGenerateCommand],
	["import", async () => (await import("./import.ts")).addImportCommand],
	["plan", async () => (await import("./plan.ts")).addPlanCommand],
	["check", async () => (await import("./check.ts")).addCheckCommand],
	["replan suggest what-if assess", async () => (await import("./decide.ts")).addDecideCommands],
	["train", async () => (await import("./train.ts")).addTrainCommand],
	["score", async () => (await import("./score.ts")).addScoreCommand],
	["products", async () => (await import("./products.ts")).addProductsCommand],
	["evaluate", async () => (await import("./evaluate.ts")).addEvaluateCommand],
	["promote", async () => (await import("./promote.ts")).addPromoteCommand],
	["effects", async () => (await import("./effects.ts")).addEffectsCommand],
	["review", async () => (await import("./review.ts")).addReviewCommand],
	["forecast", async () => (await import("./forecast.ts")).addForecastCommand],
	["monitor", async () => (await import("./monitor.ts")).addMonitorCommand],
	["backtest", async () => (await import("./backtest.ts")).addBacktestCommand],
	["experiment", async () => (await import("./experiment.ts")).addExperimentCommand],
	["keys", async () => (await import("./keys.ts")).addKeysCommand],
	["backup restore", async () => (await import("./backup.ts")).addBackupCommands],
	["serve", async () => (await import("./serve.ts")).addServeCommand],
	["start", async () => (await import("./start.ts")).addStartCommand],
	["worker", async () => (await import("./worker.ts")).addWorkerCommand],
];

/** The command line, with the command of that name alone, or with all where there is none. */
async function buildProgram(name: string, setExit: SetExit): Promise<Command> {
	const program = new Command("carteira")
		.description(
			"Plans every sales rep's day: which customers to contact, when, how, in which order, with which products, and why, in money.",
		)
		.version(ENGINE)
		.addHelpText("after", EXIT_HELP)
		.showHelpAfterError("(carteira <command> --help tells more)")
		.exitOverride();
	const asked = COMMANDS.filter(([names]) => names.split(" ").includes(name));
	for (const [, load] of asked.length > 0 ? asked : COMMANDS) (await load())(program, setExit);
	return program;
}

/** Runs one command; the answer is the exit code. Errors are told on stderr, in words. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
	let exit: number = EXIT.fine;
	try {
		const program = await buildProgram(argv[2] ?? "", (code) => {
			exit = code;
		});
		await program.parseAsync([...argv]);
		return exit;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
		const told = describeFileError(error) ?? error;
		process.stderr.write(formatError(told, argv.includes("--json")));
		return exitCodeOf(told);
	}
}
