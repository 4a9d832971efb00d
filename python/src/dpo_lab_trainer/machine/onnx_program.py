"""The onnx trainer's program, which does for this trainer what both have to do alike: see src/trainer/main.ts."""

import json
import os
import subprocess
from typing import IO

from ..errors import TrainingError


def start(*arguments: str, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
    """Raises TrainingError where no job has named the program, or it cannot be started."""
    command = os.environ.get("DPO_LAB_ONNX_TRAINER")
    if command is None:
        raise TrainingError(
            "Pairs are read and templates rendered by a program of DPO Lab that its job names as DPO_LAB_ONNX_TRAINER. Start"
            " the run with dpo-lab train or dpo-lab resume."
        )
    program = [*json.loads(command), *arguments]
    try:
        return subprocess.Popen(program, stdin=stdin, stdout=subprocess.PIPE)
    except OSError as error:
        raise TrainingError(f"{program[0]} cannot be started: {error.strerror}.") from None


def output_of(child: "subprocess.Popen[bytes]") -> IO[bytes]:
    assert child.stdout is not None
    return child.stdout


def ended(child: "subprocess.Popen[bytes]", doing: str) -> TrainingError:
    """doing: what it should have done, such as "Reading the pairs"."""
    return TrainingError(f"{doing} ended with exit code {child.wait()}. See the log of the run.")
