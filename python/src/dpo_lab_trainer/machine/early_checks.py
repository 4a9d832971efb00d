"""
What a config alone tells to be wrong, before the libraries that train are loaded: that takes four times as long as loading
PyTorch, which is all that is needed here.
"""

from pathlib import Path

from ..reporters import check_reporters
from ..run_file import read_run
from ..training.objective import objective_of
from .device import choose_device


def check_early(folder: Path) -> None:
    """Of the first run, from which the others of a process differ in beta and seed alone. Raises TrainingError."""
    config = read_run(folder).config
    objective_of(config)
    choose_device(config)
    check_reporters(config.backend.torch.report_to or [])
