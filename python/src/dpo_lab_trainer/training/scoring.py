"""Log-probabilities of responses, in nats."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from ..data.tokenize import TokenSequence
from ..machine import processes
from ..machine.device import Device

_AT_ONCE = 8
"""Sequences in one pass through the model."""


@dataclass(frozen=True)
class SequenceScore:
    logp: float
    """Sum over the response tokens."""
    tokens: int
    end_logp: float
    """Log p of the end-of-sequence token after the response, part of the sum or not."""


def token_logps(logits: Tensor, targets: Tensor) -> Tensor:
    """
    Log-probabilities of tokens in float32. logits: [sequences, length, vocabulary]; targets: [sequences, length], the
    tokens that are predicted there.
    """
    return torch.stack([_row_logps(*row) for row in zip(logits, targets, strict=True)])


def _row_logps(logits: Tensor, targets: Tensor) -> Tensor:
    return -torch.nn.functional.cross_entropy(logits.float(), targets, reduction="none")


def pad_right(lists: Iterable[list[int]], value: int, width: int) -> Tensor:
    return torch.tensor([row + [value] * (width - len(row)) for row in lists], dtype=torch.long)


def score(
    model: Any,
    device: Device,
    end_token: int,
    sequences: list[TokenSequence],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[SequenceScore]:
    """
    Scores in the order of the sequences; several processes share the work, and each gets all scores. progress is called
    by all processes together.
    """
    world, rank = processes.world(), processes.rank()
    order = sorted(range(len(sequences)), key=lambda index: -len(sequences[index].tokens))
    rounds = -(-len(order) // (world * _AT_ONCE))
    scores: dict[int, SequenceScore] = {}
    for number in range(rounds):
        start = number * world * _AT_ONCE
        # Every process has something to score in every round: sharded weights are gathered by all together.
        mine = order[start : start + world * _AT_ONCE][rank::world] or order[:1]
        batch = _score_batch(model, device, end_token, [sequences[index] for index in mine])
        for index, result in processes.gather(list(zip(mine, batch, strict=True))):
            scores[index] = result
        progress(min(len(order), start + world * _AT_ONCE), len(order))
    return [scores[index] for index in range(len(sequences))]


def _score_batch(model: Any, device: Device, end_token: int, batch: list[TokenSequence]) -> list[SequenceScore]:
    ends = [_end_position(sequence, end_token) for sequence in batch]
    whole = [
        sequence.tokens if end < len(sequence.tokens) else [*sequence.tokens, end_token]
        for sequence, end in zip(batch, ends, strict=True)
    ]
    width = max(len(tokens) for tokens in whole) - 1
    first = min(sequence.prompt_length for sequence in batch) - 1
    inputs = pad_right((tokens[:-1] for tokens in whole), end_token, width).to(device.place)
    mask = pad_right(([1] * (len(tokens) - 1) for tokens in whole), 0, width).to(device.place)
    targets = pad_right((tokens[1:] for tokens in whole), 0, width).to(device.place)[:, first:]
    with torch.no_grad(), device.autocast():
        logits = model(
            input_ids=inputs,
            attention_mask=mask,
            use_cache=False,
            logits_to_keep=torch.arange(first, width, device=device.place),
        ).logits
    logps = token_logps(logits, targets).double().cpu()
    results = []
    for row, sequence, end in zip(logps, batch, ends, strict=True):
        response = row[sequence.prompt_length - 1 - first : len(sequence.tokens) - 1 - first]
        results.append(SequenceScore(response.sum().item(), len(response), row[end - 1 - first].item()))
    return results


def _end_position(sequence: TokenSequence, end_token: int) -> int:
    """Where the response ends: chat templates write a line break after the end-of-sequence token."""
    for position in range(len(sequence.tokens) - 1, sequence.prompt_length - 1, -1):
        if sequence.tokens[position] == end_token:
            return position
    return len(sequence.tokens)
