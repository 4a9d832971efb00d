"""A trainer as a run's config wants it, and how its weights are given back."""

import copy
from typing import Any

from transformers.integrations.deepspeed import unset_hf_deepspeed_config
from trl import DPOConfig

from ..machine.device import Device
from ..machine.sharding import is_sharded, override_accelerate_config
from ..process_cache import ProcessCache
from ..reporters import start_reporters
from ..run_file import Run
from .adapter import lora_config, start_adapter
from .batches import StepBatches
from .preference_trainer import PreferenceTrainer
from .prepare import Prepared
from .training_callback import TrainingCallback


def make_trainer(prepared: Prepared, policy: Any, callback: TrainingCallback, run: Run) -> PreferenceTrainer:
    training, device = prepared.config.training, prepared.device
    batches = StepBatches(prepared.schedule, prepared.train, training.micro_batch_size)
    lora = training.method == "lora"
    callback.batches = batches
    reporters = run.config.backend.torch.report_to or []
    override_accelerate_config(device.precision, batches.per_step, training.max_grad_norm)
    args = DPOConfig(
        output_dir=str(callback.checkpoints.folder),
        beta=prepared.objective.beta,
        precompute_ref_log_probs=True,
        max_length=None,
        max_steps=prepared.schedule.total_steps,
        per_device_train_batch_size=training.micro_batch_size,
        gradient_accumulation_steps=batches.per_step,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        max_grad_norm=training.max_grad_norm,
        seed=training.seed,
        bf16=device.precision == "bf16",
        fp16=device.precision == "fp16",
        use_cpu=device.place.type == "cpu",
        gradient_checkpointing_kwargs={"use_reentrant": False},
        ddp_find_unused_parameters=False,
        remove_unused_columns=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        save_strategy="no",
        report_to=reporters or "none",
        run_name=run.id,
    )
    trainer = PreferenceTrainer(
        model=policy,
        # It gets a padding token, which ours must not have.
        tokenizer=copy.deepcopy(prepared.policy.tokenizer.library),
        args=args,
        peft_config=lora_config(training.lora) if lora else None,
        pairs=prepared.train,
        objective=prepared.objective,
        schedule=prepared.schedule,
        batches=batches,
        pad_token=prepared.policy.tokenizer.end_token,
        hooks=callback,
        callbacks=[callback],
    )
    start_reporters(trainer, reporters, run.folder)
    if lora:
        start_adapter(trainer.model, training.seed)
    return trainer


def take_apart(trainer: PreferenceTrainer, cache: ProcessCache, lora: bool, device: Device) -> None:
    """Gives the weights back as they were before the adapter was put on."""
    if lora and not is_sharded():
        wrapped = trainer.model_wrapped or trainer.model
        model = trainer.accelerator.unwrap_model(wrapped, keep_fp32_wrapper=False)
        model.gradient_checkpointing_disable()
        for hook in getattr(model.get_base_model(), "_require_grads_hooks", []):
            hook.remove()
        model.unload()
    else:
        cache.weights.drop(device)
    trainer.accelerator.free_memory()
    # Else models of the next run would be loaded in parts.
    unset_hf_deepspeed_config()
    for holder, name in ((trainer, "model"), (trainer, "model_wrapped"), (trainer.callback_handler, "model")):
        setattr(holder, name, None)
