"""What a run's memory goes to, told where it runs out."""

import os
from dataclasses import dataclass
from typing import Any

import torch

from ..config import Config
from ..errors import OutOfMemoryError
from .device import Device

_GIB = 2**30


@dataclass(frozen=True)
class MemoryUse:
    """Bytes, of this process."""

    weights: int
    trained: int
    """Gradients and the two moments of AdamW, in float32."""


def memory_use(model: Any) -> MemoryUse:
    parameters = list(model.parameters())
    weights = sum(parameter.numel() * parameter.element_size() for parameter in parameters)
    return MemoryUse(weights, 12 * sum(parameter.numel() for parameter in parameters if parameter.requires_grad))


def is_out_of_memory(error: BaseException) -> bool:
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or (
        isinstance(error, RuntimeError) and "can't allocate memory" in str(error)
    )


def out_of_memory(device: Device, config: Config, use: MemoryUse | None) -> OutOfMemoryError:
    """use: None where the weights were not loaded yet."""
    where, has = _capacity(device)
    training, data = config.training, config.data
    parts = []
    if use:
        parts = [f"weights {_gib(use.weights)}", f"gradients and AdamW moments {_gib(use.trained)}"]
        taken = f" of which it took {_gib(device.memory())}" if device.place.type == "cuda" else ""
        pairs = (
            f"{training.micro_batch_size} pair{'s'[: training.micro_batch_size != 1]} of up to {data.max_length} tokens"
        )
        parts.append(f"the rest activations and logits of {pairs} twice{taken}")
    advice = [
        f"training.micro_batch_size (now {training.micro_batch_size})",
        f"data.max_length (now {data.max_length})",
    ]
    if training.micro_batch_size == 1:
        advice = advice[1:]
    other = " or train with LoRA (training.method: lora)," if training.method == "full" else ""
    return OutOfMemoryError(
        f"Memory ran out on {where}, which has {has}{': ' if parts else ''}{', '.join(parts)}. Lower {' or '.join(advice)},"
        f"{other} or spread the model over GPUs with backend.torch.accelerate_config."
    )


def _capacity(device: Device) -> tuple[str, str]:
    if device.place.type == "cuda":
        total = torch.cuda.get_device_properties(device.place).total_memory
        return torch.cuda.get_device_name(device.place), _gib(total)
    try:
        return "this machine", _gib(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (ValueError, OSError):
        return "this machine", "too little"


def _gib(number: float) -> str:
    return f"{number / _GIB:.1f} GiB"
