import type { FastifyRequest } from "fastify";

/** The path of a request as it may be kept: without ids of customers, which are personal. */
export function pathOf({ url, routeOptions }: Pick<FastifyRequest, "url" | "routeOptions">): string {
	const path = url.split("?")[0];
	const route = routeOptions.url?.split("/") ?? [];
	if (!route.includes(":customer_id")) return path;
	return path
		.split("/")
		.map((part, at) => (route[at] === ":customer_id" ? "{customer_id}" : part))
		.join("/");
}
