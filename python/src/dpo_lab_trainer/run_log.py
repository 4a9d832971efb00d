"""The two files that a trainer appends to, as docs/RUN_FORMAT.md describes them."""

import errno
import json
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .errors import TrainingError
from .own_files import open_to_append

METRICS = "metrics.jsonl"
TRAINER = "trainer.jsonl"
_SUPERSEDED = "superseded.jsonl"

Values = dict[str, float]


class RunLog:
    """Appends lines, each in one write, so that a reader sees it whole or not at all. On other ranks than 0: nothing."""

    def __init__(self, folder: Path, step: int, writes: bool = True) -> None:
        """
        step: the step that training goes on from, -1 for the very beginning; lines about later steps, of the attempt
        before, make way
        """
        self._folder = folder
        self._files: dict[str, int] = {}
        if not writes:
            return
        for name in (METRICS, TRAINER):
            _supersede(folder, name, step)
            self._files[name] = _open_for_lines(folder / name)

    def metrics(self, split: str, step: int, values: Values) -> None:
        line = {"step": step, "time": _now(), "split": split}
        self._append(METRICS, line | {"values": {name: json_number(value) for name, value in values.items()}})

    def say(self, kind: str, **keys: Any) -> None:
        self._append(TRAINER, {"time": _now(), "kind": kind} | keys)

    def warn(self, message: str) -> None:
        self.say("warning", message=message)

    def sync(self) -> None:
        """To the disk, so that no checkpoint outlives the lines about its step."""
        for file in self._files.values():
            os.fsync(file)

    def close(self) -> None:
        for file in self._files.values():
            os.close(file)
        self._files = {}

    def _append(self, name: str, line: Mapping[str, Any]) -> None:
        file = self._files.get(name)
        if file is None:
            return
        data = f"{to_json(line)}\n".encode("utf-8", "backslashreplace")
        try:
            if os.write(file, data) != len(data):
                raise OSError(errno.ENOSPC, "The disk is full")
        except OSError as error:
            raise disk_error(error, self._folder) from error


def to_json(value: Any) -> str:
    """As JSON.stringify writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def json_number(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def disk_error(error: Exception, path: Path) -> Exception:
    """A failed write, told to people where the disk is full; anything else as it is."""
    full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
    if not full and "No space left" not in str(error):
        return error
    return TrainingError(
        f"The disk is full: {path} could not be written. Free space there and resume the run; it goes on from its last"
        " checkpoint."
    )


def _now() -> int:
    return time.time_ns() // 1_000_000


def _open_for_lines(path: Path) -> int:
    file = open_to_append(path)
    size = os.fstat(file).st_size
    # A writer that died in a line left it open: what is appended must not become a part of it.
    if size > 0:
        os.lseek(file, size - 1, os.SEEK_SET)
        if os.read(file, 1) != b"\n":
            os.write(file, b"\n")
    return file


def _supersede(folder: Path, name: str, step: int) -> None:
    """Takes lines about steps after `step`, and a last line that was not finished, out of a file."""
    path = folder / name
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return
    torn = lines.pop()
    superseded = [line for line in lines if _step_of(line) > step] + ([torn] if torn else [])
    if not superseded:
        return
    temporary = folder / f"{name}.tmp"
    temporary.unlink(missing_ok=True)
    _write(folder / _SUPERSEDED, superseded)
    _write(temporary, [line for line in lines if _step_of(line) <= step])
    temporary.replace(path)


def _write(path: Path, lines: list[bytes]) -> None:
    """On the disk when it returns: lines must not be lost on their way from one file to the other."""
    try:
        with os.fdopen(open_to_append(path), "ab") as file:
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise disk_error(error, path) from error


def _step_of(line: bytes) -> float:
    """-1 for lines that are about no step. An evaluation before training is at step 0."""
    try:
        value = json.loads(line)
    except ValueError:
        return -1
    step = value.get("step") if isinstance(value, dict) else None
    return step if isinstance(step, int | float) else -1
