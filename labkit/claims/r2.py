"""R2: a 100-50-10 network on linear, xor and a chessboard; the table, momentum and decay, the search, the shading.

Rate and momentum of each number of the table are those that the search of its notebook found. They are kept with the
claims; the runs here have seeds that no search has seen. The four digits of the table tell of thousands of points, so
here are five times as many as in the search, and as many updates.
"""

from dataclasses import replace

import numpy as np

from ..analysis.comparisons import pairs, smoother, sooner
from ..data.sources import load_dataset
from ..experiments.study import Study
from ..training.run import Run
from .judge import Verdict, judge
from .plan import Plan


def verdicts(plan: Plan) -> list[Verdict]:
    """The verdicts on every claim of R2."""
    fresh, few = (range(100, 100 + len(seeds)) for seeds in (plan.enough, plan.few))
    table = on_many_points(plan.run_each("R2.table", fresh))
    sigmoid = {"activation": "sigmoid", "init": "normal", "lr": 0.3, "momentum": 0.9}
    silu = {"activation": "silu", "dataset": "chessboard", "lr": [0.003, 0.01, 0.03], "n_epochs": 12}
    conditions = {
        "from N(0, 1)": on_many_points(plan.run_each("R2.table", fresh, **sigmoid)),
        "at rates too low to begin": on_many_points(plan.run("R2.table", fresh, **silu)),
    }
    datasets = ["linear", "xor_random", "chessboard"]
    trials = plan.run("R2.grid", [0], n_epochs=60, dataset=datasets, lr=[0.03, 0.3])
    ranked = trials.all_runs.sort_values("val_accuracy").groupby(["dataset", "activation"]).test_accuracy
    momentum = pairs(trials, {"momentum": 0.9}, {"momentum": 0.0})
    learned = [pair for pair in momentum if max(run.results["train_loss"] for run in pair) < 0.2]
    faster = sooner(momentum, 0.125)  # half of what answering 1/2 costs
    return (
        judge("R2.table", table, conditions)
        + judge("R2.momentum_decay", faster=faster, steadier=smoother(learned), decay=decay(plan, few))
        + judge("R2.grid", picks=ranked.last() > ranked.median())
        + judge("R2.shading", width=[wide_at_the_boundary(run) for run in table.where(dataset="linear")])
    )


def on_many_points(study: Study) -> Study:
    """The same runs with their test accuracy on 10,000 points, of which an accuracy of 0.9999 is one."""
    runs = []
    for run in study.members:
        x, y = load_dataset(run.config.dataset, 10_000, seed=10_000 + run.config.seed).train
        runs.append(replace(run, results=run.results | {"test_accuracy": run.score(x, y)}))
    return Study(runs, study.varied, study.n_trained)


def decay(plan: Plan, seeds: range) -> tuple:
    """Whether weight decay closes the gap to training and gains test accuracy; on the condition, the first alone."""
    few_points = {"dataset": "chessboard", "n_examples": 200, "activation": "leaky_relu", "lr": 0.03, "momentum": 0.9}
    study = plan.run("R2.momentum_decay", seeds, n_epochs=500, weight_decay=[0.0, 0.001], **few_points)
    found = pairs(study, {"weight_decay": 0.001}, {"weight_decay": 0.0})
    gaps = [[run.results["train_accuracy"] - run.results["test_accuracy"] for run in pair] for pair in found]
    gains = [a.results["test_accuracy"] > b.results["test_accuracy"] for a, b in found]
    closer = [a < b for a, b in gaps]
    return np.logical_and(closer, gains), {"for the gap to training, without a gain in test accuracy,": closer}


def wide_at_the_boundary(run: Run) -> bool:
    """Whether predictions between 0.1 and 0.9 are more frequent near the diagonal than elsewhere."""
    x, p = run.dataset.test[0], run.predict_proba(run.dataset.test[0])[:, 0]
    near, unsure = np.abs(x[:, 0] - x[:, 1]) < 0.05, (p > 0.1) & (p < 0.9)
    return bool(unsure[near].mean() > unsure[~near].mean())
