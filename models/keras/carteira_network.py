"""Hands a Keras network for churn over to Carteira: the training table in, a folder for `carteira import network` out."""

import json
import os

import numpy as np
import pyarrow.parquet as pq

BOUND = 4.0
ACTIVATIONS = {"linear", "relu", "elu", "selu", "tanh", "sigmoid", "softplus", "silu"}
NAMES = {"silu": "swish"}  # the same function under its other name


def read_story(table_path):
    """What the table says of itself: inputs in order, edges of the bins in days, the buy-till-you-die model, the day."""
    return json.loads(pq.read_schema(table_path).metadata[b"carteira"])


def read_columns(table_path, names):
    """Columns of the table as one float32 matrix [rows x columns]."""
    table = pq.read_table(table_path, columns=list(names))
    return np.stack([table[name].to_numpy(zero_copy_only=False).astype(np.float32) for name in names], axis=1)


def fit_scaler(inputs):
    """Mean and standard deviation of every input; 1 where it never varies."""
    mean = inputs.mean(axis=0, dtype=np.float64)
    deviation = inputs.std(axis=0, dtype=np.float64)
    return {"mean": mean.tolist(), "deviation": np.where(deviation > 1e-6, deviation, 1.0).tolist()}


def scale(scaler, inputs):
    """What the network is fed, here and in Carteira."""
    scaled = (inputs - np.asarray(scaler["mean"], np.float32)) / np.asarray(scaler["deviation"], np.float32)
    return np.clip(scaled, -BOUND, BOUND).astype(np.float32)


def export_network(model, table_path, scaler, out, num_samples=64):
    """Writes network.json and network.bin of a chain of Dense layers (dropout is left out, it does nothing after training).

    The outputs are a logit for each bin, then the logarithms of orders and of value in tickets; the table's offsets are added to
    them after the network. The first rows of the table go along with what Keras says of them, so that the import can check itself.
    """
    story = read_story(table_path)
    layers, weights = dense_layers(model)
    samples = read_columns(table_path, story["inputs"])[:num_samples]
    outputs = np.asarray(model.predict(scale(scaler, samples), verbose=0), np.float64)
    network = {
        "format": 1,
        "net": "churn",
        "story": story,
        "scaler": scaler,
        "layers": layers,
        "samples": {"inputs": samples.astype(np.float64).tolist(), "outputs": outputs.tolist()},
    }
    os.makedirs(out, exist_ok=True)
    np.concatenate(weights).astype("<f4").tofile(os.path.join(out, "network.bin"))
    with open(os.path.join(out, "network.json"), "w", encoding="utf-8") as file:
        json.dump(network, file)


def dense_layers(model):
    """Units and activations of the layers, and their weights one after the other."""
    layers, weights = [], []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind in ("InputLayer", "Dropout"):
            continue
        if kind != "Dense":
            raise ValueError(f"layer {layer.name} is {kind}; expected Dense or Dropout, else export in the TensorFlow.js format")
        activation = layer.activation.__name__
        if activation not in ACTIVATIONS:
            raise ValueError(f"layer {layer.name} has the activation {activation}; expected one of {sorted(ACTIVATIONS)}")
        kernel, *bias = layer.get_weights()
        layers.append({"units": int(kernel.shape[1]), "activation": NAMES.get(activation, activation)})
        weights += [kernel.ravel(), bias[0] if bias else np.zeros(kernel.shape[1], np.float32)]
    return layers, weights
