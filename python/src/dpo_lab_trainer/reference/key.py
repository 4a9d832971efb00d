"""What a reference table depends on, as src/core/reference/reference-format.ts describes it."""

import json
from typing import Any

from ..config import Config
from ..models.identity import sha256

Ingredients = dict[str, Any]


def ingredients_of(config: Config, model: str, tokenizer: str, pair_ids: list[str], precision: str) -> Ingredients:
    """model, tokenizer: identities, of the reference. precision: in which the policy computes."""
    reference, data = config.reference, config.data
    return {
        "adapter": config.model.adapter if reference.policy == "same" else reference.adapter,
        "dataset": sha256("\n".join(sorted(set(pair_ids)))),
        "dtype": _dtype(config, precision),
        "max_length": data.max_length,
        "max_prompt_length": data.max_prompt_length,
        "model": model,
        "score": reference.score,
        "tokenizer": tokenizer,
        "truncation": data.truncation,
    }


def _dtype(config: Config, precision: str) -> str:
    """Runs in 16 bits have a table of their own: that of one in float32 would not give them ln 2 as their first loss."""
    if reference_is_quantized(config):
        return config.training.lora.quantize
    dtype = config.reference.dtype
    return f"auto {precision}" if dtype == "auto" and precision != "fp32" else dtype


def reference_is_quantized(config: Config) -> bool:
    """The policy is its own reference, with the rounded weights that it trains an adapter on."""
    is_own = config.reference.policy == "same" and config.reference.dtype == "auto"
    return is_own and config.training.method == "lora" and config.training.lora.quantize != "none"


def reference_key(ingredients: Ingredients) -> str:
    """The name of the table's folder."""
    return sha256(json.dumps(ingredients, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
