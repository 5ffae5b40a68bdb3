"""The network, from scratch in numpy. Read it as a course, in this order:

activations, initializers, layers, convolution, losses, network, optimizers, gradcheck.

No file needs a later one, and none needs anything but numpy and the error messages. A network trained by hand:

    layers = [Linear(2, 10), Activation("sigmoid"), Linear(10, 1), Activation("sigmoid")]
    network = Network(layers)
    w = network.initial(np.random.default_rng(0), init="normal")
    params, optimizer = network.views(w), Optimizer("gd", lr=0.1)  # params are views of w
    for epoch in range(50_000):
        y_hat, caches = network.forward(params, x)  # x (2, N), y (1, N): a column an example
        loss, d_y_hat = half_mse(y_hat, y)
        optimizer.step(w, network.backward(caches, d_y_hat))
"""

from .activations import ACTIVATIONS, ActivationFunction
from .convolution import Conv2d, MaxPool2d
from .gradcheck import GradientError, central_difference, gradient_errors
from .initializers import BIAS_INITIALIZERS, INITIALIZERS
from .layers import Activation, Dropout, Linear, Softmax
from .losses import LOSSES, Loss, binary_cross_entropy, cross_entropy, half_mse, mse
from .network import Network
from .optimizers import OPTIMIZERS, Optimizer, UpdateRule

REGISTRIES = (ACTIVATIONS, INITIALIZERS, BIAS_INITIALIZERS, LOSSES, OPTIMIZERS)
DELIVERED = tuple(map(dict, REGISTRIES))  # as they are before anybody else adds a row or replaces one
