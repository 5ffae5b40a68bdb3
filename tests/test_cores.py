"""The budget of cores: never more processes at work than there are cores, and none lost."""

import os
import subprocess
import sys
import threading
import time

import pytest
from filelock import FileLock

from labkit import observer
from labkit.environment import n_cores
from labkit.experiments.processes import over_cores
from labreport.build.workers import work_off
from labreport.run.cores import core_locks, free_cores


@pytest.fixture
def three(tmp_path, products):
    """The locks of three cores, all free, in the folder of a build."""
    locks = core_locks(tmp_path, 3)
    for lock in locks:
        with lock:  # the build takes each at first, which makes the files
            pass
    return locks


def test_without_a_budget_all_that_is_wanted_is_given():
    with observer.current.extra_cores(5) as extra:
        assert extra == 5


def test_only_free_cores_are_given_and_they_come_back(three):
    three[1].acquire()
    with observer.current.extra_cores(5) as extra:
        assert extra == 2
        with observer.current.extra_cores(1) as more:
            assert more == 0
    three[1].release()
    with observer.current.extra_cores(2) as extra:
        assert extra == 2


def test_a_core_of_a_process_that_dies_is_free_again(three, tmp_path):
    code = f"import os, filelock\nfilelock.FileLock({three[0].lock_file!r}).acquire()\nos._exit(9)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    with free_cores(tmp_path, 3) as extra:
        assert extra == 3


def test_all_tasks_are_done_with_and_without_workers(three):
    assert sorted(over_cores(lambda n: n * n, range(5), n_jobs=2)) == [0, 1, 4, 9, 16]
    for lock in three:
        lock.acquire()
    pids = list(over_cores(lambda n: os.getpid(), range(3), n_jobs=3))
    for lock in three:
        lock.release()
    assert pids == [os.getpid()] * 3  # no core is free, so no process is started


def test_labkit_jobs_is_the_number_of_cores(monkeypatch):
    monkeypatch.setenv("LABKIT_JOBS", "7")
    assert n_cores() == 7


def test_jobs_and_the_studies_they_start_never_take_more_than_the_cores(monkeypatch):
    monkeypatch.setenv("LABKIT_JOBS", "3")
    busy, most, lock = 0, 0, threading.Lock()

    def change(n: int) -> None:
        nonlocal busy, most
        with lock:
            busy += n
            most = max(most, busy)

    def do(job: int, folder) -> None:
        change(1)
        for path in sorted(folder.glob("core-*.lock")):
            borrowed = FileLock(path, thread_local=False)
            try:
                borrowed.acquire(timeout=0)
            except TimeoutError:
                continue
            change(1)
            time.sleep(0.02)
            change(-1)
            borrowed.release()
        time.sleep(0.02)
        change(-1)

    work_off(range(7), do, stop=pytest.fail)
    assert busy == 0
    assert 1 < most <= 3


def test_an_error_of_a_job_comes_out_and_frees_its_core(monkeypatch):
    monkeypatch.setenv("LABKIT_JOBS", "2")
    done = []

    def do(job: int, folder) -> None:
        if job == 1:
            raise ZeroDivisionError
        done.append(job)

    with pytest.raises(ZeroDivisionError):
        work_off(range(4), do, stop=pytest.fail)
    assert sorted(done) == [0, 2, 3]
