"""
TRL's DPOTrainer, with the reference's log-probabilities from a table, the pairs and learning rates of our schedule, and our
objective. What this relies on in TRL and transformers is checked by tests/test_trl.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from datasets import Dataset
from peft import LoraConfig
from torch import Tensor
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import DataLoader
from transformers import PreTrainedTokenizerBase, TrainerCallback
from transformers.trainer_callback import PrinterCallback
from trl import DPOConfig, DPOTrainer

from ..machine import processes
from ..machine.sharding import is_sharded, whole_weights, without_tied
from ..run_log import Values
from .batches import StepBatches, make_loader
from .objective import Logps, Objective
from .referenced_pair import ReferencedPair
from .schedule import Schedule
from .scoring import token_logps


@dataclass
class MicroBatch:
    """What is measured of one, on the device."""

    indices: Tensor
    chosen: Tensor
    rejected: Tensor
    loss: Tensor


class Hooks(Protocol):
    """What the trainer asks to be done between steps."""

    def step_done(self, gradient_norm: float) -> Values | None:
        """After each step; returns values for the reporters that the user asked for."""

    def evaluate(self) -> None: ...

    def checkpoint_written(self) -> None: ...


class PreferenceTrainer(DPOTrainer):
    """Trains on tokenized pairs whose reference log-probabilities are known."""

    # The micro-batches of a step are weighted already, so their loss is not divided by their number. transformers
    # before 5.19 asks `compute_loss_func` for that, see below.
    loss_is_scaled_for_ga = True

    def __init__(
        self,
        model: Any,
        tokenizer: PreTrainedTokenizerBase,
        args: DPOConfig,
        peft_config: LoraConfig | None,
        pairs: list[ReferencedPair],
        objective: Objective,
        schedule: Schedule,
        batches: StepBatches,
        pad_token: int,
        hooks: Hooks,
        callbacks: list[TrainerCallback],
    ) -> None:
        self._pairs = pairs
        self._objective = objective
        self._schedule = schedule
        self._batches = batches
        self._pad_token = pad_token
        self._hooks = hooks
        self._table: Tensor | None = None
        self.measured: list[MicroBatch] = []
        super().__init__(
            model=model,
            args=args,
            train_dataset=Dataset.from_dict({"index": list(range(len(pairs)))}),
            processing_class=tokenizer,
            peft_config=peft_config,
            callbacks=callbacks,
        )
        self.compute_loss_func: Callable[..., Tensor] | None = self.compute_loss
        self.remove_callback(PrinterCallback)

    def _prepare_dataset(self, dataset: Dataset, *_args: Any, **_kwargs: Any) -> Dataset:
        """Pairs are tokens already."""
        return dataset

    def _precompute_ref_logps(self, dataset: Dataset, *_args: Any, **_kwargs: Any) -> Dataset:
        """The reference's log-probabilities are known."""
        return dataset

    def get_train_dataloader(self) -> DataLoader[Any]:
        return make_loader(self._pairs, self._batches, self._pad_token)

    def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> LambdaLR:
        """Learning rates of our schedule, whatever the optimizer is wrapped in."""
        if self.lr_scheduler is None:
            stepped: Any = self.optimizer if optimizer is None else optimizer
            self.lr_scheduler = LambdaLR(stepped, self._schedule.share_of_peak)
            self._created_lr_scheduler = True
        return self.lr_scheduler

    def compute_loss(
        self, model: Any, inputs: dict[str, Any], return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Tensor:
        """
        The share that a micro-batch has in the loss of its step: the mean over the pairs of the preference loss, plus the
        SFT term, `sft_weight` times the mean over all chosen tokens of -log p. Times the number of processes, over which
        gradients are averaged.
        """
        first, width = inputs["first"], inputs["input_ids"].shape[1]
        logits = model(
            input_ids=inputs["input_ids"],
            attention_mask=inputs["attention_mask"],
            use_cache=False,
            logits_to_keep=torch.arange(first, width, device=inputs["input_ids"].device),
        ).logits
        logps = (token_logps(logits, inputs["targets"]) * inputs["scored"]).sum(1)
        if not inputs["real"]:
            return 0 * logps.sum()
        chosen, rejected = logps.chunk(2)
        table = self._reference_table(logps.device)[inputs["indices"]]
        chosen_tokens, rejected_tokens = (
            (tokens if self._objective.by_token else 1) for tokens in inputs["scored"].sum(1).chunk(2)
        )
        losses = self._objective.pair_losses(
            Logps(chosen / chosen_tokens, rejected / rejected_tokens, table[:, 0], table[:, 1])
        )
        loss = losses.sum() / inputs["step_pairs"]
        if self._objective.sft_weight > 0:
            loss = loss - self._objective.sft_weight / inputs["step_chosen_tokens"] * chosen.sum()
        self.measured.append(MicroBatch(inputs["indices"], chosen.detach(), rejected.detach(), loss.detach()))
        return loss * processes.world()

    def _reference_table(self, device: torch.device) -> Tensor:
        """[pairs, 2] in float32: of chosen and rejected, as the objective takes them."""
        if self._table is None:
            by_token = self._objective.by_token
            rows = [
                (
                    pair.reference.chosen / (pair.reference.chosen_tokens if by_token else 1),
                    pair.reference.rejected / (pair.reference.rejected_tokens if by_token else 1),
                )
                for pair in self._pairs
            ]
            self._table = torch.tensor(rows, dtype=torch.float64).float().to(device)
        return self._table

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        """Called after each step, and with a summary at the end, which we do without."""
        self.control.should_log = False
        if "loss" not in logs:
            return
        norm = logs.get("grad_norm")
        values = self._hooks.step_done(float("nan") if norm is None else float(norm))
        self.state.log_history.clear()
        if values is not None:
            super().log(dict(values))

    def evaluate(self, *_args: Any, **_kwargs: Any) -> dict[str, float]:
        self.control.should_evaluate = False
        self._hooks.evaluate()
        return {}

    def save_whole(self, folder: str, lora: bool) -> None:
        """What was trained, in one piece also where the checkpoints are written in parts."""
        if not is_sharded():
            self.save_model(folder)
            return
        weights = whole_weights(self, lora)
        if self.args.should_save:
            self._save(folder, state_dict=weights)

    def _save(self, output_dir: str | None = None, state_dict: dict[str, Any] | None = None) -> None:
        if state_dict is not None:
            state_dict = without_tied(state_dict, self.accelerator.unwrap_model(self.model))
        super()._save(output_dir, state_dict)

    def create_model_card(self, *_args: Any, **_kwargs: Any) -> None:
        """The run folder says what a run is."""

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        self._hooks.checkpoint_written()
