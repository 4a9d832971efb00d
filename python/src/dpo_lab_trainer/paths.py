"""Tells paths from hub ids, as src/node/files/paths.ts does."""

import os
import re
from pathlib import Path

from .errors import TrainingError

_HUB_ID = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)


def path_or_hub_id(text: str, base_folder: Path) -> Path | str:
    """
    A Path, or a hub id as text. A path is absolute, starts with `.` or `~`, has a backslash, or exists from
    `base_folder`; what is left and looks like `name` or `organization/name` is a hub id.
    """
    check_path(text)
    path = resolve_path(text, base_folder)
    if Path(text).is_absolute() or text[0] in ".~" or "\\" in text:
        return path
    if _HUB_ID.fullmatch(text) and not os.path.lexists(path):
        return text
    return path


def check_path(text: str) -> None:
    """A config must not make this machine greet a server: opening a network path can send credentials to it."""
    if text.strip() == "":
        raise TrainingError("The path is empty. Write a path or a hub id.")
    if re.match(r"[\\/]{2}", text):
        raise TrainingError(
            f"{text} is a network path, which is not opened. Map it to a drive or mount it, and use that path."
        )
    if "\0" in text:
        raise TrainingError("The path has a null character in it. Write it again.")


def resolve_path(text: str, base_folder: Path) -> Path:
    """The absolute path; `~` is the home folder."""
    return Path(os.path.normpath(base_folder / expand_home(text)))


def expand_home(text: str) -> str:
    return str(Path.home()) + text[1:] if re.match(r"~(?=$|[\\/])", text) else text


def shown_path(path: Path, base_folder: Path) -> str:
    """As short as is still clear: relative where it lies below `base_folder`."""
    return str(path.relative_to(base_folder)) if path.is_relative_to(base_folder) else str(path)
