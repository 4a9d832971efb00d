"""
Files and folders that only our own programs write: the rules of src/node/files/own-files.ts. A folder of runs can come from
a repository, and git carries links.
"""

import contextlib
import errno
import os
import shutil
from pathlib import Path

from .errors import TrainingError

_LINKED = "DPO_LAB_LINKED_FOLDERS"
"""Names folders, as PATH does, into which links may lead."""
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def inside_of(folder: Path, *names: str) -> Path:
    """
    The path of a place below a folder. Raises TrainingError where a symbolic link on the way leads out of the folder, and not
    into one that the user has named.
    """
    way = folder
    for name in names:
        way = way / name
        if way.is_symlink() and not any(_leads_into(way, place) for place in (folder, *_linked_folders())):
            raise TrainingError(
                f"{way} is a symbolic link that leads out of {folder}. Nothing is written or deleted there. Remove the link,"
                f" or name the folder that it leads to in the environment variable {_LINKED} if the link is yours."
            )
    return way


def open_to_append(path: Path, mode: int = 0o600) -> int:
    """The descriptor, also for reading. Raises TrainingError where the name is a symbolic link."""
    try:
        if path.is_symlink():
            raise OSError(errno.ELOOP, "a symbolic link")
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | _NO_FOLLOW, mode)
    except OSError as error:
        if error.errno not in (errno.ELOOP, errno.EMLINK):
            raise
        raise TrainingError(
            f"{path} is a symbolic link, and nothing is written through it. Remove the link and try again."
        ) from None


def remove(path: Path) -> None:
    """A file, a folder with all in it, or a link, which is not followed. What does not exist is no failure."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def sync_files(folder: Path) -> None:
    """Has the files of a folder survive a power failure, and then their names, from the innermost folder outwards."""
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            _sync(Path(place) / name, os.O_RDWR)
        sync_folder(Path(place))


def sync_folder(folder: Path) -> None:
    """Some file systems, and Windows, cannot be asked for that."""
    with contextlib.suppress(OSError):
        _sync(folder, os.O_RDONLY)


def _sync(path: Path, flags: int) -> None:
    file = os.open(path, flags)
    try:
        os.fsync(file)
    finally:
        os.close(file)


def _linked_folders() -> list[Path]:
    named = os.environ.get(_LINKED, "").split(os.pathsep)
    return [Path(name) for name in named if Path(name).is_absolute()]


def _leads_into(link: Path, folder: Path) -> bool:
    try:
        return link.resolve(strict=True).is_relative_to(folder.resolve(strict=True))
    except (OSError, RuntimeError):
        return False
