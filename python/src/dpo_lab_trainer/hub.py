"""Models of the Hugging Face hub: found in the cache, downloaded where they are not there."""

import os
from collections.abc import Callable
from pathlib import Path

from .errors import TrainingError, sentence
from .models.weight_files import weight_files

TOKENIZER_PARTS = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json",
    "chat_template.jinja",
    "vocab.json",
    "merges.txt",
    "tokenizer.model",
)
_MODEL = ("config.json", "generation_config.json", *TOKENIZER_PARTS)
_SAFETENSORS = ("model.safetensors", "model-*-of-*.safetensors", "model.safetensors.index.json")
_ADAPTER = ("adapter_config.json", "adapter_model.safetensors")


def obtain_model(hub_id: str, revision: str | None) -> Path:
    """The folder of a model in the cache, named by its commit. What is there is used as it is."""
    return _obtain(hub_id, revision, (*_MODEL, *_SAFETENSORS), lambda folder: ["config.json", *weight_files(folder)])


def obtain_adapter(hub_id: str) -> Path:
    return _obtain(hub_id, None, _ADAPTER, lambda _: ["adapter_config.json", "adapter_model.safetensors"])


def _obtain(hub_id: str, revision: str | None, patterns: tuple[str, ...], needed: Callable[[Path], list[str]]) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        cached = Path(
            snapshot_download(hub_id, revision=revision, allow_patterns=list(patterns), local_files_only=True)
        )
        # A download that was cut off leaves the index without its shards.
        if all((cached / name).is_file() for name in needed(cached)):
            return cached
    except (LocalEntryNotFoundError, ValueError, OSError, TrainingError):
        pass
    try:
        folder = Path(snapshot_download(hub_id, revision=revision, allow_patterns=list(patterns)))
    except Exception as error:
        raise TrainingError(hub_failure(hub_id, "model", error)) from error
    for name in needed(folder):
        if not (folder / name).is_file():
            raise TrainingError(
                f"{hub_id} holds no {name}. Name a model that was saved with save_pretrained as safetensors."
            )
    return folder


def hub_failure(hub_id: str, kind: str, error: Exception) -> str:
    """Why something of the hub cannot be had, and what to do."""
    from huggingface_hub.errors import (
        GatedRepoError,
        LocalEntryNotFoundError,
        RepositoryNotFoundError,
        RevisionNotFoundError,
    )

    if isinstance(error, GatedRepoError):
        return (
            f"{hub_id} is gated. Accept its conditions on https://huggingface.co/{hub_id} and log in with hf auth login,"
            " or set HF_TOKEN."
        )
    if isinstance(error, RepositoryNotFoundError):
        return (
            f"There is no folder {hub_id} here and no such {kind} on the Hugging Face hub, or it is private. Check the"
            " spelling, or log in with hf auth login."
        )
    if isinstance(error, RevisionNotFoundError):
        return f"{hub_id} has no such revision. Check the branch, tag or commit."
    if isinstance(error, LocalEntryNotFoundError | ConnectionError | OSError):
        offline = os.environ.get("HF_HUB_OFFLINE", "") not in ("", "0")
        why = "HF_HUB_OFFLINE forbids to ask the hub" if offline else "the hub cannot be reached"
        return (
            f"{hub_id} is neither a folder here nor in the Hugging Face cache, and {why}. Check the path, or fetch it"
            " where there is a connection."
        )
    return f"{hub_id} cannot be fetched from the Hugging Face hub: {sentence(error)}. Try again, or name a folder."
