"""Loads the weights of a model."""

from typing import Any

import torch
from torch import nn
from transformers import AutoConfig, AutoModelForCausalLM, PreTrainedModel

from ..config import Lora
from ..errors import TrainingError, sentence
from .opened_model import OpenedModel


def check_architecture(model: OpenedModel, lora: Lora | None) -> None:
    """
    Builds the model without weights, so that what cannot be trained is told before gigabytes are read.

    Raises TrainingError where transformers does not know the model, or it lacks a layer that gets an adapter.
    """
    try:
        config = AutoConfig.from_pretrained(str(model.folder))
        with torch.device("meta"):
            empty = AutoModelForCausalLM.from_config(config)
    except Exception as error:
        raise _cannot_load(model, error) from error
    if lora is None:
        return
    layers = {name.rpartition(".")[2] for name, module in empty.named_modules() if isinstance(module, nn.Linear)}
    missing = [target for target in lora.targets if target.rpartition(".")[2] not in layers]
    if missing:
        raise TrainingError(
            f"training.lora.targets names {', '.join(missing)}, which {model.name} does not have. Take some of"
            f" {', '.join(sorted(layers))}."
        )


def load_weights(model: OpenedModel, dtype: torch.dtype | None, device: torch.device) -> PreTrainedModel:
    """
    The model with its adapter merged, in evaluation mode. dtype: None for that of the files. An adapter is merged in
    float32.
    """
    try:
        if model.adapter is None:
            loaded = _load(model, dtype or "auto")
        else:
            from peft import PeftModel

            stored = AutoConfig.from_pretrained(str(model.folder)).dtype
            base: Any = _load(model, torch.float32)
            merged: Any = PeftModel.from_pretrained(base, str(model.adapter)).merge_and_unload()
            loaded = merged.to(dtype or stored or torch.float32)
    except TrainingError:
        raise
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise _cannot_load(model, error) from error
    loaded.to(device)  # type: ignore[arg-type]
    loaded.eval()
    return loaded


def _load(model: OpenedModel, dtype: torch.dtype | str) -> PreTrainedModel:
    loaded: PreTrainedModel = AutoModelForCausalLM.from_pretrained(str(model.folder), dtype=dtype)
    return loaded


def _cannot_load(model: OpenedModel, error: Exception) -> TrainingError:
    import transformers

    return TrainingError(
        f"{model.name} cannot be loaded by transformers {transformers.__version__}: {sentence(error)}. Name another model,"
        " fetch it again, or install the version of transformers that it asks for."
    )
