"""Chooses next tokens as src/trainer/runtime/sampling.ts does, so that both trainers draw the same."""

import numpy as np
import torch
from torch import Tensor

from ..seeded_random import SeededRandom


class Sampler:
    """The likeliest token at temperature 0, else one at random by softmax(logits / temperature)."""

    def __init__(self, temperature: float, seed: int) -> None:
        self._temperature = temperature
        self._random = SeededRandom(seed)

    def next(self, logits: Tensor) -> int:
        """logits: [vocabulary]"""
        if self._temperature == 0:
            return int(torch.argmax(logits))
        values = logits.double().cpu().numpy()
        best = int(values.argmax())
        sums = np.cumsum(np.exp((values - values[best]) / self._temperature))
        token = int(np.searchsorted(sums, self._random.next() * sums[-1], side="right"))
        return token if token < len(sums) else best


def prompt_seeds(prompts: list[list[int]], seed: int) -> list[int]:
    """
    A seed for each prompt that depends on nothing but the seed, the prompt's tokens (FNV-1a) and how many equal prompts
    came before: what is sampled does not change with the company of a prompt.
    """
    seen: dict[int, int] = {}
    seeds = []
    for prompt in prompts:
        value = _hash([seed, *prompt])
        before = seen.get(value, 0)
        seen[value] = before + 1
        seeds.append(_hash([value, before]))
    return seeds


def _hash(numbers: list[int]) -> int:
    value = 0x811C9DC5
    for byte in b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in numbers):
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value
