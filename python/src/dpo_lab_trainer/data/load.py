"""The pairs of a config, as src/trainer/data/load-pairs.ts loads them."""

import glob
import math
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..config import Config
from ..errors import TrainingError, sentence
from ..hub import hub_failure
from ..paths import check_path, expand_home, path_or_hub_id, resolve_path, shown_path
from ..run_file import Place
from ..seeded_random import SeededRandom
from .pair import NoPair, Pair, read_pair, response_text
from .rows import Placed, read_rows

_FILE_NAME = re.compile(r"\.(jsonl?|parquet|gz|csv|tsv|txt|arrow)$", re.IGNORECASE)


@dataclass(frozen=True)
class LoadedPair:
    id: str
    row: int
    """Counted from 1 over all files of the data set, skipped rows included."""
    pair: Pair
    columns: tuple[float, float] | None
    """Reference log-probabilities of chosen and rejected that came with the pair: sums, in nats."""


@dataclass(frozen=True)
class LoadedPairs:
    train: list[LoadedPair]
    held_out: list[LoadedPair]
    warnings: list[str]


def load_pairs(config: Config, place: Place) -> LoadedPairs:
    """
    Everything that `data.train` and `data.eval` name, in this order: rows as the files have them, the files of a pattern
    sorted; without identical pairs and empty responses; the first `data.limit` of what is left of either; where there is
    no `data.eval`, what `hold_out` splits off the training pairs.
    """
    train, warnings = _load(config, place, "data.train")
    if config.data.eval.path is not None:
        held_out, more = _load(config, place, "data.eval")
        return LoadedPairs(train, held_out, warnings + more)
    train, held_out = hold_out(train, config.data.eval_fraction, config.training.seed)
    return LoadedPairs(train, held_out, warnings)


def hold_out(pairs: list[LoadedPair], fraction: float, seed: int) -> tuple[list[LoadedPair], list[LoadedPair]]:
    """Of n pairs, min(n - 1, max(1, floor(fraction * n + 0.5))) are held out, the first of a random order."""
    if fraction == 0:
        return pairs, []
    count = min(len(pairs) - 1, max(1, math.floor(fraction * len(pairs) + 0.5)))
    positions = set(SeededRandom(seed).permutation(len(pairs))[:count])
    train = [pair for position, pair in enumerate(pairs) if position not in positions]
    return train, [pair for position, pair in enumerate(pairs) if position in positions]


def _load(config: Config, place: Place, section: str) -> tuple[list[LoadedPair], list[str]]:
    columns = config.data.columns
    logprobs = _logprob_columns(config)
    wanted = [
        columns.prompt,
        columns.chosen,
        columns.rejected,
        *(name for side in logprobs or [] for name in side),
    ]
    limit = config.data.limit if config.data.limit is not None else math.inf
    pairs: list[LoadedPair] = []
    empty, identical = _Skipped("a response is empty"), _Skipped("chosen and rejected are the same")
    row = 0
    for values, where in _rows(config, place, section, wanted):
        row += 1
        try:
            pair = read_pair(values, columns)
        except NoPair as error:
            raise TrainingError(
                f"{where} is no pair. {error} Mend or remove it, or name the columns under data.columns: the row has"
                f" {', '.join(values) or 'none'}."
            ) from None
        if not response_text(pair.chosen).strip() or not response_text(pair.rejected).strip():
            empty.add(where)
            continue
        if pair.chosen == pair.rejected:
            identical.add(where)
            continue
        given = None
        if logprobs:
            chosen, rejected = (
                _logprob(values, where, side, names)
                for side, names in zip(("chosen", "rejected"), logprobs, strict=True)
            )
            given = (chosen, rejected)
        pairs.append(LoadedPair(pair.id, row, pair, given))
        if len(pairs) >= limit:
            break
    warnings = [*empty.warnings(row), *identical.warnings(row)]
    if pairs:
        return pairs, warnings
    path = config.data.train.path if section == "data.train" else config.data.eval.path
    raise TrainingError(
        f"{section} ({path}) is empty: it holds no pairs. Name a file with pairs."
        if row == 0
        else f"{section} ({path}) has no pair to learn from. {' '.join(warnings)}"
    )


class _Skipped:
    def __init__(self, why: str) -> None:
        self._why = why
        self._count = 0
        self._first = ""

    def add(self, where: str) -> None:
        self._first = self._first or where
        self._count += 1

    def warnings(self, rows: int) -> list[str]:
        if self._count == 0:
            return []
        first = self._first[0].lower() + self._first[1:]
        return [f"{self._count} of {rows} rows were skipped because {self._why}; the first is {first}."]


def _rows(config: Config, place: Place, section: str, wanted: list[str]) -> Iterator[Placed]:
    data = config.data.train if section == "data.train" else config.data.eval
    text = data.path or ""
    check_path(text)
    path = resolve_path(text, place.base_folder)
    if os.path.lexists(path):
        files = [path]
    elif glob.has_magic(text) or "{" in text:
        files = _matching(text, place.base_folder)
    else:
        named = path_or_hub_id(text, place.base_folder)
        if isinstance(named, str) and not _FILE_NAME.search(text):
            yield from _hub_rows(named, data.config, data.split)
            return
        raise TrainingError(f"There is no file {path}. Check the path and its spelling.")
    for file in files:
        yield from read_rows(file, shown_path(file, place.base_folder), wanted)


def _matching(pattern: str, base_folder: Path) -> list[Path]:
    found = {
        Path(os.path.normpath(base_folder / name))
        for alternative in _alternatives(expand_home(pattern))
        for name in glob.glob(alternative, root_dir=base_folder, recursive=True)
    }
    files = sorted((path for path in found if path.is_file()), key=lambda path: str(path))
    if files:
        return files
    raise TrainingError(f"No file matches {pattern} in {base_folder}. Check the pattern.")


def _alternatives(pattern: str) -> list[str]:
    """`{a,b}` as two patterns, which Python's glob does not know."""
    found = re.search(r"\{([^{}]*,[^{}]*)\}", pattern)
    if not found:
        return [pattern]
    before, after = pattern[: found.start()], pattern[found.end() :]
    return [whole for part in found[1].split(",") for whole in _alternatives(before + part + after)]


def _hub_rows(hub_id: str, config: str | None, split: str) -> Iterator[Placed]:
    import datasets

    try:
        rows: Any = datasets.load_dataset(hub_id, name=config, split=split)
    except datasets.exceptions.DatasetNotFoundError as error:
        cause = error.__cause__
        raise TrainingError(
            hub_failure(hub_id, "data set", cause if isinstance(cause, Exception) else error)
        ) from error
    except Exception as error:
        raise TrainingError(
            f"The data set {hub_id} cannot be loaded: {sentence(error)}. Check data.*.split and data.*.config, or name a"
            " file."
        ) from error
    for number, row in enumerate(rows, start=1):
        yield row, f"Row {number} of {hub_id}"


def _logprob_columns(config: Config) -> list[list[str]] | None:
    """Columns that can hold log-probabilities, of chosen and rejected; the first that a row has is taken."""
    if config.reference.logprobs != "columns":
        return None
    columns = config.data.columns
    return [
        [columns.chosen_logprob] if columns.chosen_logprob else ["chosen_logprob", "ref_chosen_logps"],
        [columns.rejected_logprob] if columns.rejected_logprob else ["rejected_logprob", "ref_rejected_logps"],
    ]


def _logprob(row: dict[str, Any], where: str, side: str, names: list[str]) -> float:
    name = next((name for name in names if row.get(name) is not None), None)
    if name is None:
        raise TrainingError(
            f"{where} has no value in {' or '.join(names)}, the reference log-probability of the {side} response. Name its"
            f" column as data.columns.{side}_logprob, or set reference.logprobs to compute."
        )
    value = row[name]
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise TrainingError(
        f"{where} has {str(value)[:40]} in {name}, which is no number. Write the sum of log-probabilities in nats there,"
        " or set reference.logprobs to compute."
    )
