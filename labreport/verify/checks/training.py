"""Training in a process of its own, which is ended when its time is over, whatever a run was thought to cost:
`python -m labreport.verify.checks.training` reads configurations in JSON, and writes a line for each part it trained.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from threading import Timer
from typing import Any

from labkit.errors import LabError
from labkit.experiments.cost import cost
from labkit.experiments.study import study_of
from labkit.training.config import RunConfig
from labkit.training.stack import PER_RUN

from ...run.record import facts
from ..ending import begin, end

AT_ONCE, MOST_AT_ONCE = 20.0, 300  # seconds of training, as estimated, and runs of a part


def in_a_child(configs: Sequence[RunConfig], seconds: float) -> Iterator[dict[str, Any]]:
    """What `train_part` gives of each part, until the time is over."""
    if not configs:
        return
    process = begin(__name__)
    timer = Timer(seconds, end, [process])
    timer.start()
    try:
        with process.stdin as given:
            given.write(json.dumps([config.as_dict() for config in configs]).encode())
        for line in process.stdout:
            if line.endswith(b"\n"):
                yield json.loads(line)
    except BrokenPipeError:  # its time was over before it began
        return
    finally:
        timer.cancel()
        end(process)
        process.stdout.close()


def main() -> None:
    configs = [RunConfig(**config) for config in json.load(sys.stdin)]
    for part in parts(configs):
        print(json.dumps(train_part(part)), flush=True)


def train_part(configs: list[RunConfig]) -> dict[str, Any]:
    """What is recorded of these runs, how many had to be trained, and why others cannot be."""
    try:
        study = study_of(configs, [])
    except LabError as error:
        if len(configs) == 1:
            return {"facts": [], "n_trained": 0, "refused": [(configs[0].as_dict(), str(error))]}
        each = [train_part([config]) for config in configs]  # one of them: the others are trained without it
        return {name: sum((one[name] for one in each), start=type(each[0][name])()) for name in each[0]}
    return {"facts": [facts(run) for run in study.members], "n_trained": study.n_trained, "refused": []}


def parts(configs: Sequence[RunConfig]) -> Iterator[list[RunConfig]]:
    """Groups of configurations that take about AT_ONCE; those that can be trained together come together."""
    part: list[RunConfig] = []
    seconds = 0.0
    for config in sorted(configs, key=together):
        part.append(config)
        seconds += cost(config).seconds
        if seconds > AT_ONCE or len(part) >= MOST_AT_ONCE:
            yield part
            part, seconds = [], 0.0
    if part:
        yield part


def together(config: RunConfig) -> str:
    """Equal for runs of one stack."""
    return repr([value for name, value in config.as_dict().items() if name not in PER_RUN])


if __name__ == "__main__":
    main()
