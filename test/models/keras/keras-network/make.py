"""Makes the fixture beside it with Keras: python make.py (packages as models/keras/requirements.txt says)."""

import json
import os
import sys
import tempfile

import keras
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../../../models/keras"))
from carteira_network import export_network, fit_scaler, read_columns  # noqa: E402

INPUTS = ["a", "b", "c"]
EDGES = [3, 7, 10, 14, 21, 28, 42, 60, 90, 120, 150, 180]
TRAINING = {
    "data": "fixture",
    "numEvents": 1,
    "numCustomers": 1,
    "from": "2026-01-01",
    "to": "2026-01-01",
    "origins": [],
    "curve": [],
    "seconds": 0,
}
STORY = {
    "inputs": INPUTS,
    "hazardEdges": EDGES,
    "buyTillYouDie": {"k": 1, "r": 1, "alpha": 1, "a": 1, "b": 1},
    "bgNbd": {"k": 1, "r": 1, "alpha": 1, "a": 1, "b": 1, "staysAfterFirst": True},
    "bgShare": 0.5,
    "asOf": "2026-01-02",
    "training": TRAINING,
}

keras.utils.set_random_seed(1)
values = np.random.default_rng(1).normal(size=(20, 3)) * [1, 10, 0.1] + [0, 5, 0]
values[0] = [50, -400, 9]  # far outside: the network sees the bound
table = pa.table({name: values[:, i] for i, name in enumerate(INPUTS)})
with tempfile.TemporaryDirectory() as scratch:
    path = os.path.join(scratch, "table.parquet")
    pq.write_table(table.replace_schema_metadata({"carteira": json.dumps(STORY)}), path)
    layers = [
        keras.Input((3,)),
        keras.layers.Dense(5, activation="silu", bias_initializer="normal"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(4, activation="tanh", use_bias=False),
        keras.layers.Dense(len(EDGES) + 2, bias_initializer="normal"),
    ]
    export_network(keras.Sequential(layers), path, fit_scaler(read_columns(path, INPUTS)), HERE)
