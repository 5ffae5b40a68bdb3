"""The figure of the README: microseconds per run and epoch against the number of runs, and the larger networks."""

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure

from .results import LIMIT, labkit_of
from .timing import Measured

# Okabe and Ito's colors, told apart with any color vision; markers say the same a second time.
STYLES = {
    "labkit": ("#0072B2", "o", 2.6),
    "JAX": ("#D55E00", "s", 1.5),
    "torch.func": ("#CC79A7", "D", 1.5),
    "PyTorch": ("#E69F00", "^", 1.5),
    "scikit-learn": ("#56B4E9", "P", 1.5),
    "numpy loop": ("#009E73", "v", 1.5),
    LIMIT: ("#777777", "", 1.2),
}
RC = {"font.size": 9, "svg.hashsalt": "labkit", "axes.spines.top": False, "axes.spines.right": False}


def draw(measured: list[Measured], path: Path) -> None:
    """Write the figure; the format is that of the path's suffix."""
    epochs = [m for m in measured if not m.task.study]
    studies = [m for m in measured if m.task.study and m.task.n_runs == 30 and m.peer == "JAX"]
    works = list(dict.fromkeys(m.task.work for m in epochs))
    curves = [w for w in works if w.name in "abcd"]
    one = [m for m in epochs if m.task.n_runs == 1 and m.task.work not in curves]
    bars = {f"{w.title}, one run": {m.peer: m for m in one if m.task.work is w} for w in works if w not in curves}
    if studies:
        bars["JAX against whole studies, 30 runs"] = {m.task.work.title: m for m in studies}
    n_curves, n_bars = -(-len(curves) // 2), -(-len(bars) // 2)
    with mpl.rc_context(RC):
        figure = Figure(figsize=(8, 2.9 * n_curves + 1.7 * n_bars + 0.5), layout="constrained")
        grid = figure.add_gridspec(n_curves + n_bars, 2, height_ratios=[2.9] * n_curves + [1.7] * n_bars)
        for i, work in enumerate(curves):
            panel = figure.add_subplot(grid[i // 2, i % 2])
            curve(panel, work.title, [m for m in epochs if m.task.work is work])
        for i, (title, rows) in enumerate(bars.items()):
            panel = figure.add_subplot(grid[n_curves + i // 2, i % 2])
            bar(panel, title, {name: (labkit_of(m, measured).ratio(m)[1], m.peer) for name, m in rows.items()})
        lines = {line.get_label(): line for panel in figure.axes for line in panel.get_lines()}
        lines = {peer: lines[peer] for peer in STYLES if peer in lines}
        if lines:
            figure.legend(lines.values(), lines.keys(), loc="outside upper center", ncols=len(lines), frameon=False)
        metadata = {"Date": None} if path.suffix == ".svg" else None
        figure.savefig(path, dpi=160, metadata=metadata)


def curve(panel, title: str, measured: list[Measured]) -> None:
    for peer, (color, marker, width) in STYLES.items():
        mine = [m for m in measured if m.peer == peer]
        if not mine:
            continue
        low, middle, high = np.transpose([np.percentile(m.times, [10, 50, 90]) for m in mine])
        n_runs, dashed = [m.task.n_runs for m in mine], "--" if peer == LIMIT else "-"
        panel.plot(n_runs, middle, dashed, color=color, marker=marker, lw=width, ms=5, label=peer)
        panel.fill_between(n_runs, low, high, color=color, alpha=0.15, lw=0)
    panel.set(xscale="log", yscale="log", title=title, xlabel="runs trained together", ylabel="µs per run and epoch")
    panel.set_xticks([1, 10, 30, 100], ["1", "10", "30", "100"])
    panel.minorticks_off()
    low, high = panel.get_ylim()
    ticks = [t for t in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000) if low <= t <= high]
    panel.set_yticks(ticks, [f"{t:,}" for t in ticks])
    panel.grid(axis="y", color="#dddddd", lw=0.6)


def bar(panel, title: str, rows: dict[str, tuple[float, str]]) -> None:
    """Times as multiples of labkit's, each of a peer: bars, cut at 6, with their numbers."""
    for i, (ratio, peer) in enumerate(reversed(rows.values())):
        panel.barh(i, min(ratio, 6), color=STYLES[peer][0])
        words = f"{ratio:.2f}" if ratio < 10 else f"{ratio:.0f}"
        panel.text(min(max(ratio, 1), 6) + 0.1, i, words, va="center", size=8)
    panel.set_yticks(range(len(rows)), reversed(rows), size=8)
    panel.axvline(1, color="#444444", lw=0.8)
    panel.set(xlim=(0, 7.2), xlabel="time by labkit's")
    panel.set_title(title, size=9, loc="right")
