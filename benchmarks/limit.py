"""(g) The limit of any numpy engine: the matrix products of a step and its tanh alone, into arrays made before.

Products in the notation of labkit, examples in columns: z = W a and dW = dz aᵀ of every layer, da = Wᵀ dz of all but
the first. A tanh for every sigmoid, nothing for ReLU. The stacks are those of labkit. It trains nothing.
"""

from itertools import pairwise

import numpy as np

from labkit.training.arithmetic import quiet_single_thread

from .labkit_peer import stacks_of
from .work import Array, Work

NAME = "products + tanh"
STACKS = True


def fits(work: Work) -> bool:
    return True


def prepare(work: Work, n_runs: int, n_epochs: int):
    n_steps, size = n_epochs * len(work.x) // work.batch_size, work.batch_size
    sizes, rng = work.sizes, np.random.default_rng(0)

    def normal(*shape: int) -> Array:
        return rng.standard_normal(shape, dtype=np.float32)

    chunks = [len(stack.configs) for stack in stacks_of(work, n_runs, n_epochs)]
    stacks = []
    for r in chunks:
        layers = []
        for n_in, n_out in pairwise(sizes):
            W, a, z = normal(r, n_out, n_in), normal(r, n_in, size), normal(r, n_out, size)
            layers.append((W, a, z, np.empty_like(W), np.empty_like(a)))
        stacks.append(layers)

    def train() -> Array:
        with quiet_single_thread():
            for layers in stacks:
                for _ in range(n_steps):
                    for W, a, z, _, _ in layers:
                        np.matmul(W, a, out=z)
                        if work.config.activation == "sigmoid":
                            np.tanh(z, out=z)
                    for i, (W, a, z, dW, da) in reversed(list(enumerate(layers))):
                        np.matmul(z, a.mT, out=dW)
                        if i > 0:
                            np.matmul(W.mT, z, out=da)
        return np.full(n_runs, np.nan)

    return train
