"""The LoRA adapter that is trained."""

import math
from typing import Any

import numpy as np
import torch
from peft import LoraConfig

from ..config import Lora
from ..seeded_random import SeededRandom, mix_seeds


def lora_config(lora: Lora) -> LoraConfig:
    return LoraConfig(
        task_type="CAUSAL_LM",
        r=lora.rank,
        lora_alpha=int(lora.alpha) if float(lora.alpha).is_integer() else lora.alpha,  # type: ignore[arg-type]
        lora_dropout=0.0,
        target_modules=list(lora.targets),
        bias="none",
    )


def start_adapter(model: Any, seed: int) -> None:
    """
    The start of src/trainer/models/start-parameters.ts: each A is uniform in (-1 / sqrt(inputs), 1 / sqrt(inputs)), which
    is PEFT's default, and each B is 0. The seed decides A, tensor by tensor, in the order of the layers.
    """
    matrices = [
        (name, parameter) for name, parameter in model.named_parameters() if ".lora_A." in name or ".lora_B." in name
    ]
    for index, (name, parameter) in enumerate(matrices):
        with torch.no_grad():
            if ".lora_B." in name:
                parameter.zero_()
                continue
            bound = 1 / math.sqrt(parameter.shape[1])
            uniforms = SeededRandom(mix_seeds(seed, index)).uniforms(parameter.numel())
            values = ((2 * uniforms - 1) * bound).astype(np.float32).reshape(tuple(parameter.shape))
            parameter.copy_(torch.from_numpy(values))
