import { enableCompileCache } from "node:module";
import { compileCacheFolder } from "../engine/compile-cache.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
	if (error.code === "EPIPE") process.exit(0);
	process.stderr.write(`carteira: error: the standard output cannot be written (${error.code ?? error.message})\n`);
	process.exit(4);
});

// Before anything else is loaded; by the variable, threads and further processes share it.
const cache = compileCacheFolder();
if (cache !== undefined) {
	process.env.NODE_COMPILE_CACHE = cache;
	enableCompileCache(cache);
}
const { runCommandLine } = await import("./commands/run.ts");

process.exitCode = await runCommandLine(process.argv);
