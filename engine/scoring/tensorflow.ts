/** TensorFlow.js, loaded when first asked for: a command that needs no model never pays for it. */
export interface TensorFlow {
	readonly tf: typeof import("@tensorflow/tfjs-core");
	readonly layers: typeof import("@tensorflow/tfjs-layers");
}

let loading: Promise<TensorFlow> | undefined;

/** The library on its WebAssembly backend; the binary comes from the installed package, never from a network. One per thread. */
export function loadTensorFlow(): Promise<TensorFlow> {
	loading ??= load();
	return loading;
}

async function load(): Promise<TensorFlow> {
	const [tf, layers, wasm] = await Promise.all([
		import("@tensorflow/tfjs-core"),
		import("@tensorflow/tfjs-layers"),
		import("@tensorflow/tfjs-backend-wasm"),
	]);
	wasm.setWasmPaths(new URL("./", import.meta.resolve("@tensorflow/tfjs-backend-wasm")).pathname);
	tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // parallel by workers; sums in one order, hence the same bits everywhere
	await tf.setBackend("wasm");
	return { tf, layers };
}
