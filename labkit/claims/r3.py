"""R3: MNIST with one to three hidden layers; sigmoid, Adam, batch sizes, PyTorch, and the contest's test set.

The report does not say how its weights start. From Kaiming's rule, its network is better than the report has it; from
wide weights it comes close to the report, and from small ones its sigmoid network does.
"""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np

from ..data.sources import load_dataset
from ..experiments.study import run_study
from ..training.run import Run
from .claim import claim
from .judge import Verdict, judge
from .plan import TIME, Plan

WIDE, SMALL = "from wide weights", "from small weights"


def verdicts(plan: Plan) -> list[Verdict]:
    """The verdicts on every claim of R3. Raises LabError without MNIST; one statement needs PyTorch as well."""
    plain = plan.run("R3.relu_2layer", plan.digits)
    wide = {WIDE: plan.run("R3.relu_2layer", plan.digits, init="normal", init_gain=[0.4, 0.5])}
    found = judge("R3.relu_2layer", plain, wide) + depth(plan) + sigmoid(plan) + adam(plan) + batches(plan)
    return found + framework(plan) + judge("R3.kaggle", plain, wide)


def depth(plan: Plan) -> list[Verdict]:
    plain, wide = (plan.run("R3.depth", plan.digits, **start) for start in ({}, {"init": "normal", "init_gain": 0.5}))
    by_depth = [accuracies(wide.where(seed=seed)) for seed in plan.digits]
    falls = {WIDE: [max(np.diff(v)) < 0 for v in by_depth]}
    return judge("R3.depth", plain, {WIDE: wide}, depth=(accuracies(plain.members) < 0.9, falls))


def sigmoid(plan: Plan) -> list[Verdict]:
    """Against ReLU at the same depth, by the same rule; and from small weights, where its plateau is longest."""
    study = plan.run("R3.sigmoid", plan.digits)
    small = plan.run("R3.sigmoid", plan.digits, init="normal", init_gain=[0.003, 0.01])
    relu = plan.run("R3.depth", plan.digits, hidden_sizes=(360, 100, 40))
    level = accuracies(relu.members).min() - 0.05
    worse = accuracies(study.members) < level, {SMALL: accuracies(small.members) < level}
    return judge("R3.sigmoid", study, {SMALL: small}, worse=worse)


def adam(plan: Plan) -> list[Verdict]:
    """Each at its own best rate by validation, on test data; and both at one rate."""
    lrs = {"gd": [0.03, 0.1, 0.3], "adam": [0.0003, 0.001, 0.01, 0.1]}
    studies = {name: plan.run("R3.adam", plan.digits, optimizer=name, lr=rates) for name, rates in lrs.items()}
    best = {name: study.all_runs.groupby("lr").val_accuracy.median().idxmax() for name, study in studies.items()}
    tuned = {name: accuracies(study.where(lr=best[name]), "test_accuracy") for name, study in studies.items()}
    same = {name: accuracies(study.where(lr=0.1), "test_accuracy") for name, study in studies.items()}
    beats = tuned["gd"] > tuned["adam"], {"both at the rate 0.1": same["gd"] > same["adam"]}
    return judge("R3.adam", beats=beats, untuned=tuned["adam"] > same["adam"])


def batches(plan: Plan) -> list[Verdict]:
    study = plan.run("R3.batch_size", plan.digits)
    ends = {size: accuracies(study.where(batch_size=size)) for size in (8, 32, 512)}
    return judge("R3.batch_size", large=ends[512] < ends[32], small=ends[8] < ends[32])


def framework(plan: Plan) -> list[Verdict]:
    """R3's breakdown is that of Adam with pixels up to 255. To see who is behind takes equal runs in PyTorch."""
    behind = []
    if find_spec("torch"):
        from ..analysis import torch_peer

        short = plan.run("R3.relu_2layer", plan.digits, n_epochs=3)
        peers = [torch_peer.train(run.config) for run in short.members]
        behind = accuracies(short.members) - accuracies(peers) > 0.01
    one, *deeper = (breaks_down(plan, depth) for depth in claim("R3.depth").grid["hidden_sizes"])
    deep = {"with two or three hidden layers": [held for depth in deeper for held in depth]}
    return judge("R3.framework", signature=(one, deep), behind=behind, faster=TIME)


def breaks_down(plan: Plan, depth: tuple[int, ...]) -> list[bool]:
    """Whether the first epoch's loss is in the hundreds, and the last one that of guessing, for each seed."""
    data = load_dataset("mnist")
    pixels = replace(data, x=255 * data.x)
    config = claim("R3.framework").config(dataset="given", n_epochs=5, hidden_sizes=depth)
    study = run_study(config, data=pixels, seed=list(plan.digits))
    losses = [run.history.train_loss for run in study.members]
    return [100 < loss.iloc[0] < 1000 and abs(loss.iloc[-1] - np.log(10)) < 0.05 for loss in losses]


def accuracies(runs: list[Run], result: str = "val_accuracy") -> np.ndarray:
    return np.array([run.results[result] for run in runs])
