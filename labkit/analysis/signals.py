"""How far the examples get through a network, and how far their errors get back: one forward and one backward pass."""

import numpy as np
import pandas as pd

from ..errors import LabError
from ..experiments.arithmetic import quiet_single_thread
from ..experiments.run import Run
from ..nn.layers import Activation
from ..nn.losses import LOSSES


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
        for i in reversed(range(len(network.layers))):
            layer, following = network.layers[i], network.layers[i + 1 : i + 2]
            if layer.shapes:  # now d is δ / N: the loss is a mean over the examples
                activated = bool(following) and isinstance(following[0], Activation)
                a = caches[i + 1][1] if activated else output if not following else caches[i + 1][0]
                rows.append((a.var(axis=1).mean(), np.sqrt(np.mean((d * x.shape[1]) ** 2))))
            d = layer.backward(caches[i], d)
    numbers = pd.RangeIndex(1, len(rows) + 1, name="layer")
    return pd.DataFrame(rows[::-1], columns=["signal", "gradient"], index=numbers)


def factor_per_layer(values: pd.Series) -> float:
    """The factor from one layer to the next, as the geometric mean over layers in order."""
    return float((values.iloc[-1] / values.iloc[0]) ** (1 / (len(values) - 1)))
