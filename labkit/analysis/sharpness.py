"""The sharpness of a loss: the largest eigenvalue λ of its Hessian, the curvature in the steepest direction.

Along that direction a step of gradient descent multiplies the distance to the minimum of a parabola by 1 - lr λ: it
shrinks as long as lr < 2/λ, and beyond it each step overshoots further. A network's loss is no parabola, so for it the
bound says what the next steps do, not the last ones.
"""

import numpy as np

from ..errors import LabError
from ..experiments.run import Run, loss_and_gradient
from ..nn.activations import Array
from ..nn.network import Network

STEP = 1e-4  # of a central difference of gradients, in float64: an error of about STEP² times the fourth derivative
MOST_PARAMETERS = 1000  # the Hessian is worked out whole


def sharpness(run: Run) -> float:
    """λ of a run's loss on its training set, at its parameters as they are; nan where these are not finite."""
    x, y = run.dataset.train
    flat = run.flat.astype(float)
    if not np.isfinite(flat).all():
        return float("nan")
    return float(np.linalg.eigvalsh(hessian(run.network, run.config.loss, flat, x, y))[-1])


def hessian(network: Network, loss: str, flat: Array, x: Array, y: Array) -> Array:
    """The Hessian (P, P) of the loss by the parameters flat (P,), on examples x (N, D) with targets y (N, K).

    Column j is (g(w + h e_j) - g(w - h e_j)) / 2h, with the gradients g of all of them taken in one stack. Raises
    LabError for a network with too many parameters.
    """
    n = len(flat)
    if n > MOST_PARAMETERS:
        raise LabError(f"the Hessian is worked out for at most {MOST_PARAMETERS:,} parameters; the network has {n:,}")
    steps = STEP * np.eye(n)
    above, below = (loss_and_gradient(network, loss, flat + shift, x, y)[1] for shift in (steps, -steps))
    columns = (above - below) / (2 * STEP)
    return (columns + columns.T) / 2  # symmetric but for rounding
