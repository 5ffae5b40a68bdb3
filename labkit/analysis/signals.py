"""How far the examples get through a network, and how far their errors get back: one forward and one backward pass."""

import numpy as np
import pandas as pd

from ..errors import LabError
from ..experiments.run import Run, quiet_single_thread
from ..nn.layers import Activate
from ..nn.losses import LOSSES


def signal_by_depth(run: Run, n_examples: int = 200) -> pd.DataFrame:
    """One row for each layer with weights, numbered from the input on, on the first examples that the run trains on:

    signal     variance of an activation over the examples, mean over the units: what still tells examples apart
    gradient   root mean square of δ, the derivative of an example's loss by the pre-activations of the layer
    """
    x, y = (part[:n_examples].T.astype(float) for part in run.dataset.train)
    if x.shape[1] < 2:
        raise LabError(f"a signal is what differs between examples, and needs two of them; got {x.shape[1]}")
    layers, params = run.network.layers, run.network.views(run.flat.astype(float))
    outputs, caches, rows = [], [], []
    blas, silence = quiet_single_thread()
    with blas, silence:
        for layer, p in zip(layers, params, strict=True):
            x, cache = layer.forward(p, x)
            outputs.append(x)
            caches.append(cache)
        _, d = LOSSES[run.config.loss].function(x, y)
        for i in reversed(range(len(layers))):
            if layers[i].shapes:  # now d is δ / N: the loss is a mean over the examples
                activated = i + 1 < len(layers) and isinstance(layers[i + 1], Activate)
                signal = outputs[i + activated].var(axis=1).mean()
                rows.append((signal, np.sqrt(np.mean((d * x.shape[1]) ** 2))))
            grads = {name: np.empty_like(w) for name, w in params[i].items()}
            d = layers[i].backward(params[i], caches[i], d, grads)
    numbers = pd.RangeIndex(1, len(rows) + 1, name="layer")
    return pd.DataFrame(rows[::-1], columns=["signal", "gradient"], index=numbers)


def factor_per_layer(values: pd.Series) -> float:
    """The factor from one layer to the next, as the geometric mean over layers in order."""
    return float((values.iloc[-1] / values.iloc[0]) ** (1 / (len(values) - 1)))
