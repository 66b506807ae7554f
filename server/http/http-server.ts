import { type RequestListener, type Server, createServer } from "node:http";
import { answerProtocolError, refuseExpectations } from "./protocol-errors.ts";

/** Milliseconds for which a connection may be silent, may wait for its next request, and a whole request may take to arrive. */
const CONNECTION_TIMEOUT = 120_000;
const KEEP_ALIVE_TIMEOUT = 72_000;
const REQUEST_TIMEOUT = 900_000;

/** Connections that wait to be taken: one that finds no place tries again a second later, and then after ever longer ones. The kernel may allow less. */
export const BACKLOG = 4096;

/** A server for one address; a name such as localhost has several. */
export function createHttpServer(answer: RequestListener): Server {
	// A request without Host is refused by the application, in its own form.
	const server = createServer({ requireHostHeader: false, keepAliveTimeout: KEEP_ALIVE_TIMEOUT, requestTimeout: REQUEST_TIMEOUT }, answer);
	server.setTimeout(CONNECTION_TIMEOUT);
	server.on("clientError", answerProtocolError);
	refuseExpectations(server);
	return server;
}
