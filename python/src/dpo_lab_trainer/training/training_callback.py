"""What happens between the steps of a trainer."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from ..errors import Stopped, TrainingError
from ..generation.evaluation import EvaluationSetup, Evaluator
from ..lease import LeaseLost
from ..machine import processes
from ..machine.device import Device
from ..machine.sharding import is_sharded
from ..requests import Requests
from ..run_log import RunLog, Values
from ..weights import loaded
from .checkpoints import Checkpoints
from .pair_metrics import PairScore, pair_metrics, sft_loss
from .prepare import Prepared

_SKIPPED_IN_A_ROW = 20
"""Steps that fp16 may leave out one after the other while it looks for a scale."""


class Finished(Exception):  # noqa: N818 - not an error
    """A run that was ended after its last step is resumed: transformers would begin another one."""


@dataclass
class TrainingCallback(TrainerCallback):
    """Tells what happens, looks at the policy, writes checkpoints and obeys requests, between the steps of a trainer."""

    prepared: Prepared
    log: RunLog
    requests: Requests
    checkpoints: Checkpoints
    saved: int
    """Step of the newest checkpoint."""
    evaluation_due: bool

    def __post_init__(self) -> None:
        self.trainer: Any = None
        self.batches: Any = None
        self._started = 0.0
        self._start_step = self.saved
        self._skipped = 0
        self.has_begun = False
        self._evaluator = Evaluator(self._evaluation_setup(), self.requests.check)

    def _evaluation_setup(self) -> EvaluationSetup:
        prepared = self.prepared
        return EvaluationSetup(
            config=prepared.config,
            objective=prepared.objective,
            policy=prepared.policy,
            baseline=prepared.baseline,
            baseline_answers=prepared.baseline_answers,
            baseline_ends=prepared.baseline_ends,
            open_baseline=self._open_baseline,
            device=prepared.device,
            held_out=prepared.held_out,
            watched=prepared.watched,
        )

    @property
    def _step(self) -> int:
        return int(self.trainer.state.global_step)

    # What transformers calls.

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.has_begun = True
        if self._start_step == 0 or self.evaluation_due:
            self.evaluate()
        else:
            self.log.say("phase", phase="training")

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        self.batches.epoch = state.global_step // self.prepared.schedule.steps_per_epoch

    def on_step_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.global_step >= self.prepared.schedule.total_steps:
            raise Finished
        request = self.requests.next()
        if request:
            self._save()
        if request == "stop":
            raise Stopped
        self.trainer.measured.clear()
        self._started = time.monotonic()

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        training, step = self.prepared.config.training, state.global_step
        last = step == self.prepared.schedule.total_steps
        control.should_evaluate = last or step % training.eval_every == 0
        control.should_save = last or step % training.save_every == 0

    # What our trainer calls.

    def step_done(self, gradient_norm: float) -> Values | None:
        """After the optimizer's step, before its evaluation and checkpoint."""
        step, training = self._step, self.prepared.config.training
        seconds = time.monotonic() - self._started
        scores, loss, indices = self._measured()
        overflowed = self._overflowed(loss, gradient_norm)
        diverged = not math.isfinite(loss) or (not math.isfinite(gradient_norm) and not overflowed)
        last = step == self.prepared.schedule.total_steps
        values: Values | None = None
        if diverged or step == 1 or last or step % training.log_every == 0:
            tokens = sum(self.prepared.train[index].pair.tokens for index in indices)
            values = {"loss": loss} | pair_metrics(scores, self.prepared.objective)
            if self.prepared.objective.sft_weight > 0:
                values["sft_loss"] = sft_loss(scores)
            if not overflowed:
                values["gradient_norm"] = gradient_norm
            values |= {
                "learning_rate": self.prepared.schedule.learning_rate(step),
                "tokens_per_second": tokens / seconds,
                "memory": sum(processes.gather([self.prepared.device.memory()])),
                "epoch": self.prepared.schedule.epoch_after(step),
            }
            self.log.metrics("train", step, values)
        if diverged:
            raise self._divergence(step, loss)
        return values

    def evaluate(self) -> None:
        self.log.say("phase", phase="evaluating")
        model = self._policy()
        model.eval()
        try:
            values, samples = self._evaluator.evaluate(model)
        except Stopped:
            # An evaluation can take minutes, which somebody who stops a run does not want to wait for.
            self.evaluation_due = True
            if self._step > 0:
                self._save()
            raise
        self.evaluation_due = False
        if values:
            self.log.metrics("eval", self._step, values)
        if samples:
            self.log.say("samples", step=self._step, samples=samples)
        self.log.say("phase", phase="training")

    def checkpoint_written(self) -> None:
        """By transformers, beside its place."""
        step = self._step
        # Each process writes its part.
        processes.gather([])
        self.log.sync()
        complete = partial(self.checkpoints.complete, step, self.evaluation_due, lambda: self.requests.is_taken)
        if not processes.on_main(complete):
            raise LeaseLost
        self.saved = step
        self.log.say("checkpoint", step=step)

    def _save(self) -> None:
        if self._step != self.saved or (self.evaluation_due and self._step > 0):
            self.trainer._save_checkpoint(self.trainer.model_wrapped, None)

    def _policy(self) -> Any:
        """What computes: sharded weights do so only through their wrapper."""
        return self.trainer.model_wrapped if is_sharded() else self.trainer.model

    @contextmanager
    def _open_baseline(self) -> Iterator[tuple[Any, Device]]:
        prepared = self.prepared
        if prepared.baseline is prepared.policy and prepared.config.training.method == "lora":
            with self.trainer.accelerator.unwrap_model(self.trainer.model_wrapped).disable_adapter():
                yield self._policy(), prepared.device
        else:
            dtype = prepared.config.reference.dtype if prepared.baseline is not prepared.policy else "auto"
            with loaded(prepared.baseline.model, dtype, prepared.device) as baseline:
                yield baseline

    def _measured(self) -> tuple[list[PairScore], float, list[int]]:
        """Scores of the pairs of the step, its loss, and which pairs they are; of all processes."""
        parts = self.trainer.measured
        rows: list[tuple[int, float, float]] = []
        loss = 0.0
        if parts:
            columns = [
                torch.cat([getattr(part, name) for part in parts]).double().tolist()
                for name in ("indices", "chosen", "rejected")
            ]
            rows = [(int(index), chosen, rejected) for index, chosen, rejected in zip(*columns, strict=True)]
            loss = torch.stack([part.loss for part in parts]).double().sum().item()
        rows = processes.gather(rows)
        loss = sum(processes.gather([loss]))
        scores = [self._pair_score(*row) for row in rows]
        return scores, loss, [index for index, _, _ in rows]

    def _pair_score(self, index: int, chosen: float, rejected: float) -> PairScore:
        pair = self.prepared.train[index]
        tokens = (pair.pair.chosen.response_tokens, pair.pair.rejected.response_tokens)
        return PairScore(chosen, rejected, *tokens, pair.reference)

    def _overflowed(self, loss: float, gradient_norm: float) -> bool:
        """Whether fp16 left the step out, which it does until it has found a scale for its gradients."""
        skipped = self.prepared.device.precision == "fp16" and math.isfinite(loss) and not math.isfinite(gradient_norm)
        self._skipped = self._skipped + 1 if skipped else 0
        return skipped and self._skipped <= _SKIPPED_IN_A_ROW

    def _divergence(self, step: int, loss: float) -> TrainingError:
        training, precision = self.prepared.config.training, self.prepared.device.precision
        what = "gradient" if math.isfinite(loss) else "loss"
        rest = (
            f"The weights of step {self.saved} are kept in its checkpoint."
            if self.saved > 0
            else "No checkpoint was written before it."
        )
        if precision == "fp16":
            return TrainingError(
                f"The {what} of step {step} is no finite number in fp16, whose range is small. Write training.precision:"
                f" bf16 or fp32, and start a new run. {rest}"
            )
        narrow = ", or write training.precision: fp32" if precision == "bf16" else ""
        return TrainingError(
            f"Training diverged: the {what} of step {step} is no finite number. Lower training.learning_rate (now"
            f" {training.learning_rate:g}), lengthen training.warmup, or raise objective.beta{narrow}, and start a new run."
            f" {rest}"
        )
