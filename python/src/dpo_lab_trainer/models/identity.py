"""Identities of models, by which reference log-probabilities are found again, as in src/trainer/models/identity.ts."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

from ..errors import TrainingError, sentence
from ..own_files import inside_of

Progress = Callable[[int, int], None]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def hub_identity(hub_id: str, commit: str) -> str:
    return sha256(f"hub:{hub_id}@{commit}")


def merged_identity(model: str, adapter: str) -> str:
    return sha256(f"merged\n{model}\n{adapter}\n")


def folder_identity(folder: Path, names: list[str], data_folder: Path, progress: Progress) -> str:
    """Of files in a folder: the line `folder`, then a line `<name> <sha256>` for each, sorted by name."""
    hashes = FileHashes(data_folder)
    ordered = sorted(names)
    found = hashes.sha256([folder / name for name in ordered], progress)
    lines = [f"{name} {digest}" for name, digest in zip(ordered, found, strict=True)]
    return sha256("".join(f"{line}\n" for line in ["folder", *lines]))


class FileHashes:
    """
    Hashes of files, remembered in `<data folder>/cache/hashes.json`, which both trainers use, for as long as size and
    time of change stay.
    """

    def __init__(self, data_folder: Path) -> None:
        self._store = inside_of(data_folder, "cache") / "hashes.json"

    def sha256(self, paths: list[Path], progress: Progress) -> list[str]:
        known = self._read()
        added: dict[str, object] = {}
        hashes = []
        stats = [_stat(path) for path in paths]
        total, done = sum(stat.st_size for stat in stats), 0
        for path, stat in zip(paths, stats, strict=True):
            seconds, rest = divmod(stat.st_mtime_ns, 1_000_000_000)
            about = {"size": stat.st_size, "changed": seconds * 1000 + rest / 1e6}
            entry = known.get(str(path))
            if isinstance(entry, dict) and all(entry.get(key) == value for key, value in about.items()):
                digest = str(entry.get("sha256"))
            else:
                digest = _hash_file(path, done, total, progress)
                added[str(path)] = about | {"sha256": digest}
            hashes.append(digest)
            done += stat.st_size
        if added:
            self._remember(added)
        return hashes

    def _read(self) -> dict[str, object]:
        try:
            value = json.loads(self._store.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def _remember(self, added: dict[str, object]) -> None:
        """A cache that cannot be written costs time later, which is no reason to fail."""
        try:
            self._store.parent.mkdir(parents=True, exist_ok=True)
            beside = self._store.with_name(f"hashes.json.{os.getpid()}")
            beside.unlink(missing_ok=True)
            beside.write_text(json.dumps(self._read() | added, indent=1), "utf-8")
            beside.replace(self._store)
        except OSError:
            pass


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {sentence(error.strerror or error)}.") from None


def _hash_file(path: Path, before: int, total: int, progress: Progress) -> str:
    digest = hashlib.sha256()
    done = before
    with path.open("rb") as file:
        while chunk := file.read(1 << 24):
            digest.update(chunk)
            done += len(chunk)
            progress(done, total)
    return digest.hexdigest()
