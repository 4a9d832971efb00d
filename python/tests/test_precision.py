"""Training in 16 bits, as far as a processor can: bf16 with autocast. fp16 is refused, see test_failures.py."""

import shutil
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from support import Experiment, TinyRun

from dpo_lab_trainer.run import train_runs

LN_2 = 0.693147


def losses(run: TinyRun, split: str) -> list[float]:
    return [line["loss"] for line in run.numbers() if line["split"] == split]


@pytest.mark.parametrize("method", ["lora", "full"])
def test_bf16_trains_as_float32_does(experiment: Experiment, method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    training: dict[str, Any] = {"method": method, "learning_rate": 2e-3}
    whole = experiment.run("whole", training=training)
    narrow = experiment.run("narrow", training=training | {"precision": "bf16"})
    # What an accelerate config says of precision counts for nothing.
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "bf16")
    assert train_runs([whole.folder, narrow.folder]) == 0
    assert "bf16" in narrow.of_kind("plan")[0]["device"]
    assert losses(whole, "train")[0] == pytest.approx(LN_2, abs=1e-5)
    # The reference has a table of its own, in the same precision; but other pairs stood beside each.
    assert len(experiment.tables()) == 2
    assert losses(narrow, "train")[0] == pytest.approx(LN_2, abs=2e-3)
    assert losses(narrow, "eval")[0] == pytest.approx(LN_2, abs=2e-3)
    assert losses(narrow, "train") == pytest.approx(losses(whole, "train"), abs=0.02)
    assert losses(narrow, "train") != losses(whole, "train")
    name = "adapter_model.safetensors" if method == "lora" else "model.safetensors"
    trained, precise = (load_file(run.folder / "model" / name) for run in (narrow, whole))
    assert trained.keys() == precise.keys()
    assert {tensor.dtype for tensor in trained.values()} == {torch.float32}
    # Weights that were kept in 16 bits would be whole numbers of their last place.
    assert any((tensor != tensor.bfloat16()).any() for tensor in trained.values())


def test_a_run_in_bf16_is_resumed(experiment: Experiment) -> None:
    whole = experiment.run("whole", training={"precision": "bf16", "steps": 4, "save_every": 2})
    assert train_runs([whole.folder]) == 0
    parted = whole.copy("parted")
    for name in ("checkpoints/4", "model"):
        shutil.rmtree(parted.folder / name)
    assert train_runs([parted.folder]) == 0
    assert [line["step"] for line in parted.of_kind("resumed")] == [2]
    assert losses(parted, "train") == pytest.approx(losses(whole, "train"), abs=1e-6)
