"""Values of Hugging Face trainers in our names: the part of src/core/metrics/metric-aliases.ts that they log."""

from typing import Any

NAMES = {
    "loss": "loss",
    "rewards/chosen": "reward_chosen",
    "rewards/rejected": "reward_rejected",
    "rewards/margins": "reward_margin",
    "rewards/accuracies": "accuracy",
    "logps/chosen": "logp_chosen",
    "logps/rejected": "logp_rejected",
    "nll_loss": "sft_loss",
    "sft_loss": "sft_loss",
    "learning_rate": "learning_rate",
    "grad_norm": "gradient_norm",
    "epoch": "epoch",
}

_NO_MEASUREMENTS = {"runtime", "samples_per_second", "steps_per_second", "total_flos"}
_WITHOUT_REFERENCE = {"simpo", "orpo", "cpo"}
"""Losses whose "rewards" are beta times a log-probability, so that divided by beta they are no log-ratios."""
_LONGEST_NAME = 100


def beta_of(trainer: Any) -> float | None:
    """By which the trainer's rewards are to be divided to get log-ratios in nats; None where that is not known."""
    args = trainer.args
    losses = getattr(trainer, "loss_type", None) or getattr(args, "loss_type", None)
    losses = losses if isinstance(losses, list) else [losses]
    beta = getattr(trainer, "beta", None)
    beta = getattr(args, "beta", None) if beta is None else beta
    if not isinstance(beta, int | float) or beta <= 0 or _WITHOUT_REFERENCE.intersection(map(str, losses)):
        return None
    return float(beta)


def logged_values(logs: dict[str, Any], beta: float | None) -> tuple[str, dict[str, float]] | None:
    """What one call of a trainer's log measured: the split and the values. None for the summary at the end."""
    if "train_runtime" in logs:
        return None
    split = "eval" if any(name.startswith("eval_") for name in logs) else "train"
    values: dict[str, float] = {}
    for key, value in logs.items():
        try:
            number = float(value)
        except (TypeError, ValueError):
            continue
        name = key.removeprefix("eval_") if split == "eval" else key
        if name not in _NO_MEASUREMENTS:
            values[NAMES.get(name, name[:_LONGEST_NAME])] = number
    if not values.keys() - {"epoch"}:
        return None
    if beta:
        for part in ("chosen", "rejected", "margin"):
            if f"reward_{part}" in values:
                values[f"log_ratio_{part}"] = values[f"reward_{part}"] / beta
    return split, values
