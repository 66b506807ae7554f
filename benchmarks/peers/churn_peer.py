"""Peers of the churn model: BG/NBD by SciPy, logistic regression, scikit-learn's and LightGBM's boosted trees.

Reads a task as JSON on stdin: the table that peer-table.ts wrote, what BG/NBD knows of all customers, which peers to run and a seed. Trains on past origins whose windows were
over at the cutoff, on our features and the buy-till-you-die models' logits, and predicts the rows of the cutoff. How many rounds to boost is
found on the latest finished origin, by a model that knows what was over before it. Writes one JSON object on stdout.
"""

import json
import resource
import sys
import time
import warnings
from importlib.metadata import version

import numpy as np

MOST_ROUNDS = 400
DEFAULT_ROUNDS = 80
WEEK = 7
SHAPE = {"learning_rate": 0.05, "leaves": 15, "rows_a_leaf": 40}


def bgnbd(summaries, windows):
    """P(no order within each window, in weeks, of the customers asked about), one array a window kind, by maximum likelihood."""
    from scipy.optimize import minimize
    from scipy.special import gammaln

    x, t, age = (np.array(summaries[name], float) for name in ("repeatCount", "lastRepeat", "age"))

    def silent(r, alpha, a, b, rows, until):
        """Logarithm of the likelihood of silence since the last order: alive, or stopped right after it where there is a repeat."""
        alive = -(r + x[rows]) * np.log(alpha + until)
        stopped = np.log(a) - np.log(np.maximum(b + x[rows] - 1, 1e-300)) - (r + x[rows]) * np.log(alpha + t[rows])
        return np.where(x[rows] > 0, np.logaddexp(alive, stopped), alive)

    def loss(logarithms):
        r, alpha, a, b = np.exp(logarithms)
        ordered = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
        stayed = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
        return -np.mean(ordered + stayed + silent(r, alpha, a, b, slice(None), age))

    start = [0.0, np.log(age.sum() / (x.sum() + 1)), -1.0, 1.0]
    fitted = np.exp(minimize(loss, start, method="L-BFGS-B", bounds=[(-10, 10)] * 4).x)
    asked = np.array(summaries["asked"], int)
    now = silent(*fitted, asked, age[asked])
    return [np.exp(silent(*fitted, asked, age[asked] + window) - now).tolist() for window in windows]


def logistic(x, y, seed):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=5000)).fit(x, y)


def hgb(x, y, seed, rounds):
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        learning_rate=SHAPE["learning_rate"],
        max_leaf_nodes=SHAPE["leaves"],
        min_samples_leaf=SHAPE["rows_a_leaf"],
        l2_regularization=1.0,
        max_iter=rounds,
        early_stopping=False,
        random_state=seed,
    ).fit(x, y)


def lightgbm(x, y, seed, rounds, held=None, **objective):
    """Held-back rows (x, y) leave their loss after every round in the model's evals_result_."""
    from lightgbm import LGBMClassifier, LGBMRegressor

    kind = LGBMRegressor if objective else LGBMClassifier
    model = kind(
        learning_rate=SHAPE["learning_rate"],
        num_leaves=SHAPE["leaves"],
        min_child_samples=SHAPE["rows_a_leaf"],
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.8,
        n_estimators=rounds,
        random_state=seed,
        n_jobs=1,
        deterministic=True,
        force_row_wise=True,
        verbosity=-1,
        **objective,
    )
    return model.fit(x, y, eval_set=None if held is None else [held])


def log_loss(y, p):
    p = np.clip(p, 1e-5, 1 - 1e-5)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def best_rounds(losses):
    """Number of rounds, from 1, after which the loss on the held-back rows was least."""
    return int(np.argmin(losses)) + 1


def recorded(model):
    return next(iter(model.evals_result_["valid_0"].values()))


class Rows:
    """Training rows of one question, and those of the latest finished origin apart."""

    def __init__(self, columns, data, window, keep):
        known = column(columns, data, "days_known")
        over = keep & (known > 0) & (window <= known)
        self.train = over
        self.latest = known == known[over].min() if over.any() else over
        self.latest &= over
        # what was over when the latest finished origin was asked
        self.before = over & (known - window >= known[self.latest].max(initial=0)) & ~self.latest

    def can_rehearse(self, y):
        return self.latest.any() and self.before.any() and np.unique(y[self.before]).size > 1


def column(columns, data, name):
    return data[:, columns.index(name)]


def classify(task, columns, data, window, keep, asked, no_order, spent):
    """Probabilities of no order within each row's window for the rows of the cutoff, by peer."""
    y = (column(columns, data, "days_to_order") >= window).astype(float)
    rows = Rows(columns, data, window, keep)
    if np.unique(y[rows.train]).size < 2:
        return {}
    plain = [name for name in columns if name.startswith("plain_")] + no_order
    everything = columns[columns.index("plain_orders") :]
    answers = {}
    for peer in [name for name in task["peers"] if name != "bgnbd"]:
        start = time.process_time()
        x = data[:, [columns.index(name) for name in (plain if peer == "logistic" else everything)]]
        if peer == "logistic":
            model = logistic(x[rows.train], y[rows.train], task["seed"])
        else:
            model = boost(peer, x, y, rows, task["seed"])
        answers[peer] = model.predict_proba(x[asked])[:, 1].tolist()
        spent[peer] = spent.get(peer, 0) + time.process_time() - start
    return answers


def boost(peer, x, y, rows, seed):
    rounds = DEFAULT_ROUNDS
    before, latest = (x[rows.before], y[rows.before]), (x[rows.latest], y[rows.latest])
    can_rehearse = rows.can_rehearse(y)
    if peer == "hgb":
        if can_rehearse:
            trial = hgb(*before, seed, MOST_ROUNDS)
            rounds = best_rounds([log_loss(latest[1], stage[:, 1]) for stage in trial.staged_predict_proba(latest[0])])
        return hgb(x[rows.train], y[rows.train], seed, rounds)
    if can_rehearse:
        rounds = best_rounds(recorded(lightgbm(*before, seed, MOST_ROUNDS, held=latest)))
    return lightgbm(x[rows.train], y[rows.train], seed, rounds)


def values(task, columns, data, window, asked, spent):
    """Expected value of the window by boosted trees on a Tweedie loss."""
    start = time.process_time()
    y = column(columns, data, "value")
    rows = Rows(columns, data, window, np.ones(len(data), bool))
    if not rows.train.any() or y[rows.train].sum() <= 0:
        return None
    x = data[:, columns.index("plain_orders") :]
    tweedie = {"objective": "tweedie", "tweedie_variance_power": 1.5}
    rounds = DEFAULT_ROUNDS
    if rows.latest.any() and y[rows.before].sum() > 0:
        trial = lightgbm(x[rows.before], y[rows.before], task["seed"], MOST_ROUNDS, held=(x[rows.latest], y[rows.latest]), **tweedie)
        rounds = best_rounds(recorded(trial))
    model = lightgbm(x[rows.train], y[rows.train], task["seed"], rounds, **tweedie)
    spent["tweedie"] = time.process_time() - start
    return model.predict(x[asked]).tolist()


def main():
    warnings.filterwarnings("ignore", message="X does not have valid feature names")
    task = json.load(sys.stdin)
    columns = task["columns"]
    data = np.fromfile(task["file"]).reshape(task["numRows"], len(columns))
    asked = column(columns, data, "days_known") == 0
    horizon = np.full(len(data), float(task["horizon"]))
    own = column(columns, data, "own_days")
    everyone = np.ones(len(data), bool)
    steady = column(columns, data, "order_count") >= 4
    spent = {}
    reply = {
        "horizon": classify(task, columns, data, horizon, everyone, asked, ["bg_no_order", "mbg_no_order"], spent),
        "ownRhythm": classify(task, columns, data, own, steady, asked, ["bg_no_order_own", "mbg_no_order_own"], spent),
        "value": values(task, columns, data, horizon, asked, spent) if "lightgbm" in task["peers"] else None,
        "cpuSeconds": spent,
        "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": {name: version(name) for name in ("scikit-learn", "lightgbm", "numpy", "scipy")},
    }
    if "bgnbd" in task["peers"]:
        start = time.process_time()
        windows = (horizon[asked] / WEEK, own[asked] / WEEK)
        reply["horizon"]["bgnbd"], reply["ownRhythm"]["bgnbd"] = bgnbd(task["summaries"], windows)
        spent["bgnbd"] = time.process_time() - start
    json.dump(reply, sys.stdout)


main()
