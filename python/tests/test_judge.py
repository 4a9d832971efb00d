"""Rules of a judge mean here what they mean in the embedded trainer: test/core/judge.test.ts."""

from pathlib import Path

import pytest

from dpo_lab_trainer.errors import TrainingError
from dpo_lab_trainer.judge.pattern import BadPattern, compile_pattern
from dpo_lab_trainer.judge.rules import read_rules, score_text
from dpo_lab_trainer.judge.verdicts import win_rate


def score(tmp_path: Path, rule: str, text: str, prompt: str = "", ended: bool = True) -> float:
    path = tmp_path / "rules.yaml"
    path.write_text(f"rules:\n  - {rule}\n")
    return score_text(read_rules(path), prompt, text, ended)


def test_scores(tmp_path: Path) -> None:
    text = "fig, pear, fig, fig"
    for counting, expected in (("all", 8), ("distinct", 4), ("repeats", 4)):
        rule = f"{{ count: 'fig|pear', counting: {counting}, points: 2 }}"
        assert score(tmp_path, rule, text) == expected
    assert score(tmp_path, "{ count: 'a', at_most: 2, points: 1 }", "aaa") == 2
    assert score(tmp_path, "{ count: 'a', target: 2, points: -0.5 }", "aaaa") == -1
    assert score(tmp_path, "{ count: 'a*', points: 1 }", "baab") == 1
    assert score(tmp_path, "{ prompt: 'fruits', count: 'fig', points: 1 }", "fig", "Name two fruits:") == 1
    assert score(tmp_path, "{ prompt: 'tools', count: 'fig', points: 1 }", "fig", "Name two fruits:") == 0
    assert score(tmp_path, "{ ended: false, points: -3 }", "", ended=False) == -3
    assert win_rate([1, 2, 3], [0, 2, 4]) == 0.5


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\s", " \u00a0\t\u2003\n", [" ", "\t", "\n"]),
        (r"[^\s,]+", "a b,\u00a0c", ["a", "b", "\u00a0c"]),
        (r"\S+", "a\u00a0b c", ["a\u00a0b", "c"]),
        (r"\w+", "naïve", ["na", "ve"]),
        (".+", "a\rb\nc", ["a\rb", "c"]),
        ("b$", "b\n", []),
        (".", "😀", ["😀"]),
        (r"\b(?!fig\b)[a-z]+", "fig, pear", ["pear"]),
    ],
)
def test_patterns(pattern: str, text: str, found: list[str]) -> None:
    assert [match[0] for match in compile_pattern(pattern).finditer(text)] == found


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a+)+", "repeats a group"),
        (r"\p{L}", "does not mean the same"),
        ("(?<a>b)", "has a group of a kind"),
        ("(", "is not valid"),
    ],
)
def test_patterns_that_are_refused(pattern: str, why: str) -> None:
    with pytest.raises(BadPattern, match=why):
        compile_pattern(pattern)


def test_the_rules_of_the_example_are_read(tmp_path: Path) -> None:
    assert len(read_rules(Path(__file__).parents[2] / "examples" / "goldilocks" / "judge.yaml")) > 0
    with pytest.raises(TrainingError, match='rule 1 needs "points"'):
        score(tmp_path, "{ count: 'a' }", "")
