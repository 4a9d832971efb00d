"""Writes what was trained as a folder that transformers and PEFT load, completely or not at all."""

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

import torch

from ..hub import TOKENIZER_PARTS
from ..machine import processes
from ..machine.sharding import loading_whole
from ..models.load import load_weights
from ..models.opened_model import OpenedModel
from ..own_files import remove, sync_files, sync_folder
from ..run_log import disk_error

_NOT_OURS = ("training_args.bin", "README.md")


def save_result(trainer: Any, base: OpenedModel, folder: Path, lora: bool) -> None:
    """
    A PEFT adapter for LoRA, else the whole model in float32. LoRA on a model that was merged from a base and an adapter is
    merged too: an adapter would name a base that exists on this machine only.
    """
    partial = folder.with_name(f"{folder.name}.partial-{os.getppid() if processes.world() > 1 else os.getpid()}")
    partial = Path(processes.from_main(str(partial)))
    try:
        if processes.is_main():
            _remove_leftovers(folder)
        trainer.save_whole(str(partial), lora)
        if processes.is_main():
            _finish(partial, base, lora)
            sync_files(partial)
            replaced = folder.with_name(f"{folder.name}.replaced-{os.getpid()}")
            if folder.exists() or folder.is_symlink():
                folder.rename(replaced)
            partial.rename(folder)
            sync_folder(folder.parent)
            remove(replaced)
    except Exception as error:
        remove(partial)
        raise disk_error(error, folder) from error


def _finish(partial: Path, base: OpenedModel, lora: bool) -> None:
    for name in _NOT_OURS:
        (partial / name).unlink(missing_ok=True)
    if lora and base.adapter is not None:
        _merge(partial, base)
    elif lora:
        _name_base(partial / "adapter_config.json", base)
    else:
        _name_type(partial / "config.json", base)
    # As they came: transformers writes them anew, and differently.
    for path in partial.iterdir():
        if path.name in TOKENIZER_PARTS:
            path.unlink()
    copied = TOKENIZER_PARTS if lora and base.adapter is None else (*TOKENIZER_PARTS, "generation_config.json")
    for name in copied:
        if (base.folder / name).is_file():
            shutil.copyfile(base.folder / name, partial / name)


def _name_base(path: Path, base: OpenedModel) -> None:
    """PEFT finds the base by its hub id and commit, or by its absolute folder."""
    config = json.loads(path.read_text("utf-8"))
    name, revision = base.hub or (str(base.folder), None)
    config |= {"base_model_name_or_path": name, "revision": revision, "inference_mode": True}
    path.write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def _name_type(path: Path, base: OpenedModel) -> None:
    """As the base has it, but for the type: training aligned special tokens with the tokenizer's."""
    config = base.config | {"dtype": "float32", "torch_dtype": "float32"}
    path.write_text(json.dumps(config, indent=2) + "\n", "utf-8")


def _merge(partial: Path, base: OpenedModel) -> None:
    from peft import PeftModel

    with loading_whole():
        weights: Any = load_weights(base, torch.float32, torch.device("cpu"))
    merged: Any = PeftModel.from_pretrained(weights, str(partial)).merge_and_unload()
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (partial / name).unlink()
    merged.save_pretrained(str(partial))
    _name_type(partial / "config.json", base)


def _remove_leftovers(folder: Path) -> None:
    for path in folder.parent.iterdir():
        if re.fullmatch(re.escape(folder.name) + r"\.(partial|replaced)-\d+", path.name):
            remove(path)
