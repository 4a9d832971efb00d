"""
Objectives on preference pairs. log pi and log ref are sums over response tokens, or means where an objective wants those;
the reference is whatever number stands there: the conditional log-probability (DPO), the prior one, or zero give the three
rewards of arXiv 2407.13709.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ..config import Config
from ..errors import TrainingError

_DISCOPOP_TAU = 0.05
"""TRL's default."""


@dataclass(frozen=True)
class Logps:
    """Of a batch of pairs, [pairs] each, in nats."""

    chosen: Tensor
    rejected: Tensor
    ref_chosen: Tensor
    ref_rejected: Tensor

    @property
    def chosen_ratio(self) -> Tensor:
        return self.chosen - self.ref_chosen

    @property
    def rejected_ratio(self) -> Tensor:
        return self.rejected - self.ref_rejected

    @property
    def delta(self) -> Tensor:
        return self.chosen_ratio - self.rejected_ratio


@dataclass(frozen=True)
class Objective:
    loss: str
    beta: float
    label_smoothing: float
    length_normalized: bool
    sft_weight: float

    @property
    def by_token(self) -> bool:
        """The loss takes means over response tokens, not sums."""
        return self.length_normalized or self.loss == "ipo"

    def pair_losses(self, logps: Logps) -> Tensor:
        """Without the SFT term, [pairs]. aot and aot_unpaired sort over the pairs of a micro-batch."""
        return _LOSSES[self.loss](self, logps)


def objective_of(config: Config) -> Objective:
    """Raises TrainingError for a loss that is not known, or lacks what it needs."""
    asked = config.objective
    if asked.loss not in _LOSSES:
        raise TrainingError(
            f"objective.loss {asked.loss} is not known to this torch trainer. Take one of {', '.join(_LOSSES)}, or update"
            " the trainer."
        )
    if asked.loss == "exo_pair" and asked.label_smoothing == 0:
        raise TrainingError(
            "objective.loss exo_pair needs objective.label_smoothing above 0: it takes the logarithm. Its authors write"
            " 0.001."
        )
    return Objective(asked.loss, asked.beta, asked.label_smoothing, asked.length_normalized, asked.sft_weight)


def _smoothed(objective: Objective, margin: Tensor) -> Tensor:
    """-log sigmoid, where labels are flipped with probability e: "conservative DPO"."""
    smoothing = objective.label_smoothing
    return -(1 - smoothing) * F.logsigmoid(margin) - smoothing * F.logsigmoid(-margin)


def _sigmoid(objective: Objective, logps: Logps) -> Tensor:
    """Rafailov et al., arXiv 2305.18290, equation 7. TRL of today ignores label smoothing here; we do not."""
    return _smoothed(objective, objective.beta * logps.delta)


def _hinge(objective: Objective, logps: Logps) -> Tensor:
    return torch.relu(1 - objective.beta * logps.delta)


def _ipo(objective: Objective, logps: Logps) -> Tensor:
    """Azar et al., arXiv 2310.12036, equation 17."""
    return (logps.delta - 1 / (2 * objective.beta)) ** 2


def _robust(objective: Objective, logps: Logps) -> Tensor:
    """Chowdhury et al., arXiv 2403.00409, equation 12."""
    smoothing, margin = objective.label_smoothing, objective.beta * logps.delta
    difference = -(1 - smoothing) * F.logsigmoid(margin) + smoothing * F.logsigmoid(-margin)
    return difference / (1 - 2 * smoothing)


def _exo_pair(objective: Objective, logps: Logps) -> Tensor:
    """Ji et al., arXiv 2402.00856, equation 16."""
    smoothing, margin = objective.label_smoothing, objective.beta * logps.delta
    won, lost = F.logsigmoid(margin), F.logsigmoid(-margin)
    return won.exp() * (won - math.log1p(-smoothing)) + lost.exp() * (lost - math.log(smoothing))


def _nca_pair(objective: Objective, logps: Logps) -> Tensor:
    """Chen et al., arXiv 2402.05369."""
    chosen, rejected = objective.beta * logps.chosen_ratio, objective.beta * logps.rejected_ratio
    return -F.logsigmoid(chosen) - 0.5 * F.logsigmoid(-chosen) - 0.5 * F.logsigmoid(-rejected)


def _bco_pair(objective: Objective, logps: Logps) -> Tensor:
    """Jung et al., arXiv 2404.04656, without its shift of the reward."""
    return -F.logsigmoid(objective.beta * logps.chosen_ratio) - F.logsigmoid(-objective.beta * logps.rejected_ratio)


def _sppo_hard(objective: Objective, logps: Logps) -> Tensor:
    """Wu et al., arXiv 2405.00675, equation 4.7 with win rates 1 and 0."""
    target = 0.5 / objective.beta
    return (logps.chosen_ratio - target) ** 2 + (logps.rejected_ratio + target) ** 2


def _aot(objective: Objective, logps: Logps) -> Tensor:
    """Melnyk et al., arXiv 2406.05882, over paired samples."""
    policy = torch.sort(logps.chosen - logps.rejected).values
    reference = torch.sort(logps.ref_chosen - logps.ref_rejected).values
    return _smoothed(objective, objective.beta * (policy - reference))


def _aot_unpaired(objective: Objective, logps: Logps) -> Tensor:
    delta = torch.sort(logps.chosen_ratio).values - torch.sort(logps.rejected_ratio).values
    return _smoothed(objective, objective.beta * delta)


def _apo_zero(objective: Objective, logps: Logps) -> Tensor:
    """D'Oosterlinck et al., arXiv 2408.06266, equation 7."""
    return 1 - torch.sigmoid(objective.beta * logps.chosen_ratio) + torch.sigmoid(objective.beta * logps.rejected_ratio)


def _apo_down(objective: Objective, logps: Logps) -> Tensor:
    """The same, equation 8."""
    return torch.sigmoid(objective.beta * logps.chosen_ratio) + 1 - torch.sigmoid(objective.beta * logps.delta)


def _discopop(objective: Objective, logps: Logps) -> Tensor:
    """Lu et al., arXiv 2406.08414, equation 5."""
    margin = objective.beta * logps.delta
    exponential = torch.sigmoid(margin / _DISCOPOP_TAU)
    return -F.logsigmoid(margin) * (1 - exponential) + torch.exp(-margin) * exponential


_LOSSES: dict[str, Callable[[Objective, Logps], Tensor]] = {
    "sigmoid": _sigmoid,
    "hinge": _hinge,
    "ipo": _ipo,
    "robust": _robust,
    "exo_pair": _exo_pair,
    "nca_pair": _nca_pair,
    "bco_pair": _bco_pair,
    "sppo_hard": _sppo_hard,
    "aot": _aot,
    "aot_unpaired": _aot_unpaired,
    "apo_zero": _apo_zero,
    "apo_down": _apo_down,
    "discopop": _discopop,
}
LOSSES = tuple(_LOSSES)
