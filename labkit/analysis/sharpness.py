"""The sharpness of a loss: the largest eigenvalue λ of its Hessian, the curvature in the steepest direction.

Along that direction a step of gradient descent multiplies the distance to the minimum of a parabola by 1 - lr λ: it
shrinks as long as lr < 2/λ, and beyond it each step overshoots further. A network's loss is no parabola, so for it the
bound says what the next steps do, not the last ones.
"""

import numpy as np

from ..errors import LabError
from ..nn.activations import Array
from ..training.run import Run, loss_and_gradient

STEP = 1e-4  # of a central difference of gradients, in float64: an error of about STEP² times the fourth derivative
MOST_PARAMETERS = 1000  # the Hessian is worked out whole


def sharpness(run: Run) -> float:
    """λ of a run's loss on its training set, at its parameters as they are; nan where these are not finite."""
    return float(np.linalg.eigvalsh(hessian(run))[-1]) if np.isfinite(run.flat).all() else np.nan


def hessian(run: Run) -> Array:
    """The Hessian (P, P) of a run's loss on its training set by its parameters.

    Column j is (g(w + h e_j) - g(w - h e_j)) / 2h, with the gradients g of all of them taken in one stack. Raises
    LabError for a network with too many parameters.
    """
    n = len(run.flat)
    if n > MOST_PARAMETERS:
        raise LabError(f"the Hessian is worked out for at most {MOST_PARAMETERS:,} parameters; the network has {n:,}")
    points = [run.flat.astype(float) + step for step in (STEP * np.eye(n), -STEP * np.eye(n))]
    above, below = (loss_and_gradient(run.network, run.config.loss, w, *run.dataset.train)[1] for w in points)
    columns = (above - below) / (2 * STEP)
    return (columns + columns.T) / 2  # symmetric but for rounding
