import { createServer } from "node:net";
import type { Command } from "commander";
import { validateHost } from "../config.ts";
import { createServices } from "../services.ts";
import { formatDemoSummary } from "./demo-summary.ts";
import { DEMO, prepareDemo } from "./demo.ts";
import { today, validateOutFolder } from "./options.ts";
import { type ServeFlags, addServeOptions, configOf, refusePort, serveUntilAsked } from "./serve.ts";

/** Finds out that the port is taken before half a minute is spent on what would be served there. */
async function checkPort(host: string, port: number): Promise<void> {
	const probe = createServer();
	await new Promise<void>((resolve, reject) => {
		probe.once("error", reject);
		probe.listen({ host, port }, resolve);
	}).catch((error: NodeJS.ErrnoException) => refusePort(error, { host, port }));
	await new Promise((resolve) => {
		probe.close(resolve);
	});
}

async function run({ demo, ...flags }: ServeFlags & { readonly demo: string }): Promise<void> {
	validateHost(flags.host, false); // the demo is for whoever is on this machine
	validateOutFolder(flags.data, "--data");
	validateOutFolder(demo, "--demo");
	await checkPort(flags.host, flags.port);
	const services = await createServices(configOf(flags));
	try {
		const { id } = await prepareDemo(services, demo, today());
		const plan = await services.tenants.ofThisMachine.store.readPlan(id);
		await serveUntilAsked(services, (address) => process.stdout.write(formatDemoSummary(plan, DEMO, address)));
	} finally {
		await services.close();
	}
}

/** `carteira start`: a demo distributor, planned for today and served. */
export function addStartCommand(program: Command): void {
	addServeOptions(program, program.command("start").description("make a demo distributor, plan its day, show it and serve the API"))
		.option("--demo <folder>", "portfolio folder of the demo", "data/demo")
		.action(run);
}
