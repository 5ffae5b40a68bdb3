"""Data sets, the configuration of a run, training, studies, and the cache of what was trained."""
