import type { App } from "../app-type.ts";
import { HttpError } from "./problem.ts";

/** The escape of U+0000, its backslash not itself escaped. */
const NUL = /(?<!\\)(?:\\\\)*\\u0000/;

/** JSON is parsed as the framework does; text with U+0000, which PostgreSQL cannot keep and no name or reason has, is refused before. */
export function readJsonBodies(app: App): void {
	const parse = app.getDefaultJsonParser("error", "error");
	app.addContentTypeParser<string>("application/json", { parseAs: "string" }, (request, text, done) => {
		if (NUL.test(text)) done(new HttpError("MALFORMED", "the body has text with the character U+0000"));
		else void parse(request, text, done);
	});
}
