import { lookup } from "node:dns";
import { type LookupFunction, isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { CarteiraError } from "../../engine/index.ts";

const MAX_URL_LENGTH = 2000;
/** Global unicast; everything else of IPv6 is local, special, or stands for an IPv4 address. */
const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR("2000::/3");

/** Can an address be reached by all the world? Loopback, private, link-local, shared, metadata and special addresses cannot, in whatever form they are written. */
export function isPublicAddress(text: string): boolean {
	if (!ipaddr.isValid(text)) return false;
	const address = ipaddr.process(text); // an IPv4 address inside an IPv6 one is judged as itself
	if (address.range() !== "unicast") return false;
	return address instanceof ipaddr.IPv4 || address.match(IPV6_GLOBAL);
}

/** The address that a URL's host is; null where it is a name. */
function addressIn({ hostname }: URL): string | null {
	const host = hostname.replace(/^\[(.*)\]$/, "$1");
	return isIP(host) > 0 ? host : null;
}

/** Refuses with INVALID_INPUT a URL that must not be called. Names are looked at when they are connected to, since what they mean may change. */
export function validateTarget(text: string, allowPrivate: boolean): URL {
	const wrong = (why: string): CarteiraError =>
		new CarteiraError("INVALID_INPUT", `url: ${why}`, [{ pointer: "/url", code: "URL", message: why }]);
	if (text.length > MAX_URL_LENGTH || !URL.canParse(text)) throw wrong(`expected an https URL of at most ${MAX_URL_LENGTH} characters`);
	const url = new URL(text);
	if (url.protocol !== "https:" && !(allowPrivate && url.protocol === "http:"))
		throw wrong(`expected https, got ${url.protocol.slice(0, -1)}`);
	if (url.username !== "" || url.password !== "") throw wrong("expected no user or password in it");
	const address = addressIn(url);
	if (!allowPrivate && address !== null && !isPublicAddress(address)) throw wrong(`${address} is no public address`);
	return url;
}

/** Why a connection was not made. */
export class RefusedAddress extends Error {
	readonly code = "REFUSED_ADDRESS";
}

/**
 * Finds the addresses of a name like the system does, and leaves only public ones. It is asked by the connection itself, so that what was
 * judged is what is connected to, whatever the name means a moment later.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
	lookup(hostname, { ...options, all: true }, (error, found) => {
		if (error) return callback(error, []);
		const open = found.filter(({ address }) => isPublicAddress(address));
		if (open.length === 0) return callback(new RefusedAddress(`${hostname} has no public address`), []);
		if (options.all) return callback(null, open);
		return callback(null, open[0].address, open[0].family);
	});
};
