"""Which files hold a model's weights."""

import json
from pathlib import Path
from typing import Any

from ..errors import TrainingError, sentence


def weight_files(folder: Path) -> list[str]:
    """
    model.safetensors, else the shards that its index names. Raises TrainingError where there is neither, or where the
    index names something that is no file of the folder: transformers would read it.
    """
    if (folder / "model.safetensors").exists():
        return ["model.safetensors"]
    index = folder / "model.safetensors.index.json"
    if index.exists():
        shards = read_json(index).get("weight_map")
        if isinstance(shards, dict) and shards:
            names = list(shards.values())
            for name in names:
                if not _is_name(name):
                    raise TrainingError(f"{index} names a file outside its folder ({name}). Fetch the model again.")
            return sorted(set(names))
    raise TrainingError(
        f"{folder} has no weights as safetensors. Load the model with transformers and save it with save_pretrained."
    )


def _is_name(name: object) -> bool:
    return isinstance(name, str) and name not in ("", ".", "..") and not any(mark in name for mark in "/\\:")


def read_json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {sentence(error.strerror or error)}.") from None
    except ValueError as error:
        raise TrainingError(f"{path} is not JSON: {sentence(error)}. Fix the file or fetch it again.") from None
    if not isinstance(value, dict):
        raise TrainingError(f"{path} does not hold a JSON object. Fix the file or fetch it again.")
    return value
