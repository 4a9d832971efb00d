"""Looks at the policy between steps: the end of sequence after chosen responses, and texts."""

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .token_rows import TokenRow, token_rows

_PROMPTS = 8
_PAIRS = 16
"""After whose chosen responses the end-of-sequence token is watched."""
_NEW_TOKENS = 128
_LONGEST = 2048
"""Tokens of a pair where the trainer sets no limit."""
_EQUAL = 1e-6
"""Nats by which log p of the end of sequence may differ where two models are one: rounding alone."""
BASELINE = "baseline.json"


@dataclass(frozen=True)
class Look:
    """What a model does with the probes. JSON of it is the file `baseline.json` of a run."""

    ends: list[float]
    """Log p of the end-of-sequence token after each watched response, in nats."""
    texts: list[list[int]]
    """Tokens of each answer, the end-of-sequence token included."""
    ended: list[bool]


class Probe:
    """
    All processes look at the same rows with their own whole copy of the weights, so that no one waits for another. Where
    the weights lie in parts on several devices, `reason` says why nothing is looked at.
    """

    def __init__(self, trainer: Any, folder: Path) -> None:
        self._trainer = trainer
        self._file = folder / BASELINE
        self.reason = _why_not(trainer)
        self._rows: list[TokenRow] = []
        self._baseline: Look | None = None
        if self.reason is None:
            self._prepare()

    def _prepare(self) -> None:
        trainer = self._trainer
        tokenizer = getattr(trainer, "processing_class", None) or getattr(trainer, "tokenizer", None)
        self._tokenizer = getattr(tokenizer, "tokenizer", tokenizer)
        limit = getattr(trainer.args, "max_length", None) or _LONGEST
        rows = token_rows(trainer, _PAIRS)
        self._end_tokens = _end_tokens(trainer.model, self._tokenizer)
        self._rows = [row for row in rows if len(row.prompt) + len(row.chosen) <= limit]
        if not self._rows or not self._end_tokens:
            self.reason = "its data shows no prompts and responses apart"

    def begin(self, step: int) -> None:
        """Looks at the reference, or reads what was seen of it when the run began. Before the first step, or on a resume."""
        self._baseline = _read(self._file, len(self._rows))
        if self._baseline is not None or self.reason is not None:
            return
        with _reference_of(self._trainer) as reference:
            if reference is not None:
                self._baseline = self._look_at(reference)
        if self._baseline is None and step == 0:
            # The reference is the starting policy, of which the trainer keeps nothing but the log-probabilities.
            self._baseline = self._look_at(self._trainer.model)
        if self._baseline is not None and self._trainer.args.process_index == 0:
            beside = self._file.with_name(f"{BASELINE}.{os.getpid()}.tmp")
            beside.write_text(json.dumps(asdict(self._baseline)), "utf-8")
            beside.replace(self._file)

    def look(self) -> tuple[dict[str, float], list[dict[str, Any]]]:
        """Values, and a sample for each prompt."""
        before = self._baseline
        policy = self._look_at(self._trainer.model, before)
        values = {"generated_length": _mean(map(len, policy.texts)), "ended": _mean(policy.ended)}
        if before:
            drifts = [now - then for now, then in zip(policy.ends, before.ends, strict=True)]
            values["eos_drift"] = _mean(drifts)
            values["reference_generated_length"] = _mean(map(len, before.texts))
            values["reference_ended"] = _mean(before.ended)
        samples = []
        for index, text in enumerate(policy.texts):
            sample = {
                "prompt": self._decode(self._rows[index].prompt),
                "policy": self._shown(text, policy.ended[index]),
            }
            if before:
                sample["reference"] = self._shown(before.texts[index], before.ended[index])
            samples.append(sample)
        return values, samples

    def _look_at(self, model: Any, same: Look | None = None) -> Look:
        """same: what the reference did; its texts are taken for a model that equals it, as a policy at its start does."""
        import torch

        was_training = model.training
        model.eval()
        try:
            with torch.no_grad(), self._trainer.accelerator.autocast():
                ends = [self._end_after(model, row) for row in self._rows]
                if same and all(abs(now - then) < _EQUAL for now, then in zip(ends, same.ends, strict=True)):
                    return Look(ends, same.texts, same.ended)
                texts = self._answers(model, [row.prompt for row in self._rows[:_PROMPTS]])
        finally:
            model.train(was_training)
        return Look(ends, texts, [bool(text) and text[-1] in self._end_tokens for text in texts])

    def _end_after(self, model: Any, row: TokenRow) -> float:
        import torch

        last = max((index for index, token in enumerate(row.chosen) if token in self._end_tokens), default=None)
        end = self._end_tokens[0] if last is None else row.chosen[last]
        tokens = torch.tensor([row.prompt + row.chosen[:last]], device=_device_of(model))
        logits = model(input_ids=tokens, attention_mask=torch.ones_like(tokens), use_cache=False).logits
        return float(logits[0, -1].float().log_softmax(-1)[end])

    def _answers(self, model: Any, prompts: list[list[int]]) -> list[list[int]]:
        """The most likely tokens: the same at each evaluation, and no random number of the training is used up."""
        import torch
        from transformers import GenerationConfig

        padding = self._tokenizer.pad_token_id
        padding = self._end_tokens[0] if padding is None else padding
        width = max(map(len, prompts))
        tokens = torch.tensor([[padding] * (width - len(prompt)) + prompt for prompt in prompts])
        mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
        options = GenerationConfig(
            max_new_tokens=_NEW_TOKENS, do_sample=False, eos_token_id=self._end_tokens, pad_token_id=padding
        )
        place = _device_of(model)
        made = model.generate(input_ids=tokens.to(place), attention_mask=mask.to(place), generation_config=options)
        return [self._until_end(answer) for answer in made[:, width:].tolist()]

    def _until_end(self, tokens: list[int]) -> list[int]:
        end = next((index for index, token in enumerate(tokens) if token in self._end_tokens), len(tokens) - 1)
        return tokens[: end + 1]

    def _decode(self, tokens: list[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))

    def _shown(self, tokens: list[int], ended: bool) -> dict[str, Any]:
        return {"text": self._decode(tokens), "tokens": len(tokens), "ended": ended}


def _why_not(trainer: Any) -> str | None:
    if getattr(trainer, "is_fsdp_enabled", False):
        return "its weights are spread over the devices (FSDP)"
    plugin = getattr(trainer.accelerator.state, "deepspeed_plugin", None)
    if plugin is not None and int(plugin.zero_stage) > 2:
        return "its weights are spread over the devices (DeepSpeed ZeRO-3)"
    return None


@contextmanager
def _reference_of(trainer: Any) -> Iterator[Any]:
    """The model that the trainer compares with; None where it keeps none."""
    model, reference = trainer.model, getattr(trainer, "ref_model", None)
    if reference is not None:
        yield reference
        return
    adapters = getattr(model, "peft_config", None)
    # A frozen copy of the starting adapter: the policy starts as its reference.
    off = model.disable_adapter() if adapters and "ref" not in adapters else nullcontext()
    with off:
        yield model if adapters and "ref" not in adapters else None


def _end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """The tokenizer's own first, then those that the model's texts may end with."""
    configured = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    more = configured if isinstance(configured, list) else [configured]
    found = [getattr(tokenizer, "eos_token_id", None), *more]
    return list(dict.fromkeys(token for token in found if isinstance(token, int)))


def _device_of(model: Any) -> Any:
    return next(model.parameters()).device


def _read(path: Path, rows: int) -> Look | None:
    try:
        look = Look(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    return look if len(look.ends) == rows else None


def _mean(numbers: Any) -> float:
    values = [float(number) for number in numbers]
    return sum(values) / len(values) if values else math.nan
