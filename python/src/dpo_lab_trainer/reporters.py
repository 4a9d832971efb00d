"""Programs such as wandb and tensorboard, which get the training metrics too, through TRL."""

import importlib.util
import os
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from .errors import TrainingError, sentence

_OPTION = "backend.torch.report_to"
_KNOWN = ("wandb", "tensorboard", "trackio", "mlflow")


def check_reporters(names: list[str]) -> None:
    """Raises TrainingError where one of them cannot be used, before anything is loaded."""
    for name in names:
        if name not in _KNOWN:
            raise TrainingError(f"{_OPTION} names {name}, which is not known to this torch trainer. Remove it there.")
        if not _is_installed(name):
            raise TrainingError(
                f"{_OPTION} names {name}, which is not installed. Install it with {sys.executable} -m pip install"
                f" {name}, or remove it from {_OPTION}."
            )
    if "wandb" in names and os.environ.get("WANDB_MODE") not in ("offline", "disabled", "dryrun"):
        _check_login()


def start_reporters(trainer: Any, names: list[str], run_folder: Path) -> None:
    """A failure of one is told in words, and what tensorboard reads lies in the run folder."""
    for name, callback in _callbacks(trainer, names):
        callback.on_train_begin = partial(_begin, name, callback.on_train_begin)
        if name == "tensorboard":
            callback.logging_dir = str(run_folder / "tensorboard")


def end_reporters(trainer: Any, names: list[str]) -> None:
    """The run that is trained next in this process gets reports of its own. What fails here costs no run."""
    for name, callback in _callbacks(trainer, names):
        try:
            if name == "tensorboard" and callback.tb_writer is not None:
                callback.tb_writer.close()
            elif name == "wandb":
                callback._wandb.finish()
            elif name == "mlflow":
                callback._ml_flow.end_run()
            elif name == "trackio" and callback._initialized:
                callback._trackio.finish()
        except Exception:
            traceback.print_exc()


def _callbacks(trainer: Any, names: list[str]) -> list[tuple[str, Any]]:
    from transformers.integrations import INTEGRATION_TO_CALLBACK

    kinds = {INTEGRATION_TO_CALLBACK[name]: name for name in names}
    callbacks = trainer.callback_handler.callbacks
    return [(kinds[type(callback)], callback) for callback in callbacks if type(callback) in kinds]


def _begin(name: str, begin: Callable[..., None], *args: Any, **kwargs: Any) -> None:
    try:
        begin(*args, **kwargs)
    except Exception as error:
        raise TrainingError(
            f"{name} cannot be reported to: {sentence(error)}. Mend that, or remove {name} from {_OPTION}."
        ) from error


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


def _check_login() -> None:
    """No key is looked up on the network, nor asked for: a job has no terminal."""
    import wandb

    try:
        wandb.login(verify=False)
    except Exception as error:
        raise TrainingError(
            f"{_OPTION} names wandb, which takes no login: {sentence(error)}. Run wandb login once, or start dpo-lab or VS"
            " Code with WANDB_API_KEY or WANDB_MODE=offline in the environment."
        ) from error
