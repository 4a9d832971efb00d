"""
Python loads this at its start where this folder is on PYTHONPATH, in every process that a trainer's command starts. It adds
our callback to the trainer that DPO Lab watches, and then loads the sitecustomize of the user, which it hides.
"""

import importlib.machinery
import importlib.util
import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - nothing more is loaded into other programs


def _watch() -> None:
    """Programs of other environments run this too, so that it must do nothing where anything is missing."""
    wheel = os.path.dirname(os.path.dirname(_HERE))  # noqa: PTH120
    sys.path.append(wheel)
    try:
        from dpo_lab_trainer.watching import hook

        hook.install()
    except Exception as error:
        print(f"DPO Lab: the run is not watched: {error!r}", file=sys.stderr)


def _load_hidden() -> None:
    """The module of the same name that Python would have loaded without this folder."""
    hidden = [place for place in sys.path if os.path.abspath(place) != _HERE]  # noqa: PTH100
    finder = importlib.machinery.PathFinder
    spec = finder.find_spec("sitecustomize", hidden)
    if spec is None or spec.loader is None:
        return
    module = importlib.util.module_from_spec(spec)
    sys.modules["sitecustomize"] = module
    spec.loader.exec_module(module)


if os.environ.get("DPO_LAB_RUN"):
    _watch()
_load_hidden()
