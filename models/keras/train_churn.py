"""Trains a churn network in Keras on Carteira's training table: python train_churn.py table.parquet network

A worked example to start from: masked cross entropy over the hazard's bins, Poisson losses of orders and value.
"""

import sys

import keras
import numpy as np
from keras import ops

from carteira_network import export_network, fit_scaler, read_columns, read_story, scale

MAX_TICKETS = 40.0


def build_network(num_inputs, num_outputs):
    """Its last layer starts at 0: before training it says what the buy-till-you-die model says."""
    return keras.Sequential(
        [
            keras.Input((num_inputs,)),
            keras.layers.Dense(48, activation="relu"),
            keras.layers.Dropout(0.1),
            keras.layers.Dense(32, activation="relu"),
            keras.layers.Dense(num_outputs, kernel_initializer="zeros"),
        ]
    )


def read_labels(table_path, edges):
    """Offsets, then what counts and what came: [rows x (outputs + 2 x bins + 3)], in the order that `churn_loss` takes apart."""

    def names(prefix):
        return [f"{prefix}_{edge}" for edge in edges]

    offsets = read_columns(table_path, [*names("offset"), "offset_orders", "offset_tickets"])
    bins = read_columns(table_path, [*names("order_in"), *names("at_risk_in")])
    days_known, orders, value, ticket = read_columns(table_path, ["days_known", "orders_90", "value_90", "ticket"]).T
    tickets = np.minimum(MAX_TICKETS, value / np.maximum(0.01, ticket))
    return np.column_stack([offsets, bins, orders, tickets, days_known >= 90]).astype(np.float32)


def churn_loss(num_bins):
    def loss(labels, outputs):
        outputs = outputs + labels[:, : num_bins + 2]
        came, at_risk, orders, tickets, known = (
            labels[:, num_bins + 2 : 2 * num_bins + 2],
            labels[:, 2 * num_bins + 2 : 3 * num_bins + 2],
            labels[:, -3],
            labels[:, -2],
            labels[:, -1],
        )
        logits = outputs[:, :num_bins]
        cross = ops.sum(at_risk * (ops.softplus(logits) - came * logits), axis=1)
        poisson = [known * (ops.exp(output) - count * output) for output, count in ((outputs[:, -2], orders), (outputs[:, -1], tickets))]
        return cross + 0.2 * poisson[0] + 0.1 * poisson[1]

    return loss


def main(table_path, out, epochs=5):
    keras.utils.set_random_seed(1)
    story = read_story(table_path)
    edges = story["hazardEdges"]
    inputs = read_columns(table_path, story["inputs"])
    scaler = fit_scaler(inputs)
    model = build_network(inputs.shape[1], len(edges) + 2)
    model.compile(keras.optimizers.Adam(1e-3), churn_loss(len(edges)))
    model.fit(scale(scaler, inputs), read_labels(table_path, edges), batch_size=512, epochs=epochs, verbose=2)
    export_network(model, table_path, scaler, out)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
