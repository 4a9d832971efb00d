import pytest

from dpo_lab_trainer.generation.repetition import repetition


# Counted by hand; test/core/repetition.test.ts has the same rows.
@pytest.mark.parametrize(
    ("tokens", "share"),
    [
        ([], 0),
        ([1, 2, 3, 4], 0),
        ([1, 2, 3, 4, 5, 6], 0),
        ([1, 2, 3, 4, 1, 2, 3, 4], 0.2),
        ([7, 7, 7, 7, 7, 7], 2 / 3),
        ([7, 0, 7, 0, 7, 0, 7, 0], 0.6),
    ],
)
def test_counts_stretches_that_occurred_before(tokens, share):
    assert repetition(tokens) == pytest.approx(share)
