"""How far the examples get through a network, and how far their errors get back: one forward and one backward pass."""

import numpy as np
import pandas as pd

from ..errors import LabError
from ..nn.activations import Array
from ..nn.layers import Activation
from ..nn.losses import LOSSES
from ..nn.network import Network
from ..training.arithmetic import quiet_single_thread
from ..training.run import Run


def signal_by_depth(run: Run, n_examples: int = 200) -> pd.DataFrame:
    """One row for each layer with weights, numbered from the input on, on the first examples that the run trains on:

    signal     variance of an activation over the examples, mean over the units: what still tells examples apart
    gradient   root mean square of δ, the derivative of an example's loss by the pre-activations of the layer
    """
    x, y = (part[:n_examples].T.astype(float) for part in run.dataset.train)
    if x.shape[1] < 2:
        raise LabError(f"a signal is what differs between examples, and needs two of them; got {x.shape[1]}")
    network, rows = run.network, []
    with quiet_single_thread():
        output, caches = network.forward(network.views(run.flat.astype(float)), x)
        _, d = LOSSES[run.config.loss].function(output, y)
        for i, dz in network.derivatives(caches, d):
            if network.layers[i].shapes:  # dz is δ / N: the loss is a mean over the examples
                a = activations_of(network, caches, i, output)
                rows.append((a.var(axis=1).mean(), np.sqrt(np.mean((dz * x.shape[1]) ** 2))))
    numbers = pd.RangeIndex(1, len(rows) + 1, name="layer")
    return pd.DataFrame(rows[::-1], columns=["signal", "gradient"], index=numbers)


def activations_of(network: Network, caches: list, i: int, output: Array) -> Array:
    """What layer i passes on: the output of its activation, or where it has none its own, the next layer's input."""
    if i + 1 == len(network.layers):
        return output
    before, after = caches[i + 1][:2]
    return after if isinstance(network.layers[i + 1], Activation) else before
