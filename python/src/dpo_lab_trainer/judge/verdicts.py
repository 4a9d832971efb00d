"""What a judge sees and says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class JudgedText:
    text: str
    ended: bool
    """False where it reached the limit of its length."""


@dataclass(frozen=True)
class JudgedItem:
    prompt: str
    policy: JudgedText
    reference: JudgedText


@dataclass(frozen=True)
class Verdicts:
    win_rate: float
    """Share of items in which the policy's text is better; ties count half."""
    policy_scores: list[float] | None = None
    """One an item, where the judge gives scores."""
    reference_scores: list[float] | None = None


def win_rate(scores: list[float], against: list[float]) -> float:
    won = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in zip(scores, against, strict=True)]
    return sum(won) / len(won)
