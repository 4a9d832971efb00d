"""What somebody outside asks of a run: by a signal, or by control.json."""

import json
import os
import signal
from pathlib import Path
from types import FrameType
from typing import Any

from .errors import Stopped
from .lease import Lease, LeaseLost
from .machine import processes


class Signals:
    """SIGTERM, SIGINT, and the end of the job. They hold for all runs of this process."""

    def __init__(self) -> None:
        self._signalled = False
        self._parent = os.getppid()
        self._job = int(os.environ.get("DPO_LAB_JOB") or self._parent)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._signalled = True

    @property
    def must_stop(self) -> bool:
        """Signalled, or without a job: nobody watches the run then. It saves, and is resumed by another job."""
        return self._signalled or os.getppid() != self._parent or not self._job_lives()

    def _job_lives(self) -> bool:
        # accelerate's launcher can stand between the job and this process.
        if self._job == self._parent:
            return True
        try:
            os.kill(self._job, 0)
        except ProcessLookupError:
            return False
        except OSError:
            return True
        return True


class Requests:
    """Requests for one run. With several processes, process 0 hears what any of them hears."""

    def __init__(self, folder: Path, run: str, signals: Signals) -> None:
        self._path = folder / "control.json"
        self._run = run
        self._signals = signals
        self._lease = Lease(folder, run)
        self._last_control: str | None = None

    def next(self) -> str | None:
        """A new request, if there is one; `stop` is repeated for ever, `checkpoint` is given once."""
        self.require_lease()
        if self._must_stop():
            return "stop"
        text, request = processes.on_main(self._control)
        if request == "stop":
            return "stop"
        if request != "checkpoint" or text == self._last_control:
            return None
        self._last_control = text
        return "checkpoint"

    def check(self) -> None:
        """Raises Stopped when a stop was asked for, or LeaseLost. All processes have to come here together."""
        self.require_lease()
        if self._must_stop() or processes.on_main(self._control)[1] == "stop":
            raise Stopped

    def require_lease(self) -> None:
        """Raises LeaseLost. All processes have to come here together."""
        if processes.on_main(lambda: self._lease.is_taken):
            raise LeaseLost

    @property
    def is_taken(self) -> bool:
        return self._lease.is_taken

    def check_alone(self) -> None:
        """The same where only one process works; where there are several, nothing."""
        if processes.world() == 1:
            self.check()

    def _must_stop(self) -> bool:
        return any(processes.gather([self._signals.must_stop]))

    def _control(self) -> tuple[str, Any]:
        """A file that is being written, is for another run, or holds something else, asks for nothing."""
        try:
            text = self._path.read_text("utf-8")
            control = json.loads(text)
        except (OSError, ValueError):
            return "", None
        if not isinstance(control, dict) or control.get("run") != self._run:
            return "", None
        return text, control.get("request")
