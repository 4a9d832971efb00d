"""
Several processes of one training, as `accelerate launch` starts them, but forked from one process that has imported all
libraries. It begins to do so when the tests begin, beside them.
"""

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess
from pathlib import Path

from support import TinyRun

_PATIENCE = 240
"""Seconds for a group that should end by itself."""


def import_libraries() -> None:
    forkserver.set_forkserver_preload(["dpo_lab_trainer.run", "accelerate.commands.launch"])
    forkserver.ensure_running()


def start_group(
    *runs: TinyRun, count: int = 2, before: Callable[[], None] | None = None, **environment: str
) -> list[BaseProcess]:
    """before: called in each process first. What they write to stderr goes to `errors-<rank>` beside the first run."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folders = [str(run.folder) for run in runs]
    context = multiprocessing.get_context("forkserver")
    arguments = [(rank, count, port, folders, before, environment) for rank in range(count)]
    members: list[BaseProcess] = [context.Process(target=_train, args=one) for one in arguments]
    for member in members:
        member.start()
    return members


def launch(run: TinyRun, *options: str) -> list[BaseProcess]:
    """Through accelerate's launcher, which starts `python -m dpo_lab_trainer`."""
    context = multiprocessing.get_context("forkserver")
    launcher = context.Process(target=_launch, args=(str(run.folder), options))
    launcher.start()
    return [launcher]


def ended(members: list[BaseProcess]) -> list[int | None]:
    """Their exit codes."""
    for member in members:
        member.join(_PATIENCE)
        if member.is_alive():
            member.kill()
            member.join()
    return [member.exitcode for member in members]


def errors_of(run: TinyRun, rank: int) -> str:
    return (run.folder.parent / f"errors-{rank}").read_text()


def _train(
    rank: int,
    count: int,
    port: int,
    folders: list[str],
    before: Callable[[], None] | None,
    environment: dict[str, str],
) -> None:
    _prepare(folders[0], rank, environment)
    if count > 1:
        own = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": count, "LOCAL_WORLD_SIZE": count, "MASTER_PORT": port}
        os.environ |= {"MASTER_ADDR": "127.0.0.1"} | {name: str(value) for name, value in own.items()}
    import torch

    from dpo_lab_trainer.__main__ import main

    torch.set_num_threads(1)
    if before:
        before()
    sys.exit(main(folders))


def _launch(folder: str, options: tuple[str, ...]) -> None:
    _prepare(folder, 0, {})
    from accelerate.commands.launch import main

    sys.argv = ["accelerate-launch", *options, "-m", "dpo_lab_trainer", folder]
    main()


def _prepare(folder: str, rank: int, environment: dict[str, str]) -> None:
    with (Path(folder).parent / f"errors-{rank}").open("w") as errors:
        os.dup2(errors.fileno(), 2)
    os.environ |= {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"} | environment
