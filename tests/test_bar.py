"""The bar while something trains: where it is drawn, that nothing of it stays, and what an interrupt leaves."""

import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import psutil
import pytest
from nbclient import NotebookClient

from labkit import LabError, RunConfig, run_study, train_one
from labkit.errors import Stopped
from labkit.experiments import bar
from labkit.experiments.progress import Progress
from labkit.training import stack

HASTY = "from labkit.experiments import bar\nbar.FIRST_SECONDS = bar.REDRAW_SECONDS = 0.02\n"
IMPORTS = "from labkit import RunConfig, run_study, train_one, say\n"
STUDY = """
from labkit.experiments import processes, study
processes.WORKING_SET, study.WORTH_A_PROCESS = 1, 0.0  # many stacks
found = run_study(RunConfig(n_epochs=2000), seed=range(20), n_jobs=JOBS)
print("whole", found.n_trained)"""


def on_a_terminal(code: str, interrupt_after: str | None = None) -> str:
    """What a terminal shows of a program; it gets Ctrl-C once the cache holds what `interrupt_after` matches."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True
    )
    os.close(theirs)
    if interrupt_after:
        while process.poll() is None and not list(Path(os.environ["LABKIT_CACHE"]).glob(interrupt_after)):
            time.sleep(0.05)
        workers = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
    shown = b""
    while True:
        try:
            shown += (read := os.read(ours, 65_536))
        except OSError:  # Linux says so where all writers have gone
            read = b""
        if not read:
            break
    os.close(ours)
    process.wait(60)
    if interrupt_after:
        _, alive = psutil.wait_procs(workers, timeout=20)
        assert not alive
    return shown.decode()


def shown_at_the_end(text: str) -> str:
    """The lines of a terminal after all that was drawn over."""
    return "\n".join(line.rsplit("\r\x1b[K", 1)[-1] for line in text.strip().split("\r\n"))


def test_a_terminal_has_a_bar_and_nothing_of_it_at_the_end() -> None:
    text = on_a_terminal(IMPORTS + HASTY + "train_one(RunConfig(n_epochs=20_000, hidden_sizes=(20, 20)))\nprint('end')")
    assert re.search(r"\r█*░* [\d,]+ of 20,000 epochs, loss 0\.\d+", text)
    assert shown_at_the_end(text) == "end"


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_interrupt_says_what_is_kept_and_the_next_call_goes_on(n_jobs: int) -> None:
    code = IMPORTS + STUDY.replace("JOBS", str(n_jobs))
    text = on_a_terminal(code, interrupt_after="*/*.run")
    last = text.strip().splitlines()[-1]
    kept = int(
        re.fullmatch(r".*Stopped: (\d+) of 20 runs (?:is|are) trained and kept; call it again to go on.", last)[1]
    )
    assert 0 < kept < 20
    assert f"whole {20 - kept}" in on_a_terminal(code)


def test_one_run_that_is_interrupted_says_how_far_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(stack.Stack):
        def record(self, epoch: int, *values: object) -> None:
            super().record(epoch, *values)
            if epoch >= 50:
                raise KeyboardInterrupt

    monkeypatch.setattr(stack, "Stack", Interrupted)
    with pytest.raises(Stopped, match=r"^after 50 of 100 epochs; a single run is kept only when it is whole$"):
        train_one(RunConfig(n_epochs=100))


def test_nothing_is_drawn_where_no_person_is(capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bar, "FIRST_SECONDS", 0.0)
    run_study(RunConfig(n_epochs=2000), seed=range(3))
    assert capsys.readouterr() == ("", "")


class FrontEnd(NotebookClient):
    """nbclient, which applies updates and clears outputs as JupyterLab does, and remembers what it was sent."""

    person = True

    async def async_start_new_kernel_client(self, **options: object):
        client = await super().async_start_new_kernel_client(**options)
        client.allow_stdin = self.person
        self.bars = []
        return client

    def process_message(self, message: dict, *where: object):
        if message["content"].get("transient", {}).get("display_id") == "labkit-progress":
            self.bars.append(message["content"]["data"]["text/plain"])
        return super().process_message(message, *where)


CELL = """\
print("before")
say("**bold**")
run = train_one(RunConfig(n_epochs=10_000, hidden_sizes=(20, 20)))
print("between")
run = train_one(RunConfig(n_epochs=10_001, hidden_sizes=(20, 20)))
print("after")
run.epochs"""


@pytest.mark.parametrize("person", [True, False])
def test_a_bar_leaves_the_outputs_of_a_notebook_as_they_are(person: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FrontEnd, "person", person)
    cells = [IMPORTS + HASTY + "run = train_one(RunConfig(n_epochs=10_002, hidden_sizes=(20, 20)))", CELL]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in cells])
    client = FrontEnd(notebook, kernel_name="python3")
    client.execute()
    assert notebook.cells[0].outputs == []
    outputs = notebook.cells[1].outputs  # a kernel may send the text of one print in parts
    shown = [output.get("text") or f"[{output['data']['text/plain']}]" for output in outputs]
    assert "".join(shown) == "before\n[**bold**]between\nafter\n[10001]"
    assert bool(client.bars) == person
    assert not person or {"10,000", "10,001", "10,002"} <= {text.split(" of ")[1].split(" ")[0] for text in client.bars}


def test_an_error_takes_the_bar_away(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = []

    class Screen:
        draw = staticmethod(lambda study, now: drawn.append("bar"))
        clear = staticmethod(lambda: drawn.append("cleared"))

    monkeypatch.setattr(bar, "find_screen", Screen)
    monkeypatch.setattr(bar, "FIRST_SECONDS", 0.0)
    with pytest.raises(LabError), bar.watched(Progress(10), str):
        time.sleep(0.2)
        raise LabError("no")
    assert drawn[0] == "bar" and drawn[-1] == "cleared"
