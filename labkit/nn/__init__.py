"""The network: activations, initializers, layers, convolution, losses, network, optimizers, gradcheck.

Read them in this order: no file needs a later one, and none needs anything else but numpy and the error messages.
"""
