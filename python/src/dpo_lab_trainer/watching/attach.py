"""Gives the trainer that is to be watched its callback."""

import os
from typing import Any

_PREFERENCE = ("DPO", "CPO", "ORPO", "SimPO", "KTO", "IPO")


def is_preference_trainer(trainer: Any) -> bool:
    """By the names of its classes: trainers of all libraries name the method."""
    return any(method in base.__name__ for base in type(trainer).__mro__ for method in _PREFERENCE)


def attach(trainer_class: Any) -> None:
    """
    The first preference trainer of the process gets the callback when it begins to train. It resumes where DPO Lab resumes
    the run, also where the trainer's command passes no checkpoint on.
    """
    train = trainer_class.train
    watched: list[Any] = []

    def watched_train(self: Any, resume_from_checkpoint: Any = None, *args: Any, **kwargs: Any) -> Any:
        if not watched and is_preference_trainer(self):
            from .callback import WatchingCallback

            watched.append(self)
            self.add_callback(WatchingCallback(self, os.environ["DPO_LAB_RUN"]))
            resume_from_checkpoint = resume_from_checkpoint or os.environ.get("DPO_LAB_RESUME") or None
        return train(self, resume_from_checkpoint, *args, **kwargs)

    trainer_class.train = watched_train
