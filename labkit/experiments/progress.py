"""Progress of training, told to whoever asked for it: the build names a file and reads along.

Nothing goes to the notebook's outputs. Every process may append; a line is one JSON object and one write.
"""

import json
import time

from .. import environment


class Progress:
    """Counts epochs times runs of one study, and writes at most five lines a second."""

    def __init__(self, study: str, total: int):
        self.study, self.total = study, total
        self.pending, self.last = 0, 0.0
        products = environment.products()
        self.path = products and products.progress

    def add(self, n: int, now: bool = False, cached: bool = False) -> None:
        """n more run-epochs are done (or, `cached`, were done before); `now` writes at once."""
        if self.path is None or not self.total:  # an untrained network is no progress
            return
        self.pending += n
        if not (now or cached or time.monotonic() - self.last > 0.2):
            return
        line = {"study": self.study, "total": self.total, "add": self.pending} | ({"cached": True} if cached else {})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.pending, self.last = 0, time.monotonic()
