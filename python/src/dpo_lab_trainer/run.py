"""Trains run folders, one after the other, in this process."""

import gc
import sys
import warnings
from functools import partial
from pathlib import Path

import torch
import transformers

from .errors import OutOfMemoryError, Stopped, TrainingError, sentence
from .lease import LeaseLost
from .machine import processes
from .machine.device import choose_device, forced_to_cpu
from .machine.memory import is_out_of_memory, out_of_memory
from .machine.sharding import check_processors
from .process_cache import ProcessCache
from .requests import Requests, Signals
from .run_file import Run, is_wanted, read_run
from .run_log import RunLog
from .training.checkpoints import newest_checkpoint, newest_sound, remove_unfinished
from .training.prepare import Prepared, prepare
from .training.train import train


def train_runs(folders: list[Path]) -> int:
    """
    The exit code: 1 where a run failed, which does not keep the next ones from being trained. What is no failure of a run
    but a bug is raised.
    """
    # What TRL and transformers say of each other is nothing that a user could change.
    warnings.simplefilter("ignore", FutureWarning)
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    _join_processes(folders[0])
    # What the libraries brought stays; looking through it takes a third of a second each time.
    gc.freeze()
    signals = Signals()
    cache = ProcessCache()
    code = 0
    for folder in folders:
        if any(processes.gather([signals.must_stop])):
            break
        if not processes.on_main(partial(is_wanted, folder)):
            continue
        try:
            _train_run(folder, signals, cache)
        except OutOfMemoryError as error:
            print(error, file=sys.stderr)
            if processes.world() > 1:
                # The others wait for this process in the middle of a step, until their launcher ends them.
                return 1
            code = 1
        except TrainingError as error:
            print(error, file=sys.stderr)
            cache.kept.clear()
            code = 1
    _leave_processes()
    return code


def _train_run(folder: Path, signals: Signals, cache: ProcessCache) -> None:
    run = read_run(folder)
    requests = Requests(folder, run.id, signals)
    main = processes.is_main()
    if processes.on_main(lambda: requests.is_taken):
        return
    warnings_before: list[str] = []
    processes.on_main(lambda: remove_unfinished(folder))
    resume_from = processes.on_main(lambda: newest_sound(folder, warnings_before.append))
    log = RunLog(folder, -1 if resume_from is None else resume_from, writes=main)
    try:
        for message in warnings_before:
            log.warn(message)
        prepared = _prepared(run, log, requests, signals, cache)
        train(prepared, run, resume_from, log, requests, cache)
    except LeaseLost:
        print(f"{folder} belongs to another job now: nothing more is written there.", file=sys.stderr)
    except Stopped:
        log.say("stopped", step=newest_checkpoint(folder) or 0)
    except TrainingError as error:
        if not main and isinstance(error, OutOfMemoryError):
            # Process 0 may not live to tell.
            log = RunLog(folder, sys.maxsize)
        log.say("failed", message=str(error))
        raise
    finally:
        log.close()


def _prepared(run: Run, log: RunLog, requests: Requests, signals: Signals, cache: ProcessCache) -> Prepared:
    try:
        return prepare(run, log, requests, cache)
    except TrainingError:
        # A signal to the group also ends the programs that this one waits for. A resumed run meets any other failure again.
        if signals.must_stop:
            raise Stopped from None
        raise
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        device = choose_device(run.config)
        cache.weights.drop(device)
        raise out_of_memory(device, run.config, None) from error


def _join_processes(folder: Path) -> None:
    """Of one `accelerate launch`. Each finds the others by its environment."""
    if processes.world() == 1:
        return
    from accelerate import PartialState

    asked = read_run(folder).config.backend.device
    try:
        PartialState(cpu=asked == "cpu" or forced_to_cpu() or not torch.cuda.is_available())
    except RuntimeError as error:
        raise TrainingError(
            f"The {processes.world()} processes did not find each other: {sentence(error)}. If a port is in use, name"
            " another as main_process_port in the accelerate config."
        ) from error
    check_processors()


def _leave_processes() -> None:
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        torch.distributed.destroy_process_group()
