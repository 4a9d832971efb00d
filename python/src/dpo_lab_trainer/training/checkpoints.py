"""The checkpoints of a run: folders named by their step, each complete or absent."""

import json
import shutil
from pathlib import Path

from ..errors import TrainingError, sentence
from ..run_log import disk_error

_FORMAT = 1
_DESCRIPTION = "checkpoint.json"


class Checkpoints:
    def __init__(self, run_folder: Path, fingerprint: str, keep: int) -> None:
        """fingerprint: of what a state belongs to: the model, what is trained of it, and the data."""
        self.folder = run_folder / "checkpoints"
        self._fingerprint = fingerprint
        self._keep = keep

    def unfinished(self, step: int) -> Path:
        """Where transformers writes one."""
        return self.folder / f"checkpoint-{step}"

    def complete(self, step: int, evaluation_due: bool) -> None:
        """
        Gives a checkpoint that was written its place, and removes old ones. evaluation_due: the evaluation at this step
        was cut short, and a resumed run begins with it.
        """
        written, target = self.unfinished(step), self.folder / str(step)
        description = {
            "format": _FORMAT,
            "step": step,
            "fingerprint": self._fingerprint,
            "evaluationDue": evaluation_due,
        }
        try:
            (written / _DESCRIPTION).write_text(json.dumps(description), "utf-8")
        except OSError as error:
            raise disk_error(error, written) from error
        shutil.rmtree(target, ignore_errors=True)
        written.rename(target)
        for old in _steps_in(self.folder)[: -self._keep]:
            shutil.rmtree(self.folder / str(old), ignore_errors=True)

    def read(self, step: int) -> tuple[Path, bool]:
        """
        The folder, and whether an evaluation is due. Raises TrainingError where it belongs to something else, or cannot be
        read.
        """
        folder = self.folder / str(step)
        try:
            description = json.loads((folder / _DESCRIPTION).read_text("utf-8"))
            fingerprint, due = description["fingerprint"], description["evaluationDue"] is True
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise TrainingError(
                f"The checkpoint {folder} cannot be read: {sentence(error)}. Delete that folder and resume: the run goes on"
                " from the one before, or from the start."
            ) from None
        if fingerprint != self._fingerprint:
            raise TrainingError(
                f"{folder} was made with another model, other trained weights or other data than the run has now, or by the"
                " other trainer. Start a new run, or put the files back that were changed."
            )
        return folder, due


def newest_checkpoint(run_folder: Path) -> int | None:
    steps = _steps_in(run_folder / "checkpoints")
    return steps[-1] if steps else None


def remove_unfinished(run_folder: Path) -> None:
    """Removes what a killed trainer left half-written. Only the trainer of the run may do so."""
    folder = run_folder / "checkpoints"
    for path in folder.iterdir() if folder.is_dir() else ():
        if not _is_step(path.name):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()


def _steps_in(folder: Path) -> list[int]:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(int(name) for name in names if _is_step(name))


def _is_step(name: str) -> bool:
    return name.isascii() and name.isdigit()
