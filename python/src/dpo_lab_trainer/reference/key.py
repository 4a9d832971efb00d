"""What a reference table depends on, as src/core/runs/reference-format.ts describes it."""

import json
from typing import Any

from ..config import Config
from ..models.identity import sha256

Ingredients = dict[str, Any]


def ingredients_of(config: Config, model: str, tokenizer: str, pair_ids: list[str]) -> Ingredients:
    """model, tokenizer: identities, of the reference."""
    reference, data = config.reference, config.data
    return {
        "adapter": config.model.adapter if reference.policy == "same" else reference.adapter,
        "dataset": sha256("\n".join(sorted(set(pair_ids)))),
        "dtype": config.training.lora.quantize if reference_is_quantized(config) else reference.dtype,
        "max_length": data.max_length,
        "max_prompt_length": data.max_prompt_length,
        "model": model,
        "score": reference.score,
        "tokenizer": tokenizer,
        "truncation": data.truncation,
    }


def reference_is_quantized(config: Config) -> bool:
    """The policy is its own reference, with the rounded weights that it trains an adapter on."""
    is_own = config.reference.policy == "same" and config.reference.dtype == "auto"
    return is_own and config.training.method == "lora" and config.training.lora.quantize != "none"


def reference_key(ingredients: Ingredients) -> str:
    """The name of the table's folder."""
    return sha256(json.dumps(ingredients, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
