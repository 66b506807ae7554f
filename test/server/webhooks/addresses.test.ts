import { promisify } from "node:util";
import { expect, test } from "vitest";
import { isPublicAddress, lookupPublic, validateTarget } from "../../../server/webhooks/addresses.ts";
import { pauseAfter } from "../../../server/webhooks/sender.ts";

test.each([
	["0.0.0.0", "this host"],
	["10.1.2.3", "private"],
	["100.100.100.200", "shared, a cloud's metadata"],
	["127.0.0.1", "loopback"],
	["127.255.255.254", "loopback"],
	["169.254.169.254", "link-local, metadata"],
	["172.16.0.1", "private"],
	["172.31.255.255", "private"],
	["192.0.0.192", "special"],
	["192.0.2.1", "documentation"],
	["192.168.1.1", "private"],
	["198.18.0.1", "benchmarks"],
	["203.0.113.9", "documentation"],
	["224.0.0.1", "multicast"],
	["255.255.255.255", "broadcast"],
	["::", "unspecified"],
	["::1", "loopback"],
	["::127.0.0.1", "an IPv4 address inside"],
	["::ffff:127.0.0.1", "mapped"],
	["::ffff:7f00:1", "mapped"],
	["::ffff:169.254.169.254", "mapped"],
	["64:ff9b::7f00:1", "translated"],
	["64:ff9b:1::7f00:1", "translated, local"],
	["2002:7f00:1::", "6to4"],
	["2001::1", "Teredo"],
	["2001:db8::1", "documentation"],
	["fc00::1", "unique local"],
	["fd00:ec2::254", "unique local, metadata"],
	["fe80::1", "link-local"],
	["fe80::1%eth0", "link-local with its interface"],
	["ff02::1", "multicast"],
	["localhost", "no address"],
	["", "no address"],
])("%s is not public: %s", (address) => {
	expect(isPublicAddress(address)).toBe(false);
});

test.each([["1.1.1.1"], ["8.8.8.8"], ["93.184.215.14"], ["172.32.0.1"], ["2606:4700:4700::1111"], ["::ffff:8.8.8.8"]])(
	"%s is public",
	(address) => {
		expect(isPublicAddress(address)).toBe(true);
	},
);

test("a name is refused by what it means, for one address or all", async () => {
	const find = promisify(lookupPublic);
	for (const all of [true, false]) await expect(find("localhost", { all })).rejects.toMatchObject({ code: "REFUSED_ADDRESS" });
	await expect(find("receiver.invalid", {})).rejects.toThrow(/ENOTFOUND|EAI_AGAIN/);
	const [first] = (await find("8.8.8.8", { all: true })) as unknown as { address: string }[];
	expect(first.address).toBe("8.8.8.8");
});

test("http and private addresses are for whoever configures it; users and passwords in a URL are for nobody", () => {
	expect(validateTarget("http://127.0.0.1:8080/x", true).host).toBe("127.0.0.1:8080");
	expect(validateTarget("https://example.com/x", false).host).toBe("example.com");
	expect(() => validateTarget("http://user@127.0.0.1/", true)).toThrow(/no user/);
	expect(() => validateTarget(`https://example.com/${"x".repeat(2000)}`, true)).toThrow(/2000/);
});

test("pauses grow fourfold to six hours, a fifth more or less, and the last of eleven tries comes after a day", () => {
	for (const [attempts, seconds] of [
		[1, 5],
		[2, 20],
		[5, 1280],
		[7, 20_480],
		[8, 21_600],
		[50, 21_600],
	]) {
		const pauses = Array.from({ length: 50 }, () => pauseAfter(attempts, 5));
		expect(Math.min(...pauses)).toBeGreaterThanOrEqual(seconds * 800);
		expect(Math.max(...pauses)).toBeLessThanOrEqual(seconds * 1200);
		expect(new Set(pauses).size).toBeGreaterThan(5);
	}
	const total = Array.from({ length: 10 }, (_, index) => Math.min(21_600, 5 * 4 ** index)).reduce((sum, pause) => sum + pause);
	expect(total / 3600).toBeGreaterThan(24);
});
