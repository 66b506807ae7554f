import { expect, test } from "vitest";
import { createLog } from "../../server/log.ts";

test("credentials are blanked wherever they stand in what is logged", () => {
	const lines: string[] = [];
	const log = createLog("info", { write: (line: string) => void lines.push(line) });
	const secret = "ck_0123456789abcdef_hush";
	log.info({ authorization: secret, headers: { authorization: secret, cookie: secret }, req: { headers: { authorization: secret } } }, "a");
	log.error(
		{ err: Object.assign(new Error("lost"), { connectionString: secret, password: secret }), config: { databaseUrl: secret } },
		"b",
	);
	expect(lines).toHaveLength(2);
	expect(lines.join("")).not.toContain("hush");
	expect(lines[1]).toContain("lost");
});
