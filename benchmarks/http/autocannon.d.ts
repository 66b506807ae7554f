declare module "autocannon" {
	interface Request {
		method?: string;
		path?: string;
		headers?: Record<string, string>;
		body?: string;
		setupRequest?: (request: Request) => Request;
	}
	interface Options {
		url: string;
		connections: number;
		duration: number;
		/** Requests a second of all connections together. */
		overallRate?: number;
		requests: Request[];
	}
	interface Result {
		/** Milliseconds. */
		readonly latency: { readonly p50: number; readonly p99: number };
		readonly "2xx": number;
		readonly non2xx: number;
		readonly errors: number;
		/** Seconds. */
		readonly duration: number;
	}
	export default function autocannon(options: Options): Promise<Result>;
}
