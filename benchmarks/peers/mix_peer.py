"""Next-basket peers on one exchange folder: python mix_peer.py <method> <folder> writes <folder>/<method>.json.

The folder holds baskets.json: {"history": [[[product]]], "judged": [customer], "eligible": [product], "num_products": n,
"tuning": {"history", "judged", "targets"}} and, for the boosted re-ranker, pair inputs as 32-bit floats. Every method answers, for
each judged customer, its ten best eligible products, and its ten best among those never bought.
"""

import itertools
import json
import os
import resource
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np  # noqa: E402
from scipy import sparse  # noqa: E402

TOP = 10
BLOCK = 400


def rows_to_matrix(rows, num_products):
    """A matrix from one {product: weight} a customer."""
    indptr = np.cumsum([0] + [len(row) for row in rows])
    indices = np.fromiter((i for row in rows for i in row), np.int64, indptr[-1])
    values = np.fromiter((v for row in rows for v in row.values()), np.float64, indptr[-1])
    return sparse.csr_matrix((values, indices, indptr), shape=(len(rows), num_products))


def bought_matrix(history, num_products):
    return rows_to_matrix([dict.fromkeys((i for basket in own for i in basket), 1.0) for own in history], num_products)


def top_frequency(history, _settings, num_products):
    rows = []
    for own in history:
        row = {}
        for basket in own:
            for product in set(basket):
                row[product] = row.get(product, 0.0) + 1.0
        rows.append(row)
    counts = rows_to_matrix(rows, num_products)
    return lambda users: counts[users].toarray()


def tifu_vector(baskets, groups, within, across):
    """Decayed mean of groups of baskets, each the decayed mean of its baskets (Hu et al. 2020)."""
    row = {}
    size = max(1, -(-len(baskets) // groups))
    parts = [baskets[max(0, end - size) : end] for end in range(len(baskets), 0, -size)]
    for age, part in enumerate(parts):
        for i, basket in enumerate(reversed(part)):
            weight = across**age * within**i / (len(part) * len(parts))
            for product in set(basket):
                row[product] = row.get(product, 0.0) + weight
    return row


def tifu_knn(history, settings, num_products):
    groups, within, across, own_share, neighbours = settings
    vectors = rows_to_matrix([tifu_vector(own, groups, within, across) for own in history], num_products)
    norms = np.asarray(vectors.multiply(vectors).sum(axis=1)).ravel()

    def score(users):
        own = vectors[users]
        distance = norms[None, :] - 2 * (own @ vectors.T).toarray()
        distance[np.arange(len(users)), users] = np.inf
        k = min(neighbours, distance.shape[1] - 1)
        nearest = np.argpartition(distance, k - 1, axis=1)[:, :k]
        picks = sparse.csr_matrix(
            (np.full(nearest.size, 1 / k), nearest.ravel(), np.arange(0, nearest.size + 1, k)),
            shape=(len(users), len(history)),
        )
        return own_share * own.toarray() + (1 - own_share) * (picks @ vectors).toarray()

    return score


def up_cf(history, settings, num_products):
    """Popularity by user over the last baskets, spread by asymmetric cosine to a power (Faggioli et al. 2020)."""
    recency, asymmetry, locality = settings
    rows = []
    for own in history:
        latest = own[-recency:]
        row = {}
        for basket in latest:
            for product in set(basket):
                row[product] = row.get(product, 0.0) + 1 / len(latest)
        rows.append(row)
    popularity = rows_to_matrix(rows, num_products)
    norms = np.maximum(np.asarray(popularity.multiply(popularity).sum(axis=1)).ravel(), 1e-12)

    def score(users):
        similarity = (popularity[users] @ popularity.T).tocsr()
        left = sparse.diags(norms[users] ** -asymmetry)
        right = sparse.diags(norms ** -(1 - asymmetry))
        similarity = (left @ similarity @ right).tocsr()
        similarity.data **= locality
        return (similarity @ popularity).toarray()

    return score


METHODS = {
    "personal-top": (top_frequency, [()]),
    "tifu-knn": (tifu_knn, list(itertools.product([3, 7], [0.9], [0.6, 0.8], [0.3, 0.6, 0.9], [100, 300, 900]))),
    "up-cf": (up_cf, list(itertools.product([5, 10, 1000], [0.25, 0.5, 0.75], [1, 5, 10]))),
}


def rank(score, users, bought, eligible, only_own):
    """Best eligible products of each user, and best never bought; products without a score are not ranked."""
    top, never = {}, {}
    for start in range(0, len(users), BLOCK):
        part = np.asarray(users[start : start + BLOCK])
        scores = score(part)
        scores[:, ~eligible] = -np.inf
        scores[scores <= 0] = -np.inf
        owned = bought[part].toarray() > 0
        for row, user in enumerate(part):
            top[int(user)] = best(scores[row])
            never[int(user)] = [] if only_own else best(np.where(owned[row], -np.inf, scores[row]))
    return top, never


def best(scores):
    order = np.argsort(-scores, kind="stable")[:TOP]
    return [int(i) for i in order if np.isfinite(scores[i])]


def recall(top, targets):
    hits = [len(set(top[user]) & set(target)) / len(target) for user, target in targets.items()]
    return float(np.mean(hits))


def tune(build, grid, tuning, num_products):
    """The settings with the best recall on an earlier occasion."""
    if len(grid) == 1:
        return grid[0]
    targets = {user: target for user, target in zip(tuning["judged"], tuning["targets"]) if target}
    users = list(targets)
    bought = bought_matrix(tuning["history"], num_products)
    eligible = np.ones(num_products, bool)
    figures = []
    for settings in grid:
        top, _ = rank(build(tuning["history"], settings, num_products), users, bought, eligible, True)
        figures.append(recall(top, targets))
    return grid[int(np.argmax(figures))]


def run_method(name, folder):
    with open(os.path.join(folder, "baskets.json")) as file:
        task = json.load(file)
    num_products = task["num_products"]
    eligible = np.zeros(num_products, bool)
    eligible[task["eligible"]] = True
    if name == "boosted":
        return rank_pairs(folder, task, eligible)
    build, grid = METHODS[name]
    settings = tune(build, grid, task["tuning"], num_products)
    bought = bought_matrix(task["history"], num_products)
    score = build(task["history"], settings, num_products)
    top, never = rank(score, task["judged"], bought, eligible, name == "personal-top")
    return {"settings": list(settings), "top": top, "open": never}


def read_pairs(folder, name, width):
    path = os.path.join(folder, name)
    inputs = np.fromfile(f"{path}-inputs.f32", np.float32).reshape(-1, width)
    return inputs, np.fromfile(f"{path}-labels.f32", np.float32)


def boosted_probability(train, labels, judged):
    """Mean in logits of gradient-boosted trees and a logistic regression."""
    import lightgbm
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    settings = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 31,
        "min_data_in_leaf": 200,
        "lambda_l2": 5,
        "feature_fraction": 0.6,
        "bagging_fraction": 0.7,
        "bagging_freq": 1,
        "num_threads": 1,
        "verbose": -1,
        "seed": 1,
    }
    trees = lightgbm.train(settings, lightgbm.Dataset(train, labels), 150).predict(judged, raw_score=True, num_threads=1)
    scaler = StandardScaler().fit(train)
    scaled = [np.clip(scaler.transform(x), -4, 4) for x in (train, judged)]
    line = LogisticRegression(max_iter=200).fit(scaled[0], labels).decision_function(scaled[1])
    return 1 / (1 + np.exp(-(trees + line) / 2))


def rank_pairs(folder, task, eligible):
    lists = {}
    for name, width in task["widths"].items():
        train, labels = read_pairs(folder, f"train-{name}", width)
        judged, _ = read_pairs(folder, f"judged-{name}", width)
        pairs = np.fromfile(os.path.join(folder, f"judged-{name}-pairs.i32"), np.int32).reshape(-1, 2)
        lists[name] = (pairs, boosted_probability(train, labels, judged))
    both = [np.concatenate(parts) for parts in zip(*lists.values())]
    return {
        "settings": [],
        "top": best_pairs(*both, eligible),
        "open": best_pairs(*lists["open"], eligible),
        "probabilities": {name: [float(p) for p in values] for name, (_, values) in lists.items()},
    }


def best_pairs(pairs, probabilities, eligible):
    best_of = {}
    for at in np.argsort(-probabilities, kind="stable"):
        customer, product = int(pairs[at, 0]), int(pairs[at, 1])
        chosen = best_of.setdefault(customer, [])
        if eligible[product] and len(chosen) < TOP:
            chosen.append(product)
    return best_of


def main():
    name, folder = sys.argv[1:3]
    started = time.process_time()
    answer = run_method(name, folder)
    answer["seconds"] = time.process_time() - started
    answer["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    main()
