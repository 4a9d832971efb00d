"""
The random numbers of src/core/seeded-random.ts: mulberry32, 32 bits of state. The same seed gives the same stream in
both trainers, bit for bit.
"""

import numpy as np

_STEP = 0x6D2B79F5
_ALL = 0xFFFFFFFF


class SeededRandom:
    def __init__(self, seed: int) -> None:
        """seed: a whole number; its lowest 32 bits count."""
        self._state = seed & _ALL

    def uniforms(self, count: int) -> np.ndarray:
        """The next numbers, uniform in [0, 1), multiples of 2^-32. Shape [count], float64."""
        steps = np.arange(1, count + 1, dtype=np.uint64) * np.uint64(_STEP)
        state = ((np.uint64(self._state) + steps) & np.uint64(_ALL)).astype(np.uint32)
        self._state = (self._state + count * _STEP) & _ALL
        mixed = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
        mixed ^= mixed + (mixed ^ (mixed >> np.uint32(7))) * (mixed | np.uint32(61))
        return (mixed ^ (mixed >> np.uint32(14))).astype(np.float64) / 2.0**32

    def next(self) -> float:
        return float(self.uniforms(1)[0])

    def permutation(self, count: int) -> list[int]:
        """0 to count - 1 in a random order (Fisher-Yates from the end)."""
        order = list(range(count))
        if count < 2:
            return order
        lasts = np.arange(count - 1, 0, -1)
        others = np.floor(self.uniforms(count - 1) * (lasts + 1)).astype(np.int64)
        for last, other in zip(lasts.tolist(), others.tolist(), strict=True):
            order[last], order[other] = order[other], order[last]
        return order


def mix_seeds(*parts: int) -> int:
    """A seed for one of many streams that shall not resemble each other."""
    state = 0
    for part in parts:
        state = ((state ^ (part & _ALL)) * 0x85EBCA6B) & _ALL
        state = ((state ^ (state >> 13)) * 0xC2B2AE35) & _ALL
        state ^= state >> 16
    return state
