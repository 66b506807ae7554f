import { runCommandLine } from "./commands/run.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(0);
	process.stderr.write(`carteira: error: the standard output cannot be written (${error.code ?? error.message})\n`);
	process.exit(4);
});

process.exitCode = await runCommandLine(process.argv);
