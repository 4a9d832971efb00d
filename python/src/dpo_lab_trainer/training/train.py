"""Trains a run from its first step, or from a checkpoint, to its end or to where a stop is asked for."""

import contextlib

from ..machine.memory import is_out_of_memory, memory_use, out_of_memory
from ..machine.sharding import explained
from ..process_cache import ProcessCache
from ..reporters import end_reporters
from ..requests import Requests
from ..run_file import Run
from ..run_log import RunLog
from .checkpoints import Checkpoints
from .make_trainer import make_trainer, take_apart
from .prepare import Prepared
from .save import save_result
from .training_callback import Finished, TrainingCallback


def train(
    prepared: Prepared, run: Run, resume_from: int | None, log: RunLog, requests: Requests, cache: ProcessCache
) -> None:
    """
    A checkpoint is written when everything about its step has been logged, so that a resumed run repeats no line and
    leaves none out. resume_from: step of the checkpoint to go on from.
    """
    config, device = prepared.config, prepared.device
    checkpoints = Checkpoints(run.folder, prepared.fingerprint, config.training.keep_checkpoints)
    resumed = None if resume_from is None else checkpoints.read(resume_from)
    lora = config.training.method == "lora"
    policy = cache.weights.policy(prepared.policy.model, config, device)
    if not lora:
        cache.weights.drop(device)
    callback = TrainingCallback(prepared, log, requests, checkpoints, resume_from or 0, bool(resumed and resumed[1]))
    with explained(lambda: not callback.has_begun):
        trainer = make_trainer(prepared, policy, callback, run)
    del policy
    callback.trainer = trainer
    use = memory_use(trainer.model)
    try:
        if resume_from is not None:
            log.say("resumed", step=resume_from)
        with contextlib.suppress(Finished), explained(lambda: not callback.has_begun):
            trainer.train(resume_from_checkpoint=None if resumed is None else str(resumed[0]))
        log.say("phase", phase="saving")
        requests.require_lease()
        save_result(trainer, prepared.policy.model, run.folder / "model", lora)
        requests.require_lease()
        log.say("completed", step=prepared.schedule.total_steps)
    except Exception as error:
        if is_out_of_memory(error):
            cache.weights.drop(device)
            raise out_of_memory(device, config, use) from error
        raise
    finally:
        end_reporters(trainer, config.backend.torch.report_to or [])
        take_apart(trainer, cache, lora, device)
