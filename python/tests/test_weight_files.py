"""Which files of a model are read: those of its own folder, and all of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import MODEL

from dpo_lab_trainer import hub
from dpo_lab_trainer.errors import TrainingError
from dpo_lab_trainer.models.weight_files import weight_files

INDEX = "model.safetensors.index.json"


def index_of(folder: Path, *names: object) -> Path:
    (folder / INDEX).write_text(json.dumps({"weight_map": dict(zip("abcdef", names, strict=False))}))
    return folder


def test_the_shards_of_an_index(tmp_path: Path) -> None:
    assert weight_files(MODEL) == ["model.safetensors"]
    assert weight_files(index_of(tmp_path, "two.safetensors", "one.safetensors", "two.safetensors")) == [
        "one.safetensors",
        "two.safetensors",
    ]


@pytest.mark.parametrize("name", ["../x", "a/b", "a\\b", "/abs", "C:x", "..", "", 3])
def test_a_shard_outside_the_folder_is_not_read(tmp_path: Path, name: object) -> None:
    with pytest.raises(TrainingError, match=r"names a file outside its folder \(.*\)\. Fetch the model again"):
        weight_files(index_of(tmp_path, "one.safetensors", name))


def test_a_model_of_the_cache_lacks_no_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A download that was cut off is gone on with; a repository that lacks one is refused."""
    (index_of(tmp_path, "one.safetensors", "two.safetensors") / "config.json").write_text("{}")
    (tmp_path / "one.safetensors").touch()
    asked: list[bool] = []

    def download(*_: Any, local_files_only: bool = False, **__: Any) -> str:
        asked.append(local_files_only)
        if not local_files_only and len(asked) > 2:
            (tmp_path / "two.safetensors").touch()
        return str(tmp_path)

    monkeypatch.setattr("huggingface_hub.snapshot_download", download)
    with pytest.raises(TrainingError, match=r"some/model holds no two\.safetensors"):
        hub.obtain_model("some/model", None)
    assert hub.obtain_model("some/model", None) == tmp_path
    assert hub.obtain_model("some/model", None) == tmp_path
    assert asked == [True, False, True, False, True]
