"""
The options of a run, as docs/CONFIG.md describes them. A run file holds every option with its value; what has no value is
left out there and None here. Keys of newer versions are passed over.
"""

import types
import typing
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, TypeVar

from .errors import TrainingError


@dataclass(frozen=True)
class Model:
    path: str
    revision: str | None = None
    adapter: str | None = None


@dataclass(frozen=True)
class Reference:
    policy: str
    score: str
    logprobs: str
    dtype: str
    revision: str | None = None
    adapter: str | None = None


@dataclass(frozen=True)
class Objective:
    loss: str
    beta: float
    label_smoothing: float
    length_normalized: bool
    sft_weight: float


@dataclass(frozen=True)
class Dataset:
    path: str
    split: str
    config: str | None = None


@dataclass(frozen=True)
class EvalDataset:
    split: str
    path: str | None = None
    config: str | None = None


@dataclass(frozen=True)
class Columns:
    prompt: str
    chosen: str
    rejected: str
    chosen_logprob: str | None = None
    rejected_logprob: str | None = None


@dataclass(frozen=True)
class Data:
    train: Dataset
    eval: EvalDataset
    columns: Columns
    eval_fraction: float
    max_length: int
    truncation: str
    chat_template: str
    max_prompt_length: int | None = None
    date: str | None = None
    limit: int | None = None
    ranked: str = "refuse"
    empty_prompts: bool = False


@dataclass(frozen=True)
class Lora:
    rank: int
    alpha: float
    targets: list[str]
    quantize: str = "none"


@dataclass(frozen=True)
class Training:
    method: str
    epochs: float
    batch_size: int
    micro_batch_size: int
    learning_rate: float
    schedule: str
    warmup: float
    weight_decay: float
    max_grad_norm: float
    seed: int
    precision: str
    log_every: int
    eval_every: int
    save_every: int
    keep_checkpoints: int
    lora: Lora
    steps: int | None = None


@dataclass(frozen=True)
class Evaluation:
    probes: list[str]
    max_new_tokens: int
    temperature: float
    samples: int = 1
    """Runs of older versions have one answer a probe."""


@dataclass(frozen=True)
class Torch:
    report_to: list[str] | None = None


@dataclass(frozen=True)
class Backend:
    kind: str
    device: str
    torch: Torch


@dataclass(frozen=True)
class Config:
    model: Model
    reference: Reference
    objective: Objective
    data: Data
    training: Training
    evaluation: Evaluation
    backend: Backend


_Section = TypeVar("_Section")


def read_config(nested: dict[str, Any]) -> Config:
    """Reads `config` of a run file. Raises TrainingError where an option is missing or is of another type."""
    return _read(Config, nested, "")


def _read(section: type[_Section], values: Any, place: str) -> _Section:
    if not isinstance(values, dict):
        values = {}
    result: dict[str, Any] = {}
    hints = typing.get_type_hints(section)
    for field in fields(section):  # type: ignore[arg-type]
        path, kind = f"{place}{field.name}", hints[field.name]
        if is_dataclass(kind):
            result[field.name] = _read(kind, values.get(field.name), f"{path}.")  # type: ignore[arg-type]
        else:
            default = None if field.default is MISSING else field.default
            result[field.name] = _value(kind, values.get(field.name, default), path)
    return section(**result)


def _value(kind: Any, value: Any, path: str) -> Any:
    optional = isinstance(kind, types.UnionType)
    if value is None and optional:
        return None
    plain = kind.__args__[0] if optional else kind
    accepted = {float: (int, float), int: (int, float)}.get(plain, typing.get_origin(plain) or plain)
    if isinstance(value, bool) and plain is not bool:
        accepted = ()
    if isinstance(value, accepted):
        return plain(value) if plain in (int, float) else value
    what = "no value" if value is None else repr(value)
    raise TrainingError(
        f"The run's config has {what} for {path}. Launch the run with the same version of DPO Lab as this trainer's."
    )
