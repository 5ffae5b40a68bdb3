"""Benchmarks: the engine against PyTorch, JAX, scikit-learn and a plain numpy loop; see `python -m benchmarks -h`."""
