"""Models as a config names them, found on disk and identified, before their weights are loaded."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import hub
from ..errors import TrainingError
from ..paths import path_or_hub_id
from ..run_file import Place
from .identity import Progress, folder_identity, hub_identity, merged_identity
from .weight_files import read_json, weight_files


@dataclass(frozen=True)
class OpenedModel:
    name: str
    """As the config names it."""
    folder: Path
    """config.json and the tokenizer lie here."""
    identity: str
    config: dict[str, Any]
    """config.json"""
    vocabulary_size: int
    """Rows of the embedding."""
    hub: tuple[str, str] | None = None
    """Id and commit of a hub model."""
    adapter: Path | None = None
    """A LoRA adapter that belongs to the model, and is merged into it."""


def open_model(path: str, revision: str | None, adapter: str | None, place: Place, progress: Progress) -> OpenedModel:
    """
    A folder, or a hub id, which is downloaded into the Hugging Face cache where it is missing. Raises TrainingError
    where it is not found, not permitted or damaged.
    """
    named = path_or_hub_id(path, place.base_folder)
    if isinstance(named, str):
        folder = hub.obtain_model(named, revision)
        weight_files(folder)
        identity, source = hub_identity(named, folder.name), (named, folder.name)
    else:
        folder, source = named, None
        _require(folder, "config.json")
        names = ["config.json", *weight_files(folder)]
        identity = folder_identity(folder, names, place.data_folder, progress)
    config = read_json(folder / "config.json")
    size = vocabulary_size(config)
    if size is None:
        raise TrainingError(f"{path} is no language model: its config.json has no vocab_size. Name another model.")
    if adapter is None:
        return OpenedModel(path, folder, identity, config, size, hub=source)
    found, adapter_identity = _open_adapter(adapter, place, progress)
    return OpenedModel(
        path, folder, merged_identity(identity, adapter_identity), config, size, hub=source, adapter=found
    )


def vocabulary_size(config: dict[str, Any]) -> int | None:
    """Multimodal models describe their language model in a section of its own."""
    for section in (config, config.get("text_config"), config.get("llm_config")):
        size = section.get("vocab_size") if isinstance(section, dict) else None
        if isinstance(size, int):
            return size
    return None


def _open_adapter(path: str, place: Place, progress: Progress) -> tuple[Path, str]:
    named = path_or_hub_id(path, place.base_folder)
    if isinstance(named, str):
        folder = hub.obtain_adapter(named)
        return folder, hub_identity(named, folder.name)
    _require(named, "adapter_config.json")
    names = ["adapter_config.json", "adapter_model.safetensors"]
    return named, folder_identity(named, names, place.data_folder, progress)


def _require(folder: Path, name: str) -> None:
    if (folder / name).exists():
        return
    if not folder.exists():
        raise TrainingError(f"There is no folder {folder}. Check the path and its spelling.")
    if not folder.is_dir():
        raise TrainingError(f"{folder} is a file, not a model folder. Name its folder.")
    other = "adapter_config.json" if name == "config.json" else "config.json"
    if not (folder / other).exists():
        raise TrainingError(f"{folder} has no {name}. Name a folder that was saved with save_pretrained.")
    raise TrainingError(
        f"{folder} holds a LoRA adapter, not a whole model. Name its base model here and the folder as the adapter."
        if name == "config.json"
        else f"{folder} holds a whole model, not a LoRA adapter. Name a folder with an adapter_config.json."
    )
