/** TensorFlow.js, loaded when first asked for: a command that needs no model never pays for it. */
export interface TensorFlow {
	readonly tf: typeof import("@tensorflow/tfjs-core");
	readonly layers: typeof import("@tensorflow/tfjs-layers");
}

/** `tensorflow` is the native library, which `npm run native` installs; `wasm` comes with the package. */
export type Backend = "tensorflow" | "wasm";

const NATIVE = "@tensorflow/tfjs-node";

let loading: Promise<TensorFlow> | undefined;

/** The library on its native backend where that is installed, else on WebAssembly, whose binary comes from the installed package; never from a network. One per thread. */
export function loadTensorFlow(): Promise<TensorFlow> {
	loading ??= load();
	return loading;
}

async function load(): Promise<TensorFlow> {
	const [tf, layers] = await Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-layers")]);
	const tensorFlow = { tf, layers };
	const isNative = await useBackend(tensorFlow, "tensorflow");
	if (!isNative) await useBackend(tensorFlow, "wasm");
	return tensorFlow;
}

/** Turns to a backend; false where it is not installed or does not load. */
export async function useBackend({ tf }: TensorFlow, backend: Backend): Promise<boolean> {
	const isThere = tf.findBackend(backend) !== null || (backend === "wasm" ? await registerWasm(tf) : await registerNative());
	return isThere && tf.setBackend(backend);
}

async function registerWasm(tf: TensorFlow["tf"]): Promise<boolean> {
	const wasm = await import("@tensorflow/tfjs-backend-wasm");
	wasm.setWasmPaths(new URL("./", import.meta.resolve("@tensorflow/tfjs-backend-wasm")).pathname);
	tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // parallel by workers; sums in one order, hence the same bits everywhere
	return true;
}

/** The native package asks for functions that Node 23 took out of node:util. */
async function registerNative(): Promise<boolean> {
	try {
		import.meta.resolve(NATIVE);
		process.env.TF_CPP_MIN_LOG_LEVEL ??= "2"; // its greetings go to stderr
		const { default: util } = await import("node:util");
		Object.assign(util, { isNullOrUndefined: (x: unknown) => x === null || x === undefined, isArray: Array.isArray });
		await import(NATIVE);
		return true;
	} catch {
		return false;
	}
}
