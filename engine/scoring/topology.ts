/**
 * What makes a layers model impossible to build, in words; null for nothing. TensorFlow would make room for layers far wider than their
 * weights, and wait for ever for an input that never comes: layers must read from layers before them.
 */
export function findTopologyFault(topology: unknown, numWeights: number): string | null {
	const left = [topology];
	while (left.length > 0) {
		const part = left.pop();
		if (typeof part !== "object" || part === null) continue;
		const fault = faultOf(part, numWeights);
		if (fault !== null) return fault;
		for (const inner of Object.values(part)) left.push(inner);
	}
	return null;
}

function faultOf(part: object, numWeights: number): string | null {
	if ("units" in part && typeof part.units === "number" && part.units > numWeights)
		return `it has a layer of ${part.units} units, and ${numWeights} weights in all`;
	return "layers" in part && Array.isArray(part.layers) ? orderFault(part.layers) : null;
}

interface Layer {
	readonly class_name?: unknown;
	readonly name?: unknown;
	/** For each call of the layer, its inputs: name of a layer, number of the call of that, number of its output. */
	readonly inbound_nodes?: unknown;
}

function orderFault(layers: readonly (Layer | null)[]): string | null {
	const calls = new Map<unknown, number>();
	for (const [at, layer] of layers.entries()) {
		const nodes = Array.isArray(layer?.inbound_nodes) ? layer.inbound_nodes : [];
		const isKnown = (input: unknown): boolean =>
			Array.isArray(input) && Number.isInteger(input[1]) && input[1] >= 0 && input[1] < (calls.get(input[0]) ?? 0);
		if (!nodes.every((node) => Array.isArray(node) && node.length > 0 && node.every(isKnown)))
			return `layer ${at + 1} reads from something that is no layer before it`;
		calls.set(layer?.name, layer?.class_name === "InputLayer" ? 1 : nodes.length);
	}
	return null;
}
