import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, parseDay, readPortfolio } from "../engine/index.ts";

/** Three customers of one rep, each with two orders: enough to go through every step of planning. */
const TABLES: Readonly<Record<string, string>> = {
	"reps.csv": "rep_id,kind,start_lat,start_lon\nr,field_employee,-23.55,-46.63\n",
	"customers.csv": "customer_id,rep_id,lat,lon\na,r,-23.55,-46.64\nb,r,-23.56,-46.63\nc,r,-23.54,-46.62\n",
	"orders.csv": [
		"order_id,customer_id,ordered_on,product_id,quantity,net_value",
		...["a", "b", "c"].flatMap((customer) => ["2026-10-05", "2026-10-26"].map((date) => `${customer}${date},${customer},${date},p,1,100`)),
		"",
	].join("\n"),
};
const AS_OF = "2026-11-09";
/** Milliseconds for which a success is believed, and a failure, since anyone may ask. */
const BELIEVED_MS = 60_000;
const FAILURE_BELIEVED_MS = 5000;

/** Milliseconds between two looks whether a plan is being made, behind which the little one would have to wait. */
const LOOK_MS = 250;

/** Answers whether the service can do its work, by seeing it at work or by doing a little of it. Rejects when it cannot. */
export function createReadinessCheck(engine: Engine, dataDir: string, isAtWork: () => boolean): () => Promise<void> {
	let last: { readonly check: Promise<void>; believedUntil: number } | null = null;

	async function planThreeCustomers(): Promise<void> {
		const folder = join(dataDir, "readiness");
		await mkdir(folder, { recursive: true });
		for (const [name, text] of Object.entries(TABLES)) await writeFile(join(folder, name), text);
		const plan = await engine.plan(await readPortfolio(folder), { asOf: parseDay(AS_OF), horizonDays: 1, iterations: 20 });
		await rm(folder, { recursive: true, force: true });
		if (plan.reps.length !== 1) throw new Error("the three-customer problem was planned without its rep");
	}

	return async () => {
		if (isAtWork()) return;
		if (last === null || Date.now() > last.believedUntil) {
			const made = { check: planThreeCustomers(), believedUntil: Date.now() + BELIEVED_MS };
			last = made;
			made.check.catch(() => {
				made.believedUntil = Date.now() + FAILURE_BELIEVED_MS;
			});
		}
		let look: NodeJS.Timeout | undefined;
		const seenAtWork = new Promise<void>((resolve) => {
			look = setInterval(() => isAtWork() && resolve(), LOOK_MS);
		});
		await Promise.race([last.check, seenAtWork]).finally(() => clearInterval(look));
	};
}
