"""Reads run.json, which tells what a run is."""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from .config import Config, read_config
from .errors import TrainingError, sentence
from .own_files import inside_of

RUN_FORMAT = 2


@dataclass(frozen=True)
class Place:
    """Where a config lives and where what is computed for it is kept; absolute."""

    base_folder: Path
    data_folder: Path
    date: str | None = None
    """What templates write where they write the date, such as 2026-12-01: `data.date`, or the day the run was made."""


@dataclass(frozen=True)
class Run:
    id: str
    folder: Path
    config: Config
    nested: dict[str, Any]
    """The config as the file has it."""
    place: Place


def is_wanted(folder: Path) -> bool:
    """
    Whether the run still belongs to the job that started this process. One that was stopped while it waited for its turn
    does not, and may be trained by another job by now.
    """
    job = os.environ.get("DPO_LAB_JOB")
    try:
        status = json.loads((folder / "status.json").read_text("utf-8"))
    except (OSError, ValueError):
        return True
    if job is None or not isinstance(status, dict):
        return True
    handle = status.get("handle")
    return isinstance(handle, dict) and handle.get("pid") == int(job)


def read_run(folder: Path) -> Run:
    """Raises TrainingError where the folder holds no run that this version can train."""
    inside_of(folder.parent.parent, folder.parent.name, folder.name)
    path = folder / "run.json"
    try:
        value = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{folder} holds no run that can be read: {sentence(error)}. Name a folder below .dpo/runs."
        ) from None
    if not isinstance(value, dict) or not isinstance(value.get("format"), int):
        raise TrainingError(f"{path} describes no run. Name a folder below .dpo/runs.")
    if value["format"] > RUN_FORMAT:
        raise TrainingError(f"{folder} was made by a newer DPO Lab. Update DPO Lab to train it.")
    if value.get("id") != folder.name:
        raise TrainingError(f"{path} describes no run with the name of its folder. Was it changed by hand?")
    return Run(
        id=value["id"],
        folder=folder,
        config=read_config(value["config"]),
        nested=value["config"],
        # Whatever the file names: it may have come from elsewhere.
        place=Place(Path(value["baseFolder"]), folder.parent.parent, _date_of(value)),
    )


def _date_of(run: dict[str, Any]) -> str | None:
    data = run["config"].get("data") if isinstance(run["config"], dict) else None
    given = data.get("date") if isinstance(data, dict) else None
    if isinstance(given, str):
        return given
    created = run.get("created")
    return datetime.fromtimestamp(created / 1000).date().isoformat() if isinstance(created, (int, float)) else None
