"""What is asked of a watched run: by control.json, by SIGTERM, by the end of its job."""

import json
import os
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Any

from ..lease import Lease
from ..machine import processes


class WatchedRequests:
    """All processes of a training ask together and get the same answer. A handler of the user's own is left alone."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "control.json"
        self._run = folder.name
        self._lease = Lease(folder, self._run)
        self._job = int(os.environ.get("DPO_LAB_JOB") or 0)
        self._signalled = False
        self._answered: str | None = None
        is_free = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        if is_free and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signalled = True

    def next(self) -> str | None:
        """`stop`, `checkpoint` once for each request, or `leave` where another job has the run."""
        if any(processes.gather([self._signalled])):
            return "stop"
        return processes.from_main(self._asked() if processes.is_main() else None)

    def _asked(self) -> str | None:
        if self._lease.is_taken:
            return "leave"
        if not self._job_lives():
            return "stop"
        try:
            text = self._path.read_text("utf-8")
            control: Any = json.loads(text)
        except (OSError, ValueError):
            return None
        if not isinstance(control, dict) or control.get("run") != self._run:
            return None
        request = control.get("request")
        if request == "stop":
            return "stop"
        if request != "checkpoint" or text == self._answered:
            return None
        self._answered = text
        return "checkpoint"

    def _job_lives(self) -> bool:
        if self._job <= 0:
            return True
        try:
            os.kill(self._job, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True
