"""JAX: the whole training is one compiled program, jit(scan) for a single run and jit(vmap(scan)) for several."""

import os

os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np

from .work import Array, Work, stack

NAME = "JAX"
STACKS = True


def fits(work: Work) -> bool:
    return True


def loss_of(work: Work, params: list, x: jax.Array, y: jax.Array) -> jax.Array:
    activation = jax.nn.relu if work.config.activation == "relu" else jax.nn.sigmoid
    for W, b in params[:-1]:
        x = activation(x @ W + b)
    W, b = params[-1]
    z = x @ W + b
    if work.config.loss == "mse":
        return jnp.mean((jax.nn.sigmoid(z) - y) ** 2)
    if work.config.loss == "binary_cross_entropy":
        return jnp.mean(jnp.logaddexp(0.0, z) - y * z)
    return -jnp.sum(y * jax.nn.log_softmax(z)) / len(y)


def prepare(work: Work, n_runs: int, n_epochs: int):
    x, y, lr, momentum = jnp.array(work.x), jnp.array(work.y), work.config.lr, work.momentum
    starts = [[(np.ascontiguousarray(W.T), b) for W, b in work.start(seed)] for seed in range(n_runs)]
    orders = np.stack([work.order(seed, n_epochs) for seed in range(n_runs)])
    mini = work.config.batch_size is not None

    def step(state, batch):
        params, velocities = state
        xb, yb = (x[batch], y[batch]) if mini else (x, y)
        loss, grads = jax.value_and_grad(lambda p: loss_of(work, p, xb, yb))(params)
        if momentum:
            grads = velocities = jax.tree.map(lambda v, g: momentum * v + g, velocities, grads)
        return (jax.tree.map(lambda w, g: w - lr * g, params, grads), velocities), loss

    def train_run(params, order):
        velocities = jax.tree.map(jnp.zeros_like, params) if momentum else ()
        state, losses = jax.lax.scan(step, (params, velocities), order)
        return losses.reshape(n_epochs, -1).mean(axis=1)[-1], state[0]

    if n_runs == 1:
        compiled, arguments = jax.jit(train_run), (starts[0], orders[0])
    else:
        compiled, arguments = jax.jit(jax.vmap(train_run)), (stack(starts), orders)
    if not mini:  # the scan runs over the number of the epoch; an order would only be moved about
        arguments = (arguments[0], np.arange(n_epochs) if n_runs == 1 else np.tile(np.arange(n_epochs), (n_runs, 1)))
    arguments = jax.device_put(arguments)

    def train() -> Array:
        loss, _ = jax.block_until_ready(compiled(*arguments))
        return np.atleast_1d(np.asarray(loss))

    return train
