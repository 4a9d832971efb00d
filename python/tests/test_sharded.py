"""
Weights spread over processes by FSDP. accelerate does so over GPUs only; told that these processes had some, torch's second
FSDP computes on the processor too.
"""

import shutil
from typing import Any

import pytest
import torch
from group import ended, errors_of, start_group
from safetensors.torch import load_file
from support import Experiment, TinyRun

from dpo_lab_trainer.errors import TrainingError
from dpo_lab_trainer.machine.sharding import explained
from dpo_lab_trainer.run import train_runs

FSDP = {
    "ACCELERATE_USE_FSDP": "true",
    "FSDP_VERSION": "2",
    "FSDP_AUTO_WRAP_POLICY": "TRANSFORMER_BASED_WRAP",
    "FSDP_RESHARD_AFTER_FORWARD": "true",
    # As `accelerate config` proposes them.
    "FSDP_STATE_DICT_TYPE": "SHARDED_STATE_DICT",
    "FSDP_CPU_RAM_EFFICIENT_LOADING": "true",
    "FSDP_ACTIVATION_CHECKPOINTING": "true",
}


def take_processors_for_gpus() -> None:
    from accelerate import PartialState
    from accelerate.utils import DistributedType

    original = PartialState.__init__

    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if self.distributed_type == DistributedType.MULTI_CPU:
            self.distributed_type = DistributedType.MULTI_GPU

    PartialState.__init__ = init


def run_out_of_memory_in_process_1() -> None:
    import os

    from dpo_lab_trainer.training.preference_trainer import PreferenceTrainer

    def out(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    if os.environ["RANK"] == "1":
        PreferenceTrainer.compute_loss = out  # type: ignore[method-assign]


def same(run: TinyRun, other: TinyRun, tolerance: float) -> None:
    for line, expected in zip(run.numbers(), other.numbers(), strict=True):
        for name, value in expected.items():
            if isinstance(value, float) and name != "accuracy":
                assert line[name] == pytest.approx(value, abs=tolerance), (name, line["step"])


def weights(run: TinyRun) -> dict[str, torch.Tensor]:
    (path,) = (run.folder / "model").glob("*.safetensors")
    return load_file(path)


def test_spread_weights_are_trained_saved_and_resumed_as_in_one_process(experiment: Experiment) -> None:
    sections = {
        method: {"method": method, "steps": 4, "learning_rate": 2e-3, "batch_size": 3, "micro_batch_size": 1}
        for method in ("lora", "full")
    }
    spread = [experiment.run(f"spread-{method}", training=training) for method, training in sections.items()]
    assert ended(start_group(*spread, before=take_processors_for_gpus, **FSDP)) == [0, 0], errors_of(spread[0], 0)
    parted = [run.copy(f"parted-{run.folder.name}") for run in spread]
    for run in parted:
        assert (run.folder / "checkpoints" / "2" / "pytorch_model_fsdp_0").is_dir()
        for name in ("checkpoints/4", "model"):
            shutil.rmtree(run.folder / name)
    assert ended(start_group(*parted, before=take_processors_for_gpus, **FSDP)) == [0, 0], errors_of(parted[0], 0)
    # They must not have each other's table: one that was computed wrongly would show in none of them.
    shutil.rmtree(experiment.data_folder / "references")
    alone = [experiment.run(f"alone-{method}", training=training) for method, training in sections.items()]
    assert train_runs([run.folder for run in alone]) == 0
    for run, again, one in zip(spread, parted, alone, strict=True):
        same(run, one, 1e-4)
        same(again, run, 1e-6)
        assert [line["step"] for line in again.of_kind("resumed")] == [2]
        for saved in (weights(run), weights(again)):
            assert saved.keys() == weights(one).keys()
            for name, tensor in weights(one).items():
                torch.testing.assert_close(saved[name], tensor, atol=1e-5, rtol=0)
        assert {path.name for path in (run.folder / "model").iterdir()} == {
            path.name for path in (one.folder / "model").iterdir()
        }


def test_fsdp_is_refused_where_accelerate_would_leave_it_out(experiment: Experiment) -> None:
    run = experiment.run("run")
    assert ended(start_group(run, **FSDP)) == [1, 1]
    assert "asks for FSDP, which spreads weights over GPUs only" in run.told[-1]["message"]


def test_one_process_that_runs_out_of_memory_is_told(experiment: Experiment) -> None:
    run, next_run = experiment.run("run"), experiment.run("next")
    codes = ended(start_group(run, next_run, before=run_out_of_memory_in_process_1))
    assert codes[1] == 1
    assert (run.last, next_run.told) == ("failed", [])
    assert run.told[-1]["message"].startswith("Memory ran out on this machine")


def test_a_config_that_fsdp_does_not_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCELERATE_USE_FSDP", "true")
    with (
        pytest.raises(TrainingError, match=r"FSDP could not be set up as the accelerate config says: a b\. Change"),
        explained(lambda: True),
    ):
        raise ValueError("a\nb.")
    with pytest.raises(ValueError), explained(lambda: False):
        raise ValueError("a bug of a step")
