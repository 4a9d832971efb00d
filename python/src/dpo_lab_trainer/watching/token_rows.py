"""Prompts and chosen responses as tokens, out of the data set of any trainer."""

from collections.abc import Iterator
from typing import Any, NamedTuple


class TokenRow(NamedTuple):
    prompt: list[int]
    chosen: list[int]
    """The response with what ends it."""


def token_rows(trainer: Any, count: int) -> list[TokenRow]:
    """The first held-out pairs, or the first of training where none are held out; empty where they cannot be told apart."""
    data = trainer.eval_dataset if trainer.eval_dataset is not None else trainer.train_dataset
    if isinstance(data, dict):
        data = next(iter(data.values()), None)
    return [] if data is None else list(_rows(data, count))


def _rows(data: Any, count: int) -> Iterator[TokenRow]:
    if hasattr(data, "__getitem__") and hasattr(data, "__len__"):
        items = (data[index] for index in range(min(count, len(data))))
    else:
        items = (row for row, _ in zip(data, range(count), strict=False))
    for item in items:
        row = _row_of(item)
        if row is not None and row.prompt:
            yield row


def _row_of(item: Any) -> TokenRow | None:
    """TRL since 0.29, TRL before it, then LLaMA-Factory and ms-swift, which mark the prompt in their labels by -100."""
    if "prompt_ids" in item:
        return TokenRow(list(item["prompt_ids"]), list(item["chosen_ids"]))
    if "prompt_input_ids" in item:
        return TokenRow(list(item["prompt_input_ids"]), list(item["chosen_input_ids"]))
    if "chosen_labels" in item and "chosen_input_ids" in item:
        tokens, labels = list(item["chosen_input_ids"]), list(item["chosen_labels"])
        prompt = next((index for index, label in enumerate(labels) if label != -100), len(labels))
        return TokenRow(tokens[:prompt], tokens[prompt:])
    return None
