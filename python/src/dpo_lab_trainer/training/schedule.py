"""Optimizer steps, the pairs of each, and learning rates, as in src/trainer/schedule.ts."""

import math
from dataclasses import dataclass

from ..config import Training
from ..seeded_random import SeededRandom, mix_seeds


@dataclass
class Schedule:
    training: Training
    pairs: int

    def __post_init__(self) -> None:
        self.steps_per_epoch = math.ceil(self.pairs / self.training.batch_size)
        self.total_steps = (
            self.training.steps
            if self.training.steps is not None
            else math.ceil(self.training.epochs * self.steps_per_epoch)
        )
        warmup = self.training.warmup
        self.warmup_steps = math.ceil(warmup * self.total_steps) if warmup < 1 else warmup
        self._shuffled: tuple[int, list[int]] | None = None

    def pairs_of(self, step: int) -> list[int]:
        """Indices of the pairs of a step, 1 at the first; the last step of an epoch may have fewer than the others."""
        epoch = (step - 1) // self.steps_per_epoch
        if self._shuffled is None or self._shuffled[0] != epoch:
            random = SeededRandom(mix_seeds(self.training.seed, epoch))
            self._shuffled = (epoch, random.permutation(self.pairs))
        start = ((step - 1) % self.steps_per_epoch) * self.training.batch_size
        return self._shuffled[1][start : start + self.training.batch_size]

    def share_of_peak(self, done: int) -> float:
        """What the learning rate is multiplied with after `done` steps; the first step of a warm-up has rate 0."""
        if done < self.warmup_steps:
            return done / max(1, self.warmup_steps)
        if self.training.schedule == "constant":
            return 1.0
        progress = (done - self.warmup_steps) / max(1, self.total_steps - self.warmup_steps)
        if self.training.schedule == "linear":
            return max(0.0, 1 - progress)
        return 0.5 * (1 + math.cos(math.pi * progress))

    def learning_rate(self, step: int) -> float:
        return self.training.learning_rate * self.share_of_peak(step - 1)

    def epoch_after(self, step: int) -> float:
        """Passes over the pairs when a step is done."""
        return step / self.steps_per_epoch
