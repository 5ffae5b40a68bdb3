"""Kernels of a convolution as images, and what they make of an example."""

import numpy as np
from matplotlib.figure import Figure

from ..convolution import Conv2d
from ..errors import LabError
from ..runs import Run
from .style import panels, styled


@styled
def kernels_and_maps(run: Run, example: int = 0) -> Figure:
    """The kernels of the first convolution, and under each its feature map of one test example, shown at the left.

    Orange is positive, purple negative, white zero; the kernels share one scale, the maps another. A map is what the
    layer after the convolution passes on, hence without negative values behind a ReLU.
    """
    layers = run.network.layers
    first = layers[0]
    if not isinstance(first, Conv2d) or first.shape[0] != 1:
        raise LabError("kernels can be shown for a network that begins with a convolution of images with one channel")
    kernels = run.params[0]["W"].reshape(first.channels, *first.kernel)
    image = run.dataset.test[0][example].reshape(first.shape[1:])
    _, caches = run.network.forward(run.params, run.dataset.test[0][example][:, None].astype(run.flat.dtype))
    maps = caches[1][1].reshape(first.out_shape)  # what the activation after the convolution puts out
    figure = panels(height=1.7).figure
    figure.clear()
    grid = figure.subplots(2, first.channels + 1)
    for ax in grid.flat:
        ax.set_axis_off()
    grid[1, 0].imshow(image, cmap="gray_r")
    grid[1, 0].set_title("input", fontsize=7)
    for row, pictures in enumerate((kernels, maps)):
        limit = np.abs(pictures).max()
        for k, picture in enumerate(pictures):
            ax = grid[row, k + 1]
            ax.imshow(picture, cmap="PuOr_r", vmin=-limit, vmax=limit)
            if row == 0:
                ax.set_title(f"kernel {k + 1}", fontsize=7)
    return figure
