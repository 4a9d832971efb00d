"""One process computes a table while others wait: the protocol of src/trainer/reference/lock.ts."""

import contextlib
import json
import os
import socket
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

_LOOK_AGAIN = 1.0
"""Seconds between two looks at a lock that another holds."""
_SILENCE = 600.0
"""Seconds without a sign of life after which a holder counts as gone, wherever it ran."""
_SILENCE_OF_NOBODY = 10.0
"""The same for a lock that does not say who holds it."""


class Lock:
    """It saves work; it is no guarantee, so that what is written has to stand two holders."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "id": str(uuid.uuid4())})

    def acquire(self, waiting: Callable[[], None]) -> None:
        """waiting: called again and again while another holds the lock; ends the wait by raising."""
        while not self._create():
            if self._is_abandoned():
                self._path.unlink(missing_ok=True)
            else:
                waiting()
                time.sleep(_LOOK_AGAIN)

    def alive(self) -> None:
        """Shows that this process is still there; to be called every few minutes."""
        with contextlib.suppress(OSError):
            os.utime(self._path)

    def release(self) -> None:
        if self._read() == self._own:
            self._path.unlink(missing_ok=True)

    def _create(self) -> bool:
        try:
            with self._path.open("x", encoding="utf-8") as file:
                file.write(self._own)
        except FileExistsError:
            return False
        return True

    def _is_abandoned(self) -> bool:
        try:
            silence = time.time() - self._path.stat().st_mtime
        except OSError:
            return False  # It has just been given back.
        holder = _parse(self._read())
        if holder is None:
            return silence > _SILENCE_OF_NOBODY
        gone = holder["host"] == socket.gethostname() and not _is_running(holder["pid"])
        return silence > _SILENCE or gone

    def _read(self) -> str:
        try:
            return self._path.read_text("utf-8")
        except OSError:
            return ""


def _parse(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    known = isinstance(value, dict) and isinstance(value.get("pid"), int) and isinstance(value.get("host"), str)
    return value if known else None


def _is_running(pid: int) -> bool:
    # Ids stand in files. 0 and below would ask about groups.
    if not 1 <= pid < 2**31:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
