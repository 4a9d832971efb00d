"""The callback that a trainer of another library gets: it writes what the trainer does into the run's folder."""

import sys
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from ..errors import TrainingError, sentence
from ..run_log import RunLog
from .metric_names import beta_of, logged_values
from .probe import Probe
from .requests import WatchedRequests


class WatchingCallback(TrainerCallback):
    """
    Only listens, but for a request to stop or to save. What goes wrong in it is written down and ends no training. Process 0
    writes; all processes look and ask together.
    """

    def __init__(self, trainer: Any, folder: str) -> None:
        self._trainer = trainer
        self._folder = Path(folder)
        self._is_main = trainer.args.process_index == 0
        self._beta = beta_of(trainer)
        self._first_losses: list[Any] = []
        self._looked_at = -1
        self._saved = -1
        self._stopped = False

    # What the trainer calls.

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        step = state.global_step
        self._log = _Notes(RunLog(self._folder, step if step > 0 else -1, self._is_main))
        self._requests = WatchedRequests(self._folder)
        held_out = self._trainer.eval_dataset
        self._log.say(
            "plan",
            totalSteps=state.max_steps,
            pairs=_length(self._trainer.train_dataset),
            evalPairs=0 if held_out is None else _length(held_out),
            device=f"{args.device.type}, {_precision(args)}",
        )
        if step > 0:
            self._log.say("resumed", step=step)
        else:
            self._note_first_loss()
        self._probe = Probe(self._trainer, self._folder)
        if self._probe.reason is not None:
            self._log.warn(f"Texts and the end of sequence are not watched: {self._probe.reason}.")
        self._guarded(lambda: self._probe.begin(step))
        if step == 0:
            self._look(step)
        self._log.say("phase", phase="training")

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        if self._first_losses:
            self._write_first_loss(state.global_step)
        request = self._requests.next()
        if request == "leave":
            raise SystemExit("Another job has the run by now.")
        if request in ("stop", "checkpoint"):
            control.should_save = True
        if request == "stop":
            control.should_training_stop = self._stopped = True
        return control

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
        measured = logged_values(logs or {}, self._beta)
        if measured is not None:
            self._log.metrics(measured[0], state.global_step, measured[1])

    def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._look(state.global_step)

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        step = state.global_step
        if step == self._saved:
            return
        self._saved = step
        # A checkpoint must not outlive the lines about its step.
        self._log.sync()
        place = Path(args.output_dir).resolve() / f"checkpoint-{step}"
        self._log.say("checkpoint", step=step, path=str(place))
        if self._trainer.eval_dataset is None and not self._stopped:
            self._look(step)

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        if not self._stopped:
            self._look(state.global_step)
        self._log.say("trained", step=state.global_step, stopped=self._stopped)
        self._log.say("phase", phase="saving")

    # How.

    def _look(self, step: int) -> None:
        if self._looked_at == step or self._probe.reason is not None:
            return
        self._looked_at = step
        self._log.say("phase", phase="evaluating")
        self._guarded(lambda: self._write_look(step))
        self._log.say("phase", phase="training")

    def _write_look(self, step: int) -> None:
        values, samples = self._probe.look()
        self._log.metrics("eval", step, values)
        self._log.say("samples", step=step, samples=samples)

    def _guarded(self, work: Any) -> None:
        if self._probe.reason is not None:
            return
        try:
            work()
        except Exception as error:
            self._probe.reason = f"{type(error).__name__}: {sentence(error)}"
            self._log.warn(f"Texts and the end of sequence are not watched any more: {self._probe.reason}.")

    def _note_first_loss(self) -> None:
        """The trainer's first log can be a mean over many steps, which no longer shows where training began."""
        compute_loss = self._trainer.compute_loss

        def noted(*args: Any, **kwargs: Any) -> Any:
            result = compute_loss(*args, **kwargs)
            loss = result[0] if isinstance(result, tuple) else result
            if self._trainer.model.training:
                self._first_losses.append(loss.detach())
            return result

        self._trainer.compute_loss = noted

    def _write_first_loss(self, step: int) -> None:
        del self._trainer.compute_loss
        losses = [float(loss) for loss in self._first_losses]
        self._first_losses = []
        if self._trainer.args.logging_steps != 1:
            self._log.metrics("train", step, {"loss": sum(losses) / len(losses)})


class _Notes:
    """A run log whose failures, as of a full disk, end no training."""

    def __init__(self, log: RunLog) -> None:
        self._log = log
        self._has_failed = False

    def say(self, kind: str, **keys: Any) -> None:
        self._try(lambda: self._log.say(kind, **keys))

    def warn(self, message: str) -> None:
        self.say("warning", message=message)

    def metrics(self, split: str, step: int, values: dict[str, float]) -> None:
        self._try(lambda: self._log.metrics(split, step, values))

    def sync(self) -> None:
        self._try(self._log.sync)

    def _try(self, write: Any) -> None:
        try:
            write()
        except (OSError, TrainingError) as error:
            if not self._has_failed:
                print(f"DPO Lab: {sentence(error)}. The run is no longer watched in full.", file=sys.stderr)
            self._has_failed = True


def _length(data: Any) -> int:
    try:
        return len(data)
    except TypeError:
        return 0  # A stream.


def _precision(args: Any) -> str:
    return "bf16" if args.bf16 else "fp16" if args.fp16 else "fp32"
