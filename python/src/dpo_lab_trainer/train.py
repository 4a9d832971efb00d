"""Trains a run from its first step, or from a checkpoint, to its end or to where a stop is asked for."""

import contextlib
import copy
from typing import Any

from trl import DPOConfig

from .adapter import lora_config, start_adapter
from .batches import StepBatches
from .checkpoints import Checkpoints
from .conductor import Conductor, Finished
from .device import Device
from .memory import is_out_of_memory, memory_use, out_of_memory
from .preference_trainer import PreferenceTrainer
from .prepare import Prepared
from .reporters import end_reporters, start_reporters
from .requests import Requests
from .run_file import Run
from .run_log import RunLog
from .save import save_result
from .session import Session
from .sharding import is_sharded


def train(
    prepared: Prepared, run: Run, resume_from: int | None, log: RunLog, requests: Requests, session: Session
) -> None:
    """
    A checkpoint is written when everything about its step has been logged, so that a resumed run repeats no line and
    leaves none out. resume_from: step of the checkpoint to go on from.
    """
    config, device = prepared.config, prepared.device
    checkpoints = Checkpoints(run.folder, prepared.fingerprint, config.training.keep_checkpoints)
    resumed = None if resume_from is None else checkpoints.read(resume_from)
    lora = config.training.method == "lora"
    policy = session.weights.policy(prepared.policy.model, config, device)
    if not lora:
        session.weights.drop(device)
    conductor = Conductor(prepared, log, requests, checkpoints, resume_from or 0, bool(resumed and resumed[1]))
    trainer = _make_trainer(prepared, policy, conductor, run)
    del policy
    conductor.trainer = trainer
    use = memory_use(trainer.model)
    try:
        if resume_from is not None:
            log.say("resumed", step=resume_from)
        with contextlib.suppress(Finished):
            trainer.train(resume_from_checkpoint=None if resumed is None else str(resumed[0]))
        log.say("phase", phase="saving")
        save_result(trainer, prepared.policy.model, run.folder / "model", lora)
        log.say("completed", step=prepared.schedule.total_steps)
    except Exception as error:
        if is_out_of_memory(error):
            session.weights.drop(device)
            raise out_of_memory(device, config, use) from error
        raise
    finally:
        end_reporters(trainer, config.backend.torch.report_to or [])
        _take_apart(trainer, session, lora, device)


def _make_trainer(prepared: Prepared, policy: Any, conductor: Conductor, run: Run) -> PreferenceTrainer:
    training, device = prepared.config.training, prepared.device
    batches = StepBatches(prepared.schedule, prepared.train, training.micro_batch_size)
    lora = training.method == "lora"
    conductor.batches = batches
    reporters = run.config.backend.torch.report_to or []
    args = DPOConfig(
        output_dir=str(conductor.checkpoints.folder),
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
        hooks=conductor,
        callbacks=[conductor],
    )
    start_reporters(trainer, reporters, run.folder)
    if lora:
        start_adapter(trainer.model, training.seed)
    return trainer


def _take_apart(trainer: PreferenceTrainer, session: Session, lora: bool, device: Device) -> None:
    """Gives the weights back as they were before the adapter was put on."""
    if lora and not is_sharded():
        wrapped = trainer.model_wrapped or trainer.model
        model = trainer.accelerator.unwrap_model(wrapped, keep_fp32_wrapper=False)
        model.gradient_checkpointing_disable()
        for hook in getattr(model.get_base_model(), "_require_grads_hooks", []):
            hook.remove()
        model.unload()
    else:
        session.weights.drop(device)
    trainer.accelerator.free_memory()
    for holder, name in ((trainer, "model"), (trainer, "model_wrapped"), (trainer.callback_handler, "model")):
        setattr(holder, name, None)
