"""Stacks trained by the workers of a Dask cluster. What they train comes back to the caller, who keeps it: no folder
need be shared. Imported only where a cluster is named."""

import logging
import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

from distributed import CancelledError, Client, KilledWorker, LocalCluster, as_completed, get_worker

from ..data.dataset import Dataset
from ..errors import LabError, shown
from ..training.config import RunConfig
from ..training.run import Run
from .platforms import this_platform
from .processes import Pool, Refused, difference, loaded_versions, train_as
from .progress import Progress

AHEAD = 2  # stacks that are handed out for each worker, so that none waits for the next
SECONDS_TO_ANSWER = 10


class DaskWorkers(Pool):
    """The workers of a cluster, checked: each has the labkit, the numpy and the Python of the caller.

    Workers that join later are checked by their first stack. Raises LabError where nobody answers, or a worker differs.
    """

    def __init__(self, address: str) -> None:
        self.address, self.client, self.caller = address, connected(address), loaded_versions()
        try:
            self.client.wait_for_workers(1, timeout=SECONDS_TO_ANSWER)
        except TimeoutError:
            raise LabError(f"the Dask cluster {address} has no workers") from None
        answers = self.client.run(worker_facts, on_error="return")
        for worker, answer in answers.items():
            if isinstance(answer, BaseException):
                raise LabError(f"the Dask worker {worker} cannot load labkit: {answer}")
            if reason := difference(self.caller, answer[0]):
                raise LabError(refusal(worker, reason))
        self.platforms = sorted({platform for _, platform in answers.values()} - {this_platform()})

    @property
    def size(self) -> int:
        return sum(self.client.nthreads().values())

    def train(self, stacks: Iterable[list[RunConfig]], data: Dataset | None, progress: Progress) -> Iterator[list[Run]]:
        """Train stacks, of which only a few a worker are on their way. One whose worker dies goes to another worker.

        Raises LabError where the scheduler is lost, a worker differs, or one stack ends several workers.
        """
        rest, on_way = iter(stacks), as_completed(loop=self.client.loop)
        there = None if data is None else self.client.scatter(data, broadcast=True)
        try:
            while True:
                room = AHEAD * max(1, self.size) - on_way.count()  # also while there is no worker, as one may come
                for stack in islice(rest, max(0, room)):
                    on_way.add(self.client.submit(train_there, self.caller, stack, there, pure=False))
                if on_way.is_empty():
                    return
                runs = next(on_way).result()
                if isinstance(runs, Refused):
                    raise LabError(runs.reason)
                progress.add(sum(run.config.n_epochs for run in runs), now=True)
                yield runs
        except KilledWorker as error:
            n, last = error.allowed_failures + 1, error.last_worker.address
            raise LabError(f"one stack ended {n} workers, the last one {last}: has it enough memory?") from None
        except (CancelledError, OSError):
            connected.cache_clear()
            raise LabError(f"the Dask scheduler {self.address} was lost; what had arrived from it is kept") from None


def train_there(caller: dict[str, str], stack: list[RunConfig], data: Dataset | None) -> list[Run] | Refused:
    """What a worker does."""
    runs = train_as(caller, stack, data)
    return Refused(stack, refusal(get_worker().address, runs.reason)) if isinstance(runs, Refused) else runs


def worker_facts() -> tuple[dict[str, str], str]:
    """What the caller asks each worker for."""
    return loaded_versions(), this_platform()


def refusal(worker: str, reason: str) -> str:
    return f"the Dask worker {worker} cannot train for this study: {reason}"


@cache
def connected(address: str) -> Client:
    """A client of a cluster, the same for all studies of this process; `local:N` starts the cluster, on loopback."""
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # of what is lost, a sentence of ours tells
    if local := re.fullmatch(r"local:([1-9]\d{0,2})", address):
        settings = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
        try:
            return Client(LocalCluster(n_workers=int(local[1]), threads_per_worker=1, **settings))
        except RuntimeError as error:
            guard = "if __name__ == '__main__':"
            raise LabError(f"no workers can be started here ({error}); a script must train below `{guard}`") from None
    if not re.fullmatch(r"(tcp|tls|ucx|ws|wss)://.+", address):
        raise LabError(f"a Dask cluster is tcp://HOST:PORT of its scheduler, or local:4; got {shown(address)}")
    try:
        return Client(address, timeout=SECONDS_TO_ANSWER)
    except (OSError, ValueError) as error:
        raise LabError(f"no Dask scheduler answers at {address}: {error}") from None
