import { CarteiraError } from "../engine/index.ts";
import type { App } from "./routes/app-type.ts";

/** Turns requests away while so many are being answered, before a key is looked up or a byte of their bodies is read. */
export function shedLoad(app: App, maxAtOnce: number): void {
	let numAtOnce = 0;
	app.addHook("onRequest", async (_request, reply) => {
		if (numAtOnce >= maxAtOnce) {
			void reply.header("connection", "close"); // else the body would be read to reach the next request
			throw new CarteiraError("BUSY", `${maxAtOnce} requests are being answered; try again later`);
		}
		numAtOnce++;
		let isOver = false;
		const leave = (): void => {
			if (!isOver) numAtOnce--;
			isOver = true;
		};
		reply.raw.once("finish", leave).once("close", leave);
	});
}
