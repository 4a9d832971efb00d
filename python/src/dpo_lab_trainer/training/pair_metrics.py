"""What is reported of a set of pairs, as src/trainer/pair-metrics.ts defines it."""

from dataclasses import dataclass

import torch

from ..reference.table_files import ReferenceScore
from ..run_log import Values
from .objective import Logps, Objective


@dataclass(frozen=True)
class PairScore:
    """One pair under policy and reference: nats, summed over response tokens; tokens under the policy's tokenizer."""

    chosen: float
    rejected: float
    chosen_tokens: int
    rejected_tokens: int
    reference: ReferenceScore


def logps_of(pairs: list[PairScore], by_token: bool) -> Logps:
    """Float64, [pairs]; means over tokens where the objective wants those."""
    rows = [
        (
            pair.chosen / (pair.chosen_tokens if by_token else 1),
            pair.rejected / (pair.rejected_tokens if by_token else 1),
            pair.reference.chosen / (pair.reference.chosen_tokens if by_token else 1),
            pair.reference.rejected / (pair.reference.rejected_tokens if by_token else 1),
        )
        for pair in pairs
    ]
    return Logps(*torch.tensor(rows, dtype=torch.float64).unbind(1))


def pair_metrics(pairs: list[PairScore], objective: Objective) -> Values:
    """
    Means over the pairs. Rewards are beta times the log-ratio, summed over tokens, or the mean over tokens where the
    objective is length-normalised. A pair whose rewards are equal counts half for accuracy.
    """
    logps = logps_of(pairs, objective.length_normalized)
    chosen, rejected = logps.chosen_ratio, logps.rejected_ratio
    wins = (chosen > rejected).double() + 0.5 * (chosen == rejected).double()
    log_ratios = {
        "chosen": chosen.mean().item(),
        "rejected": rejected.mean().item(),
        "margin": (chosen.mean() - rejected.mean()).item(),
    }
    return {
        **{f"reward_{name}": objective.beta * value for name, value in log_ratios.items()},
        "accuracy": wins.mean().item(),
        **{f"log_ratio_{name}": value for name, value in log_ratios.items()},
        "logp_chosen": sum(pair.chosen for pair in pairs) / len(pairs),
        "logp_rejected": sum(pair.rejected for pair in pairs) / len(pairs),
    }


def preference_loss(pairs: list[PairScore], objective: Objective) -> float:
    """The loss that training minimises, on pairs that were only scored."""
    loss = objective.pair_losses(logps_of(pairs, objective.by_token)).mean().item()
    return loss + objective.sft_weight * sft_loss(pairs) if objective.sft_weight else loss


def sft_loss(pairs: list[PairScore]) -> float:
    """The mean of -log p over all tokens of the chosen responses, in nats."""
    return -sum(pair.chosen for pair in pairs) / sum(pair.chosen_tokens for pair in pairs)
