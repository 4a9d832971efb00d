"""
Cuts optimizer steps into micro-batches. All processes know all pairs of a step, so each can weigh its own: the gradient is
that of the mean over the pairs of the step, however they are cut.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import DataLoader, Dataset, Sampler

from ..machine import processes
from .referenced_pair import ReferencedPair
from .schedule import Schedule
from .scoring import pad_right


@dataclass(frozen=True)
class Slot:
    """A pair in a micro-batch."""

    index: int
    real: bool
    """False where a process has fewer pairs than the others and repeats one that does not count."""
    step_pairs: int
    """Pairs of the whole step, in all processes."""
    step_chosen_tokens: int
    """Tokens of their chosen responses."""


@dataclass(frozen=True)
class Item:
    slot: Slot
    pair: ReferencedPair


class Items(Dataset[Item]):
    def __init__(self, pairs: list[ReferencedPair]) -> None:
        self._pairs = pairs

    def __len__(self) -> int:
        return len(self._pairs)

    def __getitem__(self, slot: Slot) -> Item:
        return Item(slot, self._pairs[slot.index])


class StepBatches(Sampler[list[Slot]]):
    """The micro-batches of an epoch for this process; every process has equally many."""

    def __init__(self, schedule: Schedule, pairs: list[ReferencedPair], micro_batch_size: int) -> None:
        self.epoch = 0
        self._schedule = schedule
        self._pairs = pairs
        self._micro = micro_batch_size
        self.per_step = self._count(min(schedule.training.batch_size, len(pairs)))
        last = len(pairs) - (schedule.steps_per_epoch - 1) * schedule.training.batch_size
        self._per_epoch = (schedule.steps_per_epoch - 1) * self.per_step + self._count(last)

    def __len__(self) -> int:
        return self._per_epoch

    def __iter__(self) -> Iterator[list[Slot]]:
        first = self.epoch * self._schedule.steps_per_epoch + 1
        for step in range(first, first + self._schedule.steps_per_epoch):
            yield from self._micro_batches(self._schedule.pairs_of(step))

    def _count(self, pairs: int) -> int:
        a_process = math.ceil(pairs / processes.world())
        return math.ceil(a_process / self._micro)

    def _micro_batches(self, indices: list[int]) -> Iterator[list[Slot]]:
        chosen = sum(self._pairs[index].pair.chosen.response_tokens for index in indices)
        # Pairs of similar length together: less padding, and processes that need equally long.
        by_length = sorted(indices, key=lambda index: (-self._pairs[index].pair.tokens, index))
        mine = by_length[processes.rank() :: processes.world()]
        for number in range(self._count(len(indices))):
            part = mine[number * self._micro : (number + 1) * self._micro]
            yield [Slot(index, True, len(indices), chosen) for index in part] or [
                Slot(by_length[-1], False, len(indices), chosen)
            ]


def make_loader(pairs: list[ReferencedPair], batches: StepBatches, pad_token: int) -> DataLoader[Item]:
    return DataLoader(
        Items(pairs),
        batch_sampler=batches,
        collate_fn=lambda items: collate(items, pad_token),
    )


def collate(items: list[Item], pad_token: int) -> dict[str, Any]:
    """
    Whole numbers alone, because engines round what else a batch holds. Rows are the chosen responses of all pairs, then
    the rejected ones: tokens that go through the model [2 pairs, width], the tokens that they predict from column `first`
    on [2 pairs, width - first], and which of those are scored.
    """
    sequences = [item.pair.pair.chosen for item in items] + [item.pair.pair.rejected for item in items]
    width = max(len(sequence.tokens) for sequence in sequences) - 1
    first = min(sequence.prompt_length for sequence in sequences) - 1
    scored = [[0] * (sequence.prompt_length - 1 - first) + [1] * sequence.response_tokens for sequence in sequences]
    slot = items[0].slot
    return {
        "input_ids": pad_right((sequence.tokens[:-1] for sequence in sequences), pad_token, width),
        "attention_mask": pad_right(([1] * (len(sequence.tokens) - 1) for sequence in sequences), 0, width),
        "targets": pad_right((sequence.tokens[first + 1 :] for sequence in sequences), 0, width - first),
        "scored": pad_right(scored, 0, width - first),
        "indices": torch.tensor([item.slot.index for item in items]),
        "first": first,
        "real": slot.real,
        "step_pairs": slot.step_pairs,
        "step_chosen_tokens": slot.step_chosen_tokens,
    }
