import type { IncomingHttpHeaders } from "node:http";
import { CarteiraError } from "../../engine/index.ts";
import type { App } from "../app-type.ts";

/** Bytes of a body that are sooner thrown away than a connection is made anew. */
const SMALL = 65_536;

const hasSmallBody = (headers: IncomingHttpHeaders): boolean =>
	headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) <= SMALL;

/** Turns requests away while so many are being answered, before a key is looked up or a byte of their bodies is read. */
export function shedLoad(app: App, maxAtOnce: number): void {
	let numAtOnce = 0;
	app.addHook("onRequest", async (request, reply) => {
		if (numAtOnce >= maxAtOnce) {
			if (!hasSmallBody(request.headers)) void reply.header("connection", "close"); // else all of it would be read to reach the next request
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
