import { randomBytes } from "node:crypto";
import { type IncomingMessage, type OutgoingHttpHeaders, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { HttpError, problemOf } from "./problem.ts";

/** What the parser of HTTP says that a client can do something about; everything else it says is of bytes that are no request. */
function refusalOf({ code = "", message }: NodeJS.ErrnoException): HttpError {
	if (code === "HPE_HEADER_OVERFLOW") return new HttpError("HEADERS_TOO_LARGE", "the headers are larger than is taken");
	if (code === "ERR_HTTP_REQUEST_TIMEOUT") return new HttpError("TOO_SLOW", "the request did not arrive in time");
	return new HttpError("MALFORMED", `this is no HTTP request: ${message.replace(/^Parse Error: /, "")}`);
}

function textOf(error: Error): { readonly status: number; readonly body: string } {
	const problem = problemOf(error, randomBytes(16).toString("hex"));
	return { status: problem.status, body: JSON.stringify(problem) };
}

/** Answers a request of which the framework hears nothing. */
export function refuseRequest(response: ServerResponse, error: Error, headers: OutgoingHttpHeaders): void {
	const { status, body } = textOf(error);
	response.writeHead(status, { "content-type": "application/problem+json", "content-length": Buffer.byteLength(body), ...headers });
	response.end(body);
}

/** Answers what could not be read as a request, which the framework never sees, and closes its connection. */
export function answerProtocolError(error: NodeJS.ErrnoException, socket: Socket): void {
	if (error.code !== "ECONNRESET" && socket.writable) {
		const { status, body } = textOf(refusalOf(error));
		const head = [
			`HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
			"content-type: application/problem+json",
			`content-length: ${Buffer.byteLength(body)}`,
			"connection: close",
		];
		socket.write(`${head.join("\r\n")}\r\n\r\n${body}`);
	}
	socket.destroySoon();
}

/** Refuses every `Expect` but 100-continue, which the server answers by itself. */
export function refuseExpectations(server: Server): void {
	server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) => {
		const error = new HttpError("EXPECTATION_FAILED", `Expect: ${request.headers.expect} cannot be met`);
		refuseRequest(response, error, { connection: "close" });
	});
}
