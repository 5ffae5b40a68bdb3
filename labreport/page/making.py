"""How a report was made: versions, engine and recorded runs in a few sentences, the same whenever it is built."""

import json
from collections.abc import Iterable
from itertools import groupby

from .document import ReportMeta

SHOWN = 12  # digits of a SHA-256
MOST_RANGES = 4


def how_made(recorded: Iterable[bytes], meta: ReportMeta) -> str:
    """Sentences in Markdown. `recorded` are the runs of each chapter, a line of JSON each; what two chapters trained is
    one run."""
    runs = [json.loads(line) for line in dict.fromkeys(line for lines in recorded for line in lines.splitlines())]
    sentences = []
    if runs:
        seeds = seeds_in_words({run["config"]["seed"] for run in runs})
        epochs = sum(run["epochs"] for run in runs)
        sentences.append(meta.words["making_runs"].format(n_runs=len(runs), seeds=seeds, epochs=epochs))
    sentences.append(meta.words["making_versions"].format(made_with=meta.made_with, engine=meta.engine[:SHOWN]))
    sentences.append(meta.words["making_command"].format(command=meta.command))
    return meta.words["between_sentences"].join(sentences)


def seeds_in_words(seeds: Iterable[int]) -> str:
    """`0–9, 100–109`; only the first and the last of seeds that are in more than a few groups."""
    seeds = sorted(seeds)
    groups = [[seed for _, seed in group] for _, group in groupby(enumerate(seeds), lambda item: item[1] - item[0])]
    if len(groups) > MOST_RANGES:
        groups = [[seeds[0], seeds[-1]]]
    return ", ".join(f"{group[0]}–{group[-1]}" if len(group) > 1 else str(group[0]) for group in groups)
