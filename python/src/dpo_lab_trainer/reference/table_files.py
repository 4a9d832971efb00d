"""The folder of a reference table on disk: `meta.json` and `table.jsonl`, shared with the embedded trainer."""

import contextlib
import json
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..own_files import open_to_append
from ..run_log import disk_error, to_json
from .key import Ingredients

REFERENCE_FORMAT = 2
_SHARED = 0o666
"""As the account's umask has it: a table holds no text, and may serve several accounts."""
_REMEMBERED = 20
"""Askings that are remembered with a table."""


@dataclass(frozen=True)
class ReferenceScore:
    """Log-probabilities in nats, summed over the tokens of a response."""

    chosen: float
    rejected: float
    chosen_tokens: int
    """Under the reference's tokenizer. At least 1."""
    rejected_tokens: int
    chosen_eos: float
    """Log p of the end-of-sequence token after the response; 0 without a reference, NaN where it is not known."""
    rejected_eos: float


Rows = dict[str, ReferenceScore]
"""By the id of the pair."""


class TableFiles:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = folder / "lock"
        self._meta = folder / "meta.json"
        self._table = folder / "table.jsonl"

    def create(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)

    def rows(self) -> Rows:
        try:
            text = self._table.read_text("utf-8")
        except FileNotFoundError:
            return {}
        parsed = (_parse_row(line) for line in text.split("\n"))
        return {row[0]: row[1] for row in parsed if row}

    def complete_rows(self) -> Rows | None:
        """None for a table that is not finished."""
        meta = self._read_meta()
        if not meta.get("complete") or meta.get("format") != REFERENCE_FORMAT:
            return None
        rows = self.rows()
        return rows if len(rows) == meta.get("pairs") else None

    def write_meta(
        self, key: str, ingredients: Ingredients, policy: str, pairs: int, created: int, complete: bool
    ) -> None:
        about = {"key": key, "ingredients": ingredients, "policy": policy, "score": ingredients["score"]}
        numbers = {"pairs": pairs, "created": created, "complete": complete}
        self._replace({"format": REFERENCE_FORMAT} | about | numbers)

    def append(self, rows: Rows) -> None:
        """In one write of whole lines, so that the lines of two writers do not mix; on the disk when it returns."""
        text = "".join(f"{_row_json(pair, row)}\n" for pair, row in rows.items())
        try:
            with os.fdopen(open_to_append(self._table, _SHARED), "ab") as file:
                # What a killed program left of a line is ended, and is then a line that holds no row.
                torn = file.tell() > 0 and not self._ends_in_line()
                file.write((("\n" if torn else "") + text).encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise disk_error(error, self._table) from error

    def remember_asked(self, base_folder: Path, settings: dict[str, Any], at: int) -> None:
        """So that a finished table is found again without opening models and data. A failure costs no more than that."""
        meta = self._read_meta()
        if not meta.get("complete"):
            return
        before = meta.get("asked") if isinstance(meta.get("asked"), list) else []
        asked = {"baseFolder": str(base_folder), "settings": settings}
        others = [item for item in before or [] if not _is_same(item, asked)]
        with contextlib.suppress(OSError):
            self._replace(meta | {"asked": [*others, asked | {"at": at}][-_REMEMBERED:]})

    def _ends_in_line(self) -> bool:
        with self._table.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read(1) == b"\n"

    def _read_meta(self) -> dict[str, Any]:
        try:
            value = json.loads(self._meta.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _replace(self, meta: dict[str, Any]) -> None:
        beside = self._meta.with_name(f"meta.json.{os.getpid()}.tmp")
        try:
            beside.unlink(missing_ok=True)
            with beside.open("x", encoding="utf-8") as file:
                file.write(to_json(meta))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self._meta)
        except OSError as error:
            raise disk_error(error, self._meta) from error


def now() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


_NAMES = {
    "chosen": "chosen",
    "rejected": "rejected",
    "chosenTokens": "chosen_tokens",
    "rejectedTokens": "rejected_tokens",
    "chosenEos": "chosen_eos",
    "rejectedEos": "rejected_eos",
}


def _row_json(pair: str, row: ReferenceScore) -> str:
    return to_json({"pair": pair} | {name: getattr(row, field) for name, field in _NAMES.items()})


def _parse_row(line: str) -> tuple[str, ReferenceScore] | None:
    try:
        row = json.loads(line) if line else None
    except ValueError:
        return None
    if not isinstance(row, dict) or not isinstance(row.get("pair"), str):
        return None
    values = {field: row.get(name) for name, field in _NAMES.items()}
    if not all(isinstance(value, int | float) and math.isfinite(value) for value in values.values()):
        return None
    return row["pair"], ReferenceScore(**values)  # type: ignore[arg-type]


def _is_same(item: Any, asked: dict[str, Any]) -> bool:
    return isinstance(item, dict) and all(item.get(key) == value for key, value in asked.items())
