"""How much a text repeats itself, as src/core/metrics/repetition.ts computes it."""

from collections.abc import Sequence

STRETCH = 4


def repetition(tokens: Sequence[int]) -> float:
    """The share of stretches of four tokens that occurred before in the same text (seq-rep-4 of Welleck et al. 2020)."""
    stretches = [tuple(tokens[start : start + STRETCH]) for start in range(len(tokens) - STRETCH + 1)]
    return 0.0 if len(stretches) < 2 else 1 - len(set(stretches)) / len(stretches)
