"""Where the arithmetic happens, and in which number format."""

import contextlib
import os
import resource
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from ..config import Config
from ..errors import TrainingError
from . import processes

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


@dataclass(frozen=True)
class Device:
    place: torch.device
    precision: str
    """fp32, bf16 or fp16: of the computation; sums of log-probabilities are float32 and more."""
    words: str

    @property
    def dtype(self) -> torch.dtype:
        return DTYPES[self.precision]

    def autocast(self) -> contextlib.AbstractContextManager[object]:
        """As training computes: matrix products in the device's precision, whatever the weights are stored in."""
        if self.precision == "fp32":
            return contextlib.nullcontext()
        return torch.autocast(self.place.type, self.dtype)

    def free(self) -> None:
        if self.place.type == "cuda":
            torch.cuda.empty_cache()

    def memory(self) -> int:
        """Bytes that this process takes on the device at its peak; on the processor, now."""
        if self.place.type == "cuda":
            return torch.cuda.max_memory_reserved(self.place)
        return process_memory()


def choose_device(config: Config) -> Device:
    """Raises TrainingError where the device that was asked for is not there."""
    asked = config.backend.device
    if asked in ("webgpu", "coreml", "dml"):
        raise TrainingError(
            f"backend.device {asked} is offered by the onnx trainer only. Write cuda, cpu or auto, or backend:"
            " { kind: onnx }."
        )
    kind = _kind(asked)
    device = torch.device(kind, int(os.environ.get("LOCAL_RANK", "0"))) if kind == "cuda" else torch.device(kind)
    if kind == "cuda":
        _check_count(torch.cuda.device_count())
        torch.cuda.set_device(device)
    precision = _precision(config.training.precision, kind)
    return Device(device, precision, f"{_words(device)}, {precision}")


def _check_count(gpus: int) -> None:
    """Asked of every process, so that the one that writes is among those that fail."""
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    if here > gpus:
        raise TrainingError(
            f"{here} processes were started on this machine, which has {gpus} GPU{'s'[: gpus != 1]}. Lower"
            " backend.torch.processes, or num_processes in the accelerate config."
        )


def _kind(asked: str) -> str:
    if asked == "cuda" and not torch.cuda.is_available():
        why = (
            f"this PyTorch ({torch.__version__}) was built without CUDA: install the CUDA build"
            if torch.version.cuda is None and torch.version.hip is None
            else "PyTorch sees no GPU: check nvidia-smi, the driver and CUDA_VISIBLE_DEVICES"
        )
        raise TrainingError(f"backend.device is cuda, but {why}. Or write auto, which takes what is there.")
    if asked == "cuda" and forced_to_cpu():
        raise TrainingError(
            "backend.device is cuda, but the accelerate config says to use the processor. Make them agree."
        )
    if asked == "cpu" or forced_to_cpu():
        return "cpu"
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() and processes.world() == 1 else "cpu"


def forced_to_cpu() -> bool:
    return os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes")


def _precision(asked: str, kind: str) -> str:
    has_bf16 = kind == "cuda" and torch.cuda.get_device_capability() >= (8, 0)
    if asked == "auto":
        return "bf16" if has_bf16 else "fp32"
    if asked == "fp16" and kind != "cuda":
        raise TrainingError("training.precision fp16 needs a GPU. Write fp32 or auto.")
    if asked == "bf16" and kind == "cuda" and not has_bf16:
        raise TrainingError(f"{torch.cuda.get_device_name()} has no bf16. Write training.precision: fp16 or fp32.")
    return asked


def _words(device: torch.device) -> str:
    count = processes.world()
    several = f", {count} processes" if count > 1 else ""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device) + several
    threads = torch.get_num_threads()
    return ("Apple GPU" if device.type == "mps" else f"processor, {threads} thread{'s'[: threads != 1]}") + several


def process_memory() -> int:
    """Bytes; on Linux, memory that several mappings share counts once."""
    try:
        with Path("/proc/self/smaps_rollup").open(encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
