"""Answers prompts, with a cache of keys and values."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from ..machine import processes
from ..machine.device import Device
from .sampling import Sampler, prompt_seeds

_AT_ONCE = 16
"""Prompts answered at a time."""


@dataclass
class Answer:
    tokens: list[int] = field(default_factory=list)
    """With the end token, where it came."""
    ended: bool = False
    """False where the limit was reached."""


@dataclass(frozen=True)
class GenerateOptions:
    max_new_tokens: int
    temperature: float
    """0 for the likeliest token."""
    seed: int
    end_tokens: frozenset[int]
    """Generation stops at any of them."""
    before_token: Callable[[], None]
    """What it raises ends the generation."""


def generate(model: Any, device: Device, prompts: list[list[int]], options: GenerateOptions) -> list[Answer]:
    """
    prompts: of one token or more each. Returns answers in the order of the prompts. Where there are several processes,
    each answers all prompts, with the tokens that process 0 chose.
    """
    seeds = prompt_seeds(prompts, options.seed)
    order = sorted(range(len(prompts)), key=lambda index: -len(prompts[index]))
    answers = [Answer() for _ in prompts]
    for start in range(0, len(order), _AT_ONCE):
        indices = order[start : start + _AT_ONCE]
        samplers = [Sampler(options.temperature, seeds[index]) for index in indices]
        batch = [answers[index] for index in indices]
        with torch.no_grad(), device.autocast():
            _answer(model, device, [prompts[index] for index in indices], batch, samplers, options)
    return answers


def _answer(
    model: Any,
    device: Device,
    prompts: list[list[int]],
    answers: list[Answer],
    samplers: list[Sampler],
    options: GenerateOptions,
) -> None:
    width = max(len(prompt) for prompt in prompts)
    fed = torch.tensor([[prompt[0]] * (width - len(prompt)) + prompt for prompt in prompts], device=device.place)
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device.place)
    positions = (mask.cumsum(1) - 1).clamp(min=0)
    cache = None
    for _ in range(options.max_new_tokens):
        options.before_token()
        output = model(
            input_ids=fed,
            attention_mask=mask,
            position_ids=positions,
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=1,
        )
        cache = output.past_key_values
        tokens = processes.from_main(
            [sampler.next(logits) for sampler, logits in zip(samplers, output.logits[:, -1].float(), strict=True)]
        )
        for answer, token in zip(answers, tokens, strict=True):
            if not answer.ended:
                answer.tokens.append(token)
                answer.ended = token in options.end_tokens
        if all(answer.ended for answer in answers):
            return
        fed = torch.tensor(tokens, device=device.place)[:, None]
        mask = torch.cat([mask, torch.ones_like(mask[:, :1])], dim=1)
        positions = positions[:, -1:] + 1
