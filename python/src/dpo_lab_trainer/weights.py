"""
The weights that are in memory. Runs that train adapters of one model share its weights: an adapter is taken off when its
run ends, and the next one is put on.
"""

import contextlib
import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch

from .config import Config
from .machine.device import DTYPES, Device
from .machine.sharding import is_fsdp, is_sharded, loading_whole
from .models.load import load_quantized, load_weights
from .models.opened_model import OpenedModel


def is_quantized(config: Config) -> bool:
    return config.training.method == "lora" and config.training.lora.quantize != "none"


class WeightStore:
    def __init__(self) -> None:
        self._key: object = None
        self._policy: Any = None

    def policy(self, model: OpenedModel, config: Config, device: Device) -> Any:
        """The starting policy, without an adapter of ours. Loaded where it is not in memory as it is on disk."""
        full = config.training.method == "full"
        # Steps of DPO change most weights by less than half a unit in the last place of 16 bits.
        dtype = torch.float32 if full else device.dtype
        quantized = is_quantized(config)
        key = (model.identity, dtype, device.place, quantized)
        if self._policy is None or self._key != key:
            self.drop(device)
            place = torch.device("cpu") if is_sharded() else device.place
            # Where FSDP gets them from the first process, the others need none.
            with contextlib.nullcontext() if is_fsdp() else loading_whole():
                weights = load_quantized(model, dtype, place) if quantized else load_weights(model, dtype, place)
            self._policy, self._key = weights, key
        if full:
            # PEFT froze them for a run before.
            self._policy.requires_grad_(True)
        return self._policy

    def drop(self, device: Device) -> None:
        """Frees the policy, or forgets it because training changed it."""
        self._policy = self._key = None
        gc.collect()
        device.free()


@contextmanager
def loaded(model: OpenedModel, dtype: str, device: Device) -> Iterator[tuple[Any, Device]]:
    """
    A model for as long as it is needed, and how to compute with it. dtype: `reference.dtype`; auto is as the policy
    computes.
    """
    with loading_whole():
        weights = load_weights(model, device.dtype if dtype == "auto" else DTYPES[dtype], device.place)
    computing = device
    if dtype != "auto":
        if device.place.type == "cuda":
            computing = replace(device, precision=dtype)
        else:
            # The processor computes in float32 with weights that were rounded.
            weights, computing = weights.float(), replace(device, precision="fp32")
    try:
        yield weights, computing
    finally:
        del weights
        gc.collect()
        device.free()
