"""
What preference_trainer.py relies on in TRL and transformers. A failure here says that they changed underneath: look at what
they do now before a version is let into the window.
"""

import inspect
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from datasets import Dataset
from support import MODEL
from transformers import AutoTokenizer, LlamaForCausalLM
from transformers.integrations import deepspeed
from transformers.integrations.fsdp import is_fsdp_enabled
from trl import DPOConfig, DPOTrainer
from trl.trainer.dpo_trainer import DataCollatorForPreference

from dpo_lab_trainer.data.tokenize import TokenizedPair, TokenSequence
from dpo_lab_trainer.machine.sharding import loading_whole
from dpo_lab_trainer.reference.table_files import ReferenceScore
from dpo_lab_trainer.training.batches import Item, Slot, collate
from dpo_lab_trainer.training.objective import LOSSES, Objective
from dpo_lab_trainer.training.preference_trainer import PreferenceTrainer
from dpo_lab_trainer.training.referenced_pair import ReferencedPair

PROMPTS = [[0, 7, 12, 40], [0, 8], [0, 250, 31, 17, 90, 91]]
CHOSEN = [[50, 60, 1], [99, 98, 97, 96, 1], [33, 1]]
REJECTED = [[55, 1], [101, 102, 1], [44, 45, 46, 1]]
REFERENCES = [(-14.0, -9.5), (-30.25, -17.0), (-8.0, -26.5)]


class WithColumns(DPOTrainer):
    """As somebody would write it who wants TRL's own loss on given log-probabilities."""

    def _prepare_dataset(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset

    def _precompute_ref_logps(self, dataset: Dataset, *_: Any) -> Dataset:
        return dataset


@pytest.fixture(scope="module")
def trl(tmp_path_factory: pytest.TempPathFactory) -> WithColumns:
    rows = [
        {
            "prompt_ids": prompt,
            "chosen_ids": chosen,
            "rejected_ids": rejected,
            "ref_chosen_logps": reference[0],
            "ref_rejected_logps": reference[1],
        }
        for prompt, chosen, rejected, reference in zip(PROMPTS, CHOSEN, REJECTED, REFERENCES, strict=True)
    ]
    args = DPOConfig(
        output_dir=str(tmp_path_factory.mktemp("trl")),
        precompute_ref_log_probs=True,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        max_length=None,
        report_to="none",
    )
    trainer = WithColumns(
        model=LlamaForCausalLM.from_pretrained(MODEL),
        args=args,
        train_dataset=Dataset.from_list(rows),
        processing_class=AutoTokenizer.from_pretrained(MODEL),
    )
    assert trainer.ref_model is None
    return trainer


def our_loss(trl: WithColumns, objective: Objective) -> float:
    pairs = [
        ReferencedPair(
            TokenizedPair(
                str(row),
                row,
                TokenSequence(prompt + chosen, len(prompt)),
                TokenSequence(prompt + rejected, len(prompt)),
                None,
            ),
            ReferenceScore(*reference, len(chosen), len(rejected), 0, 0),
            False,
        )
        for row, (prompt, chosen, rejected, reference) in enumerate(
            zip(PROMPTS, CHOSEN, REJECTED, REFERENCES, strict=True)
        )
    ]
    tokens = sum(len(chosen) for chosen in CHOSEN)
    batch = collate([Item(Slot(row, True, len(pairs), tokens), pair) for row, pair in enumerate(pairs)], 1)
    trainer = PreferenceTrainer.__new__(PreferenceTrainer)
    trainer._pairs, trainer._objective, trainer._table, trainer.measured = pairs, objective, None, []
    return trainer.compute_loss(trl.model, batch).item()


def trl_loss(trl: WithColumns, objective: Objective) -> float:
    loss = "sigmoid_norm" if objective.length_normalized else objective.loss
    trl.loss_types = [loss, "sft"] if objective.sft_weight else [loss]
    trl.loss_weights = [1.0, objective.sft_weight][: len(trl.loss_types)]
    trl.beta, trl.label_smoothing = objective.beta, objective.label_smoothing
    collator = DataCollatorForPreference(pad_token_id=2)
    return trl.compute_loss(trl.model, collator(list(trl.train_dataset))).item()


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("beta", [0.1, 1.5])
def test_losses_are_those_of_trl(trl: WithColumns, loss: str, beta: float) -> None:
    # TRL ignores label smoothing with sigmoid; ours is compared with it where it has none.
    smoothing = 0.0 if loss in ("sigmoid", "hinge") else 0.2
    objective = Objective(loss, beta, smoothing, False, 0.0)
    assert our_loss(trl, objective) == pytest.approx(trl_loss(trl, objective), rel=1e-5)


def test_sft_is_that_of_trl(trl: WithColumns) -> None:
    objective = Objective("sigmoid", 0.3, 0.0, False, 0.7)
    assert our_loss(trl, objective) == pytest.approx(trl_loss(trl, objective), rel=1e-5)


@pytest.mark.skipif(
    "sigmoid_norm" not in inspect.getsource(DPOTrainer), reason="this TRL does not divide by the length"
)
def test_means_over_tokens_are_those_of_trl(trl: WithColumns) -> None:
    objective = Objective("sigmoid", 2.0, 0.0, True, 0.0)
    assert our_loss(trl, objective) == pytest.approx(trl_loss(trl, objective), rel=1e-5)


def test_label_smoothing_is_that_of_conservative_dpo(trl: WithColumns) -> None:
    """As aot of one pair: there TRL applies the smoothing that it leaves out of sigmoid."""
    smoothed = Objective("sigmoid", 0.1, 0.2, False, 0.0)
    plain = Objective("sigmoid", 0.1, 0.0, False, 0.0)
    flipped = 2 * our_loss(trl, Objective("sigmoid", 0.1, 0.5, False, 0.0)) - our_loss(trl, plain)
    expected = 0.8 * our_loss(trl, plain) + 0.2 * flipped
    assert our_loss(trl, smoothed) == pytest.approx(expected, rel=1e-5)


def test_what_is_overridden_is_there() -> None:
    for name in (
        "_prepare_dataset",
        "_precompute_ref_logps",
        "get_train_dataloader",
        "create_scheduler",
        "compute_loss",
        "log",
        "evaluate",
        "create_model_card",
        "_save_checkpoint",
        "_save",
    ):
        assert callable(getattr(DPOTrainer, name)), name
    assert list(inspect.signature(DPOTrainer._save).parameters) == ["self", "output_dir", "state_dict"]
    assert list(inspect.signature(DPOTrainer._save_checkpoint).parameters) == ["self", "model", "trial"]
    wanted = {"model", "args", "train_dataset", "processing_class", "peft_config", "callbacks", "ref_model"}
    assert wanted <= set(inspect.signature(DPOTrainer.__init__).parameters)


def test_what_has_models_loaded_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "FSDP_CPU_RAM_EFFICIENT_LOADING"
    assert name in inspect.getsource(is_fsdp_enabled)
    zero_3 = SimpleNamespace(is_zero3=lambda: True)
    monkeypatch.setenv(name, "true")
    monkeypatch.setattr(deepspeed, "_hf_deepspeed_config_weak_ref", lambda: zero_3)
    assert deepspeed.is_deepspeed_zero3_enabled()
    with loading_whole():
        assert name not in os.environ
        assert not deepspeed.is_deepspeed_zero3_enabled()
    assert os.environ[name] == "true"
    assert deepspeed.is_deepspeed_zero3_enabled()


def test_the_reference_is_taken_from_columns_by_trl(trl: WithColumns) -> None:
    """The extension point that a table comes in by in plain TRL: it reads what the collator brings."""
    batch = DataCollatorForPreference(pad_token_id=2)(list(trl.train_dataset))
    assert torch.equal(batch["ref_chosen_logps"], torch.tensor([chosen for chosen, _ in REFERENCES]))


def test_models_score_only_where_they_are_asked(tmp_path: Path) -> None:
    assert "logits_to_keep" in inspect.signature(LlamaForCausalLM.forward).parameters
