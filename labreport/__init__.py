"""From notebooks to what is handed in, and its check. labkit, which the notebooks import, knows nothing of it."""
