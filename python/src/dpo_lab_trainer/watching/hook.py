"""Waits for the trainer's modules to be loaded, and adds to them what watches."""

import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

Change = Callable[[ModuleType], None]


class _Changer(importlib.abc.Loader):
    """Loads a module as its own loader does, and changes it at once."""

    def __init__(self, loader: Any, change: Change) -> None:
        self._loader = loader
        self._change = change

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        try:
            self._change(module)
        except Exception as error:
            print(f"DPO Lab: the run is not watched: {error!r}", file=sys.stderr)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, changes: dict[str, Change]) -> None:
        self._changes = changes

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        change = self._changes.get(fullname)
        if change is None:
            return None
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None and spec.loader is not None:
                spec.loader = _Changer(spec.loader, change)
                return spec
        return None


def install() -> None:
    """Nothing is imported before the trainer itself imports it: most processes of a command never train."""
    changes: dict[str, Change] = {"transformers.trainer": _watch_trainers}
    if os.environ.get("DPO_LAB_REFERENCES"):
        changes["trl.trainer.dpo_trainer"] = _share_table
    sys.meta_path.insert(0, _Finder(changes))


def _watch_trainers(module: ModuleType) -> None:
    from .attach import attach

    attach(module.Trainer)


def _share_table(module: ModuleType) -> None:
    from .reference_table import share

    share(module.DPOTrainer)
