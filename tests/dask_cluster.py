"""A real Dask cluster on loopback: a scheduler and workers, a process each, that may be killed."""

import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent


class Cluster:
    """A scheduler and `n` workers without nannies: nobody starts one again that was killed."""

    def __init__(self, folder: Path, n: int, env: dict[str, str]) -> None:
        folder.mkdir()
        self.folder, self.env, self.file = folder, env, folder / "scheduler.json"
        self.scheduler = self.start("scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        self.address = self.wait_for_address()
        self.workers = [self.add_worker() for _ in range(n)]

    def start(self, what: str, *options: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--scheduler-file", str(self.file), *options]
        log = (self.folder / f"{what}-{time.monotonic_ns()}.log").open("w")
        return subprocess.Popen(command, env=self.env, cwd=ROOT, stdout=log, stderr=log)

    def add_worker(self) -> subprocess.Popen:
        return self.start("worker", "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")

    def wait_for_address(self) -> str:
        ends = time.monotonic() + 60
        while time.monotonic() < ends:
            try:
                return json.loads(self.file.read_text())["address"]
            except (OSError, ValueError):
                time.sleep(0.1)
        raise TimeoutError("the scheduler did not start")

    def stop(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()
