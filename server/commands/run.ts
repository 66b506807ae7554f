import { Command, CommanderError } from "commander";
import { ENGINE } from "../../engine/index.ts";
import { describeFileError } from "../file-error.ts";
import { addBackupCommands } from "./backup.ts";
import { addBacktestCommand } from "./backtest.ts";
import { addCheckCommand } from "./check.ts";
import { addDecideCommands } from "./decide.ts";
import { addEffectsCommand } from "./effects.ts";
import { EXIT, type SetExit, exitCodeOf } from "./exit.ts";
import { addEvaluateCommand } from "./evaluate.ts";
import { addExperimentCommand } from "./experiment.ts";
import { addForecastCommand } from "./forecast.ts";
import { addGenerateCommand } from "./generate.ts";
import { addImportCommand } from "./import.ts";
import { addKeysCommand } from "./keys.ts";
import { addMonitorCommand } from "./monitor.ts";
import { addPlanCommand } from "./plan.ts";
import { addPromoteCommand } from "./promote.ts";
import { addProductsCommand } from "./products.ts";
import { formatError } from "./report.ts";
import { addReviewCommand } from "./review.ts";
import { addScoreCommand } from "./score.ts";
import { addServeCommand } from "./serve.ts";
import { addStartCommand } from "./start.ts";
import { addTrainCommand } from "./train.ts";

const EXIT_HELP = `
Exit codes: 0 fine, 1 violations found, 2 wrong usage, 3 invalid input, 4 internal.
Data goes to stdout, progress and messages to stderr. NO_COLOR is respected.`;

/** The command line; `setExit` is told how a command that came to its end went. */
export function buildProgram(setExit: SetExit): Command {
	const program = new Command("carteira")
		.description(
			"Plans every sales rep's day: which customers to contact, when, how, in which order, with which products, and why, in money.",
		)
		.version(ENGINE)
		.addHelpText("after", EXIT_HELP)
		.showHelpAfterError("(carteira <command> --help tells more)")
		.exitOverride();
	addGenerateCommand(program);
	addImportCommand(program);
	addPlanCommand(program);
	addCheckCommand(program, setExit);
	addDecideCommands(program);
	addTrainCommand(program);
	addScoreCommand(program);
	addProductsCommand(program);
	addEvaluateCommand(program);
	addPromoteCommand(program);
	addEffectsCommand(program);
	addReviewCommand(program);
	addForecastCommand(program);
	addMonitorCommand(program);
	addBacktestCommand(program);
	addExperimentCommand(program);
	addKeysCommand(program);
	addBackupCommands(program);
	addServeCommand(program);
	addStartCommand(program);
	return program;
}

/** Runs one command; the answer is the exit code. Errors are told on stderr, in words. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
	let exit: number = EXIT.fine;
	try {
		await buildProgram((code) => {
			exit = code;
		}).parseAsync([...argv]);
		return exit;
	} catch (error) {
		if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
		const told = describeFileError(error) ?? error;
		process.stderr.write(formatError(told, argv.includes("--json")));
		return exitCodeOf(told);
	}
}
