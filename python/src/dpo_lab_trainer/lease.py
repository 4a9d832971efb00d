"""The right of one attempt to write into a run's folder, as docs/RUN_FORMAT.md describes it."""

import json
import os
from pathlib import Path


class LeaseLost(Exception):  # noqa: N818 - not an error
    """Another job has the run by now: this trainer writes nothing more into its folder."""


class Lease:
    """Asked before each checkpoint and each end. The attempt is what the job says, or else the newest."""

    def __init__(self, folder: Path, run: str) -> None:
        self._folder = folder / "attempts"
        attempt = json.loads(os.environ.get("DPO_LAB_ATTEMPTS") or "{}").get(run)
        self._attempt = self._last() if attempt is None else int(attempt)

    @property
    def is_taken(self) -> bool:
        """Another job has claimed the run. Where that cannot be read, nothing can be written either."""
        return self._last() > self._attempt

    def _last(self) -> int:
        try:
            return max((int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()), default=0)
        except OSError:
            return 0
