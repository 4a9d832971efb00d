"""A judge that reads texts by patterns. docs/JUDGE.md describes the file that its rules come from."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from ..errors import TrainingError, sentence
from .pattern import BadPattern, compile_pattern

_KEYS = ("name", "prompt", "count", "counting", "at_most", "target", "points", "ended")
_COUNTINGS = ("all", "distinct", "repeats")


@dataclass(frozen=True)
class TextRule:
    points: float
    prompt: re.Pattern[str] | None
    """The rule applies to prompts in which this is found; None: to every prompt."""
    count: re.Pattern[str] | None
    """What is counted; None: the points go to texts that end by themselves, or do not."""
    counting: str
    at_most: int | None
    target: int | None
    ended: bool | None

    def score(self, prompt: str, text: str, ended: bool) -> float:
        if self.prompt and not self.prompt.search(prompt):
            return 0
        return self.points * self._amount(text, ended)

    def _amount(self, text: str, ended: bool) -> float:
        if self.count is None:
            return 1 if ended == self.ended else 0
        # Empty matches are none.
        matches = [found[0] for found in self.count.finditer(text) if found[0] != ""]
        distinct = len(set(matches))
        count = {"all": len(matches), "distinct": distinct, "repeats": len(matches) - distinct}[self.counting]
        if self.target is not None:
            return abs(count - self.target)
        return count if self.at_most is None else min(count, self.at_most)


def read_rules(path: Path) -> list[TextRule]:
    """Raises TrainingError for the first thing in the file that is no rule."""
    try:
        value = yaml.load(path.read_text("utf-8-sig"), Loader=_Yaml12)
        return _rules(value)
    except OSError as error:
        raise TrainingError(f"The judge's rules {path} cannot be read: {sentence(error.strerror or error)}.") from None
    except (yaml.YAMLError, ValueError) as error:
        what = re.sub(r"\s+", " ", str(error))
        raise TrainingError(f"{path}: {what.rstrip('.')}. The judge's rules are described in docs/JUDGE.md.") from None


def score_text(rules: list[TextRule], prompt: str, text: str, ended: bool) -> float:
    """The points of a text: the sum over the rules that apply to its prompt."""
    return sum(rule.score(prompt, text, ended) for rule in rules)


class _Yaml12(yaml.SafeLoader):
    """YAML 1.2, where yes and on are words and dates are text."""


_Yaml12.yaml_implicit_resolvers = {}
for _tag, _expression, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    (
        "float",
        r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
        "-+0123456789.",
    ),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("merge", r"<<", "<"),
):
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_expression})$"), list(_first))
_Yaml12.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))


def _rules(value: Any) -> list[TextRule]:
    rules = value.get("rules") if isinstance(value, dict) else None
    if not isinstance(rules, list) or not rules:
        raise ValueError('a judge needs a list of rules under the key "rules"')
    for key in value:
        if key != "rules" and not str(key).startswith("x-"):
            raise ValueError(f'there is no key "{key}" here; only "rules" has a meaning')
    return [_rule(rule, f"rule {number}") for number, rule in enumerate(rules, start=1)]


def _rule(rule: Any, place: str) -> TextRule:
    if not isinstance(rule, dict):
        raise ValueError(f'{place} has no keys and values, such as "count: \'\\w+\'" and "points: 1"')
    for key in rule:
        if key not in _KEYS:
            raise ValueError(f'{place} has the key "{key}"; a rule has {", ".join(_KEYS)}')
    if ("count" in rule) == ("ended" in rule):
        raise ValueError(f'{place} needs either "count", a pattern to look for, or "ended", true or false')
    if "ended" in rule:
        for key in ("counting", "at_most", "target"):
            if key in rule:
                raise ValueError(f'{place}: "{key}" belongs to rules with "count"')
        if not isinstance(rule["ended"], bool):
            raise ValueError(f'{place}: "ended" is true or false')
    counting = rule.get("counting", "all")
    if counting not in _COUNTINGS:
        raise ValueError(f'{place}: "counting" is one of {", ".join(_COUNTINGS)}')
    at_most, target = (_number(rule, key, place, whole=True) for key in ("at_most", "target"))
    if at_most is not None and target is not None:
        raise ValueError(f'{place}: "at_most" and "target" exclude each other')
    points = _number(rule, "points", place, whole=False)
    if points is None:
        raise ValueError(f'{place} needs "points": a number, below 0 for what a text should not do')
    _text(rule, "name", place)
    return TextRule(
        points=points,
        prompt=_pattern(rule, "prompt", place),
        count=_pattern(rule, "count", place),
        counting=counting,
        at_most=None if at_most is None else int(at_most),
        target=None if target is None else int(target),
        ended=rule.get("ended"),
    )


def _text(rule: dict[str, Any], key: str, place: str) -> str | None:
    value = rule.get(key)
    if key in rule and (not isinstance(value, str) or value == ""):
        raise ValueError(f'{place}: "{key}" is text. Write it in single quotes')
    return value


def _pattern(rule: dict[str, Any], key: str, place: str) -> re.Pattern[str] | None:
    text = _text(rule, key, place)
    if text is None:
        return None
    try:
        return compile_pattern(text)
    except BadPattern as error:
        raise ValueError(f"{place}: the pattern {text} {error}") from None


def _number(rule: dict[str, Any], key: str, place: str, whole: bool) -> float | None:
    if key not in rule:
        return None
    value = rule[key]
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if is_number and (not whole or (float(value).is_integer() and value >= 0)):
        return float(value)
    raise ValueError(f'{place}: "{key}" is {"a whole number of at least 0" if whole else "a number"}')
