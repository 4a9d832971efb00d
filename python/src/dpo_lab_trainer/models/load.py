"""Loads the weights of a model."""

import importlib.util
import sys
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


def load_quantized(model: OpenedModel, dtype: torch.dtype, device: torch.device) -> PreTrainedModel:
    """The model in 4 bits a number (QLoRA, Dettmers et al., arXiv 2305.14314), computing in dtype, in evaluation mode."""
    from transformers import BitsAndBytesConfig

    quantization = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=dtype,
    )
    try:
        loaded: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
            str(model.folder), dtype=dtype, quantization_config=quantization, device_map={"": device}
        )
    except torch.OutOfMemoryError:
        raise
    except Exception as error:
        raise _cannot_load(model, error) from error
    loaded.eval()
    return loaded


def check_quantization(model: OpenedModel, device: torch.device) -> None:
    """Raises TrainingError where a model cannot be quantized here."""
    if device.type != "cuda":
        # On the processor bitsandbytes 0.50 passes no gradient on.
        raise TrainingError(
            "training.lora.quantize needs an NVIDIA GPU. Remove the setting, or train where there is one."
        )
    if importlib.util.find_spec("bitsandbytes") is None:
        raise TrainingError(
            f"training.lora.quantize needs bitsandbytes, which is not installed in {sys.executable}. Install it there, or"
            " remove the setting."
        )
    if model.adapter is not None:
        raise TrainingError(
            "training.lora.quantize does not go with model.adapter: an adapter is merged in full precision. Merge it,"
            " save the model, and name that as model.path."
        )


def _load(model: OpenedModel, dtype: torch.dtype | str) -> PreTrainedModel:
    loaded: PreTrainedModel = AutoModelForCausalLM.from_pretrained(str(model.folder), dtype=dtype)
    return loaded


def _cannot_load(model: OpenedModel, error: Exception) -> TrainingError:
    import transformers

    return TrainingError(
        f"{model.name} cannot be loaded by transformers {transformers.__version__}: {sentence(error)}. Name another model,"
        " fetch it again, or install the version of transformers that it asks for."
    )
