"""Weights that the user's accelerate config spreads over devices, with FSDP or DeepSpeed."""

import os
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ..errors import Stopped, TrainingError
from . import processes
from .memory import is_out_of_memory

_FSDP_LOADS_ONCE = "FSDP_CPU_RAM_EFFICIENT_LOADING"


def is_sharded() -> bool:
    """DeepSpeed or FSDP, as `accelerate launch` tells its processes."""
    return is_fsdp() or is_deepspeed()


def is_fsdp() -> bool:
    return _is_on("ACCELERATE_USE_FSDP")


def is_deepspeed() -> bool:
    return _is_on("ACCELERATE_USE_DEEPSPEED")


def check_processors() -> None:
    """Raises TrainingError where accelerate would leave FSDP out without a word, or fail at it."""
    from accelerate import PartialState
    from accelerate.utils import DistributedType

    if is_fsdp() and PartialState().distributed_type == DistributedType.MULTI_CPU:
        raise TrainingError(
            "The accelerate config asks for FSDP, which spreads weights over GPUs only, and here the processor computes."
            " Train where there are GPUs, or write backend.torch.processes in place of backend.torch.accelerate_config."
        )


def override_accelerate_config(precision: str, micro_batches: int, max_grad_norm: float) -> None:
    """
    What the run's own config decides: the precision, which holds for the reference too, and how steps are cut and clipped.
    Activations are computed anew in the backward pass in any case, and FSDP's way of doing so leaves adapters out of what is
    saved.
    """
    os.environ["ACCELERATE_MIXED_PRECISION"] = "no" if precision == "fp32" else precision
    os.environ["ACCELERATE_GRADIENT_ACCUMULATION_STEPS"] = str(micro_batches)
    os.environ["ACCELERATE_GRADIENT_CLIPPING"] = str(max_grad_norm)
    os.environ["FSDP_ACTIVATION_CHECKPOINTING"] = "false"


@contextmanager
def explained(is_setting_up: Callable[[], bool]) -> Iterator[None]:
    """Tells what FSDP and DeepSpeed say of a config that they do not take, or of a machine on which they do not run."""
    try:
        yield
    except (TrainingError, Stopped):
        raise
    except Exception as error:
        if not is_sharded() or is_out_of_memory(error) or not is_setting_up():
            raise
        traceback.print_exc()
        engine = "DeepSpeed" if is_deepspeed() else "FSDP"
        raise TrainingError(
            f"{engine} could not be set up as the accelerate config says: {' '.join(str(error).split()).rstrip('.')}. Change"
            " the file that backend.torch.accelerate_config names."
        ) from error


@contextmanager
def loading_whole() -> Iterator[None]:
    """
    A model that is loaded meanwhile is whole in every process. Else transformers has zeros in all but the first process of
    a machine where FSDP is to spread the weights afterwards, and parts where ZeRO-3 is.
    """
    from transformers.integrations import deepspeed

    once = os.environ.pop(_FSDP_LOADS_ONCE, None)
    zero, deepspeed._hf_deepspeed_config_weak_ref = deepspeed._hf_deepspeed_config_weak_ref, None
    try:
        yield
    finally:
        deepspeed._hf_deepspeed_config_weak_ref = zero
        if once is not None:
            os.environ[_FSDP_LOADS_ONCE] = once


def whole_weights(trainer: Any, lora: bool) -> dict[str, Any]:
    """
    What the processes hold parts of, in process 0; all have to come here together. lora: the frozen weights may be left
    out. What DeepSpeed trains has a copy in float32, which is more precise than what it computes with.
    """
    if not is_deepspeed():
        return trainer.accelerator.get_state_dict(trainer.model)
    from deepspeed.utils import safe_get_full_fp32_param

    engine = trainer.model_wrapped
    state = (
        engine._zero3_consolidated_16bit_state_dict(exclude_frozen_parameters=lora)
        if engine.zero_optimization_partition_weights()
        else trainer.accelerator.get_state_dict(engine)
    )
    for name, parameter in engine.module.named_parameters():
        precise = safe_get_full_fp32_param(parameter) if parameter.requires_grad else None
        if precise is not None and processes.is_main():
            state[name] = precise.cpu()
    return state or {}


def without_tied(state: dict[str, Any], model: Any) -> dict[str, Any]:
    """Weights that are tied stand twice among those that were gathered."""
    tied = getattr(model, "all_tied_weights_keys", None) or {}
    return {name: tensor for name, tensor in state.items() if name not in tied}


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes")
