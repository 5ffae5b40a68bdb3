"""Copies: found whatever was done to hide them, and both sides are told."""

import pytest

from labreport.project.exercises import NO_LINES
from labreport.verify.answers import DELIVERED, EMPTY, NEARLY, state
from labreport.verify.copies import Copies
from labreport.verify.reading.findings import BundleVerdict, OwnCell

ENGLISH = "The larger rate came further, as its steps are longer, and none of them overshot the minimum here."
CHINESE = "學習率較大時每一步走得更遠,因此損失下降得更快,而且沒有一次越過最小值。"
CODE = "best = min(study.runs, key=lambda run: run.results['val_loss'])\nprint(best.config.lr)"


def told(one: str, other: str, here: str = "", is_code: bool = False) -> list[list[str]]:
    """What is said of two bundles with these texts in one cell."""
    copies, verdicts = Copies(), []
    for name, text in (("a/x.zip", one), ("b/x.zip", other)):
        verdicts.append(BundleVerdict(name, own=[OwnCell("01", "id-7", is_code, text, here)]))
        copies.add(verdicts[-1])
    return [[finding.text for finding in verdict.findings] for verdict in verdicts]


def test_empty_answers_are_no_copies() -> None:
    copies = Copies()
    for name in ("a.zip", "b.zip"):
        own = OwnCell("01", "id-7", False, "_Write your answer here._", "The model answer.", is_answer=True)
        copies.add(verdict := BundleVerdict(name, own=[own]))
        assert verdict.findings == []


@pytest.mark.parametrize(
    "other",
    [
        ENGLISH,
        ENGLISH.replace("further", "farther"),
        ENGLISH.replace("e", "\u0435").replace("o", "\u03bf"),
        "\u200b".join(ENGLISH),
        ENGLISH.upper().replace(" ", "\n"),
        "".join(chr(ord(char) + 0xFEE0) if "a" <= char <= "z" else char for char in ENGLISH),
    ],
)
def test_a_copy_is_found_under_every_disguise(other: str) -> None:
    first, second = told(ENGLISH, other)
    assert "that of cell id-7 of 01 in b/x.zip" in first[0] and "that of cell id-7 of 01 in a/x.zip" in second[0]


def test_chinese_and_code_are_found_too() -> None:
    assert all(told(CHINESE, CHINESE.replace("更遠", "很遠")))
    assert all(told(CODE, CODE.replace("best", "winner"), is_code=True))


@pytest.mark.parametrize(
    ("answer", "is_code", "expected"),
    [
        (ENGLISH, False, DELIVERED),
        (ENGLISH.replace(" ", "\n"), False, DELIVERED),
        (ENGLISH.replace("further", "farther"), False, NEARLY),
        (CHINESE, False, ""),
        ("It fell.", False, ""),
        ("_Write your answer here._", False, EMPTY),
        ("<!-- none -->  …", False, EMPTY),
        (f"delta = 1\n{NO_LINES}", True, EMPTY),
        (CODE.replace("best", "winner"), True, ""),
    ],
)
def test_the_state_of_an_answer(answer: str, is_code: bool, expected: str) -> None:
    assert state(answer, CODE if is_code else ENGLISH, is_code) == expected


def test_what_came_with_the_lab_is_no_copy() -> None:
    assert told(f"{CODE}\nlr = 1", f"{CODE}\nlr = 2", here=CODE, is_code=True) == [[], []]
    assert told(ENGLISH, CHINESE) == told("It fell.", "It fell.") == [[], []]
