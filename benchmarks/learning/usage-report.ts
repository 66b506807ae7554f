import { writeFileSync } from "node:fs";

/** Preloaded into a process (`node --import`): writes what it used to the file that CARTEIRA_USAGE_FILE names, as it ends. */
const file = process.env.CARTEIRA_USAGE_FILE;
if (file)
	process.on("exit", () => {
		const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
		writeFileSync(file, JSON.stringify({ cpuSeconds: (userCPUTime + systemCPUTime) / 1e6, peakMegabytes: maxRSS / 1024 }));
	});
