"""What a reference table depends on, as src/core/reference/reference-format.ts describes it."""

import hashlib
import json
import struct
from typing import Any

from ..config import Config
from ..data.tokenize import TokenizedPair
from ..models.identity import sha256

Ingredients = dict[str, Any]


def ingredients_of(
    config: Config, model: str, end_token: int, pairs: list[TokenizedPair], precision: str
) -> Ingredients:
    """model: identity of the reference. pairs: as the reference sees them. precision: in which the policy computes."""
    reference = config.reference
    return {
        "adapter": config.model.adapter if reference.policy == "same" else reference.adapter,
        "dtype": _dtype(config, precision),
        "end_token": end_token,
        "model": model,
        "score": reference.score,
        "tokens": sha256("\n".join(sorted({_line(pair) for pair in pairs}))),
    }


def _line(pair: TokenizedPair) -> str:
    digest = hashlib.sha256()
    for side in (pair.chosen, pair.rejected):
        numbers = (side.prompt_length, len(side.tokens), *side.tokens)
        digest.update(struct.pack(f"<{len(numbers)}I", *numbers))
    return f"{pair.id} {digest.hexdigest()}"


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
