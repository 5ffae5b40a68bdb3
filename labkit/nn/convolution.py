"""Convolution and pooling: layers that see a column of numbers as an image of channels, height and width.

An image is a column too, (..., C·H·W, N), so these layers stand in a network beside all others. A convolution is a
matrix product: every patch that the kernel meets becomes a column of `patches`, and then z = W patches + b.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from ..errors import LabError
from .activations import Array
from .layers import Params, ones

Shape = tuple[int, int, int]  # channels, height, width


class ImageLayer:
    """A layer that sees images of `shape` and makes images of `out_shape`."""

    shape: Shape
    out_shape: Shape

    @property
    def n_in(self) -> int:
        return prod(self.shape)

    @property
    def n_out(self) -> int:
        return prod(self.out_shape)


@dataclass(frozen=True)
class Conv2d(ImageLayer):
    """Convolution (cross-correlation, as everywhere in deep learning) with stride 1 and zeros padded around.

    W (..., channels, C·kh·kw) holds a kernel a row, b (..., channels, 1). Output height is H + 2 padding - kh + 1.
    """

    shape: Shape
    channels: int
    kernel: tuple[int, int]
    padding: tuple[int, int] = (0, 0)
    name: ClassVar[str] = "conv2d"

    def __post_init__(self):
        if min(self.out_shape) < 1:
            raise LabError(f"a kernel of {self.kernel} does not fit an image of {self.shape} padded by {self.padding}")

    @property
    def out_shape(self) -> Shape:
        _, height, width = self.shape
        (kh, kw), (ph, pw) = self.kernel, self.padding
        return self.channels, height + 2 * ph - kh + 1, width + 2 * pw - kw + 1

    @property
    def fans(self) -> tuple[int, int]:
        size = self.kernel[0] * self.kernel[1]
        return self.shape[0] * size, self.channels * size

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        return {"W": (self.channels, self.fans[0]), "b": (self.channels, 1)}

    def windows(self):
        """For each place in the kernel, its index and the part of the padded image that it meets, as a slice."""
        _, height, width = self.out_shape
        for i in range(self.kernel[0]):
            for j in range(self.kernel[1]):
                yield (i, j), (..., slice(i, i + height), slice(j, j + width), slice(None))

    def padded(self) -> tuple[slice, ...]:
        """Where the image lies in the padded one."""
        (_, height, width), (ph, pw) = self.shape, self.padding
        return ..., slice(ph, ph + height), slice(pw, pw + width), slice(None)

    def padded_zeros(self, runs: tuple[int, ...], n: int, dtype: np.dtype) -> Array:
        (channels, height, width), (ph, pw) = self.shape, self.padding
        return np.zeros((*runs, channels, height + 2 * ph, width + 2 * pw, n), dtype)

    def forward(self, a: Array, W: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
        """z = W patches + b, at every place of the image."""
        runs, n = a.shape[:-2], a.shape[-1]
        image = self.padded_zeros(runs, n, a.dtype)
        image[self.padded()] = a.reshape(*runs, *self.shape, n)
        _, height, width = self.out_shape
        patches = np.empty((*runs, self.shape[0], *self.kernel, height, width, n), a.dtype)
        for (i, j), window in self.windows():
            patches[..., i, j, :, :, :] = image[window]
        patches = patches.reshape(*runs, self.fans[0], height * width * n)
        z = W @ patches + b
        return z.reshape(*z.shape[:-2], self.n_out, n), (patches, W)

    def gradients(self, cache: tuple[Array, Array], dz: Array) -> Params:
        """dW = dz patchesᵀ, db = Σ dz over places and examples."""
        patches, _ = cache
        dz = dz.reshape(*dz.shape[:-2], self.channels, -1)
        return {"W": dz @ patches.mT, "b": dz @ ones(dz.shape[-1], dz.dtype)}

    def backward(self, cache: tuple[Array, Array], dz: Array) -> Array:
        """d_patches = Wᵀ dz, added up over the patches that a pixel was in."""
        _, W = cache
        runs, n = dz.shape[:-2], dz.shape[-1]
        d_patches = W.mT @ dz.reshape(*runs, self.channels, -1)
        d_patches = d_patches.reshape(*runs, self.shape[0], *self.kernel, *self.out_shape[1:], n)
        d_image = self.padded_zeros(runs, n, dz.dtype)
        for (i, j), window in self.windows():
            d_image[window] += d_patches[..., i, j, :, :, :]
        return d_image[self.padded()].reshape(*runs, self.n_in, n)


@dataclass(frozen=True)
class MaxPool2d(ImageLayer):
    """The largest of every size x size pixels, channel by channel; rows and columns left over are dropped."""

    shape: Shape
    size: int
    shapes: ClassVar[dict] = {}
    name: ClassVar[str] = "maxpool2d"

    def __post_init__(self):
        if min(self.out_shape) < 1:
            raise LabError(f"max pooling of size {self.size} does not fit an image of {self.shape}")

    @property
    def out_shape(self) -> Shape:
        channels, height, width = self.shape
        return channels, height // self.size, width // self.size

    def corners(self) -> list[tuple]:
        """For each place in a pool, the slice that takes it from every pool."""
        _, height, width = self.out_shape
        steps = [(i, j) for i in range(self.size) for j in range(self.size)]
        return [
            (..., slice(i, i + height * self.size, self.size), slice(j, j + width * self.size, self.size), slice(None))
            for i, j in steps
            if i < self.shape[1] and j < self.shape[2]
        ]

    def forward(self, a: Array) -> tuple[Array, Array]:
        """The largest pixels, and as the cache which of each pool it was."""
        image = a.reshape(*a.shape[:-2], *self.shape, a.shape[-1])
        candidates = np.stack([image[corner] for corner in self.corners()])
        winner = candidates.argmax(axis=0)  # of equal pixels the first, so that just one gets the derivative
        largest = np.take_along_axis(candidates, winner[None], axis=0)[0]
        return largest.reshape(*a.shape[:-2], self.n_out, a.shape[-1]), winner

    def backward(self, winner: Array, da: Array) -> Array:
        """Each derivative goes to the pixel that won; all others had no part in the output."""
        runs, n = da.shape[:-2], da.shape[-1]
        d_image = np.zeros((*runs, *self.shape, n), da.dtype)
        da = da.reshape(*runs, *self.out_shape, n)
        for place, corner in enumerate(self.corners()):
            d_image[corner] = np.where(winner == place, da, 0)
        return d_image.reshape(*runs, self.n_in, n)
