"""Running notebooks: kernels, their limits and products, side by side on the cores, and what is told meanwhile."""
