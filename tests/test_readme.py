"""What the README shows, run as it stands there: each value printed is the one beside it."""

import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=[code.splitlines()[-1][:30] for code in EXAMPLES])
def test_an_example_prints_what_it_says(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(example, "README.md", "exec"), {})
    printed = capsys.readouterr().out.splitlines()
    said = [line.split("  # ")[1] for line in example.splitlines() if line.startswith("print(")]
    assert len(printed) == len(said) > 0
    for value, comment in zip(printed, said, strict=True):
        assert comment.startswith(value)
