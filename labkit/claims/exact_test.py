"""Can a reported run be told from runs of ours? An exact test, for one number of a run or many, and few assumptions.

If the report's run came from the distribution of ours, nothing would tell it from them: each of the n + 1 runs would be
the strangest of all with the same probability. So we say of each how strange it is, and ask how many are at least as
strange as the report's. Strange is a run far from those nearest to it: that sees a number beyond all of ours, a number
between two groups of ours, and a set of numbers that each occur, and not together.
"""

import numpy as np

LEVEL, ENOUGH = 0.05, 19  # the level, and the fewest runs of ours that have it


def p_value(reported: np.ndarray, ours: np.ndarray) -> float:
    """The share of runs that are at least as strange as the reported one, itself among them.

    `reported` holds its numbers (K,), `ours` those of n runs (n, K); infinite are those of a run that diverged. The
    distance of two runs is the largest over their numbers, each in units of its spread, and the strangeness of a run
    is the distance to the k-th nearest other, k = √n. Under the same distribution the share is below any p in at most
    a fraction p of cases, whatever the distribution is.
    """
    pool = np.vstack([reported, ours])
    spread = np.ma.masked_invalid(pool).std(axis=0).filled(0)
    with np.errstate(invalid="ignore"):
        distances = np.abs(pool[:, None] - pool) / np.where(spread > 0, spread, 1)
    distances = np.nan_to_num(distances, nan=0, posinf=np.inf).max(axis=-1)  # two that diverged are alike
    k = max(1, round(len(ours) ** 0.5))
    strangeness = np.sort(distances, axis=1)[:, k].round(9)  # the nearest of all is the run itself
    return float(np.mean(strangeness >= strangeness[0]))


def level(n: int) -> float:
    """The p-value up to which n runs of ours tell a report's from them: 5 %, or less where they allow no more; of fewer
    than `ENOUGH`, that of the strangest of all.

    It is how often a run of the very same distribution is rejected at most.
    """
    return max(1, int(LEVEL * (n + 1) + 1e-9)) / (n + 1)
