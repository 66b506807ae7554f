import { expect, test } from "vitest";
import { isAway } from "../../../server/store/postgres.ts";

test.each([
	["a server that goes down", Object.assign(new Error("terminating connection"), { code: "57P01" }), true],
	["a server that starts", Object.assign(new Error("starting up"), { code: "57P03" }), true],
	["a statement that took too long", Object.assign(new Error("canceling statement"), { code: "57014" }), true],
	["a socket that is not there", Object.assign(new Error("connect"), { code: "ENOENT" }), true],
	["a connection that broke between two statements", new Error("Client has encountered a connection error and is not queryable"), true],
	["a connection that broke in a statement", new Error("Connection terminated unexpectedly"), true],
	["a connection that was found broken when it was written to", Object.assign(new Error("write"), { code: "ERR_STREAM_DESTROYED" }), true],
	["a transaction that had to give way", Object.assign(new Error("deadlock detected"), { code: "40P01" }), true],
	["a row that is there already", Object.assign(new Error("duplicate key"), { code: "23505" }), false],
	["a mistake in a query", Object.assign(new Error("syntax"), { code: "42601" }), false],
])("%s is told apart from a defect", (_, error, away) => {
	expect(isAway(error)).toBe(away);
});
