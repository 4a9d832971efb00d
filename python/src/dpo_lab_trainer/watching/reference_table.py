"""
Reference log-probabilities of TRL's DPOTrainer, computed once for all arms of a sweep.

TRL (since 0.29) computes them in `_precompute_ref_logps(dataset, name, batch_size)`, which returns the data set with the
columns `ref_chosen_logps` and `ref_rejected_logps`: one number a pair in nats, summed over the tokens of the response as
`compute_ref_log_probs` sums them. Its own cache is keyed by the data set's fingerprint, which changes with beta and with the
output folder. Ours is keyed by what the numbers depend on: tokens, weights and settings.
"""

import hashlib
import inspect
import json
import os
import sys
from pathlib import Path
from typing import Any

from ..machine import processes
from ..models.identity import FileHashes, hub_identity, sha256

METHOD = "_precompute_ref_logps"
PARAMETERS = ["self", "dataset", "name", "batch_size"]
COLUMNS = ("ref_chosen_logps", "ref_rejected_logps")
_SETTINGS = ("max_length", "truncation_mode", "ld_alpha", "pad_to_multiple_of", "bf16", "fp16")
"""Of the trainer: a table of other values of these holds other numbers."""


def refusal(trainer_class: Any) -> str | None:
    """Why this TRL cannot take a table; None where it can."""
    method = getattr(trainer_class, METHOD, None)
    if method is None:
        return f"DPOTrainer has no {METHOD}"
    found = list(inspect.signature(method).parameters)
    return None if found == PARAMETERS else f"{METHOD} takes {', '.join(found)}"


def share(trainer_class: Any) -> None:
    """Has DPOTrainer take finished tables, and leave those that it computes for the arms after it."""
    reason = refusal(trainer_class)
    if reason is not None:
        print(f"DPO Lab: each arm computes its reference log-probabilities itself, because {reason}.", file=sys.stderr)
        return
    compute = getattr(trainer_class, METHOD)

    def precompute(self: Any, dataset: Any, name: str, batch_size: int) -> Any:
        path = processes.on_main(lambda: _table_of(self, dataset))
        rows = processes.on_main(lambda: _read(path, len(dataset))) if path else None
        if rows is not None:
            for column, values in zip(COLUMNS, rows, strict=True):
                dataset = dataset.add_column(column, values)
            return dataset
        computed = compute(self, dataset, name, batch_size)
        if path and processes.is_main():
            _write(path, [[float(value) for value in computed[column]] for column in COLUMNS])
        return computed

    setattr(trainer_class, METHOD, precompute)


def _table_of(trainer: Any, dataset: Any) -> Path | None:
    """None where it cannot be said what the numbers depend on: they are then computed as without us."""
    folder = Path(os.environ["DPO_LAB_REFERENCES"])
    model = trainer.model
    adapters = getattr(model, "peft_config", {})
    weights = _identity(trainer, folder.parent.parent)
    if (
        weights is None
        or "ref" in adapters
        or (getattr(trainer, "ref_model", None) is not None and not _is_copy(trainer))
    ):
        return None
    quantization = getattr(model.config, "quantization_config", None)
    ingredients = {
        "model": weights,
        "dtype": str(next(model.parameters()).dtype),
        "quantization": None if quantization is None else str(quantization),
        "losses": sorted(map(str, trainer.loss_types)),
        "settings": {name: str(getattr(trainer.args, name, None)) for name in _SETTINGS},
        "tokens": _tokens(dataset),
    }
    return folder / f"trl-{sha256(json.dumps(ingredients, sort_keys=True))}.json"


def _is_copy(trainer: Any) -> bool:
    """A second copy of the policy, which DPOTrainer loads itself where all weights are trained."""
    return bool(trainer.ref_model.config._name_or_path == trainer.model.config._name_or_path)


def _identity(trainer: Any, data_folder: Path) -> str | None:
    """Of the starting weights: hashes of a folder's files, or the commit of a hub model."""
    config = trainer.model.config
    name, commit = config._name_or_path, getattr(config, "_commit_hash", None)
    folder = Path(name)
    if folder.is_dir():
        files = sorted(path for path in folder.iterdir() if path.suffix in (".safetensors", ".bin", ".json"))
        hashes = FileHashes(data_folder).sha256(files, lambda done, total: None)
        return sha256("\n".join(f"{path.name} {digest}" for path, digest in zip(files, hashes, strict=True)))
    return hub_identity(name, commit) if commit else None


def _tokens(dataset: Any) -> str:
    digest = hashlib.sha256()
    for name in ("prompt_ids", "chosen_ids", "rejected_ids"):
        for tokens in dataset[name]:
            digest.update(json.dumps(list(tokens)).encode())
    return digest.hexdigest()


def _read(path: Path, count: int) -> list[list[float]] | None:
    try:
        rows = json.loads(path.read_text("utf-8"))
        columns = [list(map(float, rows[name])) for name in COLUMNS]
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return columns if all(len(column) == count for column in columns) else None


def _write(path: Path, columns: list[list[float]]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{path.name}.{os.getpid()}.tmp")
        beside.write_text(json.dumps(dict(zip(COLUMNS, columns, strict=True))), "utf-8")
        beside.replace(path)
    except OSError as error:
        print(f"DPO Lab: {path} could not be written: {error}", file=sys.stderr)
