"""The checkpoints of a run: folders named by their step, each complete or absent."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import TrainingError, sentence
from ..own_files import inside_of, remove, sync_files, sync_folder
from ..run_log import disk_error

_FORMAT = 1
_DESCRIPTION = "checkpoint.json"
_FOLDER = "checkpoints"
_LEFT = re.compile(r"checkpoint-\d+|(\d+)\.old", re.ASCII)
"""What a killed trainer can leave half-written."""


class Checkpoints:
    def __init__(self, run_folder: Path, fingerprint: str, keep: int) -> None:
        """
        fingerprint: of what a state belongs to: the model, what is trained of it, and the data. Raises TrainingError where
        the folder is a link that leads elsewhere.
        """
        self.folder = inside_of(run_folder, _FOLDER)
        self._fingerprint = fingerprint
        self._keep = keep

    def unfinished(self, step: int) -> Path:
        """Where transformers writes one."""
        return self.folder / f"checkpoint-{step}"

    def complete(self, step: int, evaluation_due: bool, is_taken: Callable[[], bool]) -> bool:
        """
        Gives a checkpoint that was written its place, and removes old ones. evaluation_due: the evaluation at this step
        was cut short, and a resumed run begins with it. is_taken: whether another job has the run by now, asked when all
        is on disk, which can take longer than a job waits for a sign of life; then nothing is done, and it returns False.
        """
        written, target = self.unfinished(step), self.folder / str(step)
        try:
            description = {
                "format": _FORMAT,
                "step": step,
                "fingerprint": self._fingerprint,
                "evaluationDue": evaluation_due,
                "sha256": _hashes(written),
            }
            (written / _DESCRIPTION).write_text(json.dumps(description), "utf-8")
            sync_files(written)
            if is_taken():
                return False
            # The one of that step before stays until the new one has its name: remove_unfinished brings it back.
            before = self.folder / f"{step}.old"
            remove(before)
            if target.exists():
                target.rename(before)
            written.rename(target)
            sync_folder(self.folder)
            remove(before)
        except OSError as error:
            raise disk_error(error, written) from error
        for old in _steps_in(self.folder)[: -self._keep]:
            remove(self.folder / str(old))
        return True

    def read(self, step: int) -> tuple[Path, bool]:
        """
        The folder, and whether an evaluation is due. Raises TrainingError where it belongs to something else, or cannot be
        read. Its files are checked before, by newest_sound.
        """
        folder = self.folder / str(step)
        try:
            description = _describe(folder)
            fingerprint, due = description["fingerprint"], description["evaluationDue"] is True
        except (OSError, ValueError, LookupError) as error:
            raise _unreadable(folder, error) from None
        if fingerprint != self._fingerprint:
            raise TrainingError(
                f"{folder} was made with another model, other trained weights or other data than the run has now, or by the"
                " other trainer. Start a new run, or put the files back that were changed."
            )
        return folder, due


def newest_checkpoint(run_folder: Path) -> int | None:
    steps = _steps_in(run_folder / "checkpoints")
    return steps[-1] if steps else None


def newest_sound(run_folder: Path, warn: Callable[[str], None]) -> int | None:
    """
    The step of the newest checkpoint whose files are as they were written. A newer one that is damaged is set aside under
    another name, and reported; where none is sound, all stay. Raises TrainingError where there are checkpoints and none is
    sound.
    """
    folder = inside_of(run_folder, _FOLDER)
    damaged: list[tuple[int, Exception]] = []
    for step in reversed(_steps_in(folder)):
        error = _damage_of(folder / str(step))
        if error is not None:
            damaged.append((step, error))
            continue
        for bad, why in damaged:
            aside = folder / f"{bad}.damaged"
            remove(aside)
            (folder / str(bad)).rename(aside)
            warn(
                f"The checkpoint of step {bad} is damaged: {sentence(why)}. Training continues from step {step}. The damaged"
                f" one lies in {aside}; delete it when you no longer need it."
            )
        return step
    if damaged:
        raise _unreadable(folder / str(damaged[0][0]), damaged[0][1])
    return None


def remove_unfinished(run_folder: Path) -> None:
    """
    Removes what a killed trainer left half-written, and nothing else that lies there. Only the trainer of the run may do
    so. Raises TrainingError where the folder is a link that leads elsewhere.
    """
    folder = inside_of(run_folder, _FOLDER)
    for path in list(folder.iterdir()) if folder.is_dir() else ():
        left = _LEFT.fullmatch(path.name)
        if not left:
            continue
        # It was killed between taking the old one away and naming the new one.
        if left[1] and not (folder / left[1]).exists():
            path.rename(folder / left[1])
        else:
            remove(path)


def _describe(folder: Path) -> dict[str, Any]:
    description = json.loads((folder / _DESCRIPTION).read_text("utf-8"))
    if not isinstance(description, dict):
        raise ValueError("its description is no object")
    return description


def _damage_of(folder: Path) -> Exception | None:
    try:
        wanted = _describe(folder).get("sha256")
        # One of an older version has none.
        if wanted is None:
            return None
        found = _hashes(folder)
        names = set(found) | set(wanted)
        changed = sorted(name for name in names if found.get(name) != wanted.get(name))
        return ValueError(f"{changed[0]} is not what was written") if changed else None
    except (OSError, ValueError, AttributeError, TypeError) as error:
        return error


def _hashes(folder: Path) -> dict[str, str]:
    """SHA-256 of each file but the description, by its path in the folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / _DESCRIPTION)
    return {path.relative_to(folder).as_posix(): _hash(path) for path in files}


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _unreadable(folder: Path, error: Exception) -> TrainingError:
    return TrainingError(
        f"The checkpoint {folder} cannot be read: {sentence(error)}. Delete that folder and resume: the run continues from"
        " the one before, or from the start."
    )


def _steps_in(folder: Path) -> list[int]:
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(int(name) for name in names if _is_step(name))


def _is_step(name: str) -> bool:
    return name.isascii() and name.isdigit()
