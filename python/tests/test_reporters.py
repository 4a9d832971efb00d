"""Programs that the config names get the metrics too, or are told to be missing before anything is loaded."""

import sys
import types
from typing import Any

import pytest
from support import Experiment
from transformers import TrainerCallback
from transformers.integrations import INTEGRATION_TO_CALLBACK

from dpo_lab_trainer import reporters
from dpo_lab_trainer.run import train_runs

SHORT = {"training": {"steps": 2, "eval_every": 9}, "evaluation": {"probes": []}}


def told(experiment: Experiment, names: list[str]) -> str:
    run = experiment.run("run", **SHORT, backend={"torch": {"report_to": names}})
    assert train_runs([run.folder]) == 1
    assert [line["kind"] for line in run.told] == ["failed"]
    return str(run.told[-1]["message"])


def test_a_missing_package_is_told_first(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporters, "_is_installed", lambda _: False)
    assert "backend.torch.report_to names trackio, which is not installed. Install it with" in told(
        experiment, ["trackio"]
    )


def test_wandb_without_a_key_is_told_first(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    def login(verify: bool) -> None:
        raise RuntimeError("No API key configured. Use `wandb login` to log in.")

    wandb: Any = types.ModuleType("wandb")
    wandb.login = login
    monkeypatch.setitem(sys.modules, "wandb", wandb)
    monkeypatch.setattr(reporters, "_is_installed", lambda _: True)
    monkeypatch.delenv("WANDB_MODE", raising=False)
    assert "wandb, which takes no login: No API key configured." in told(experiment, ["wandb"])


def test_each_arm_is_reported_under_its_own_name(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[str, int, float]] = []
    ended: list[bool] = []

    class Trackio(TrainerCallback):
        _initialized = True
        _trackio = types.SimpleNamespace(finish=lambda: ended.append(True))

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            heard.append((args.run_name, state.global_step, logs["loss"]))

    monkeypatch.setitem(INTEGRATION_TO_CALLBACK, "trackio", Trackio)
    monkeypatch.setattr(reporters, "_is_installed", lambda _: True)
    runs = [experiment.run(name, **SHORT, backend={"torch": {"report_to": ["trackio"]}}) for name in ("a", "b")]
    assert train_runs([run.folder for run in runs]) == 0
    logged = [
        (run.folder.name, line["step"], line["values"]["loss"])
        for run in runs
        for line in run.lines("metrics.jsonl")
        if line["split"] == "train"
    ]
    assert heard == logged
    assert ended == [True, True]


def test_a_reporter_that_cannot_begin_is_told(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    class Mlflow(TrainerCallback):
        _ml_flow = types.SimpleNamespace(end_run=lambda: None)

        def on_train_begin(self, *_: Any, **__: Any) -> None:
            raise ConnectionError("http://tracking:5000 does not answer")

    monkeypatch.setitem(INTEGRATION_TO_CALLBACK, "mlflow", Mlflow)
    monkeypatch.setattr(reporters, "_is_installed", lambda _: True)
    run = experiment.run("run", **SHORT, backend={"torch": {"report_to": ["mlflow"]}})
    assert train_runs([run.folder]) == 1
    assert run.told[-1]["message"] == (
        "mlflow cannot be reported to: http://tracking:5000 does not answer. Mend that, or remove mlflow from"
        " backend.torch.report_to."
    )


def test_tensorboard_reads_what_lies_in_the_run_folder(experiment: Experiment) -> None:
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    run = experiment.run("run", **SHORT, backend={"torch": {"report_to": ["tensorboard"]}})
    assert train_runs([run.folder]) == 0
    assert [path.name for path in (run.folder / "checkpoints").iterdir()] == ["2"]
    events = EventAccumulator(str(run.folder / "tensorboard"))
    events.Reload()
    losses = [(event.step, event.value) for event in events.Scalars("train/loss")]
    logged = [line for line in run.lines("metrics.jsonl") if line["split"] == "train"]
    assert losses == [(line["step"], pytest.approx(line["values"]["loss"])) for line in logged]
