"""The program, as the job starts it."""

import json
import os
import signal
import time

import pytest
from group import ended, errors_of, launch, start_group
from support import Experiment, TinyRun

from dpo_lab_trainer.run import train_runs


def wait_for_steps(run: TinyRun, steps: int) -> None:
    while sum(line["split"] == "train" for line in run.lines_so_far("metrics.jsonl")) < steps:
        time.sleep(0.02)


def test_a_signal_ends_the_run_with_a_checkpoint_and_begins_no_other(experiment: Experiment) -> None:
    long = {"training": {"steps": 100_000, "save_every": 100_000, "eval_every": 100_000}}
    run, next_run = experiment.run("run", **long), experiment.run("next", **long)
    members = start_group(run, next_run, count=1)
    wait_for_steps(run, 3)
    os.kill(members[0].pid or 0, signal.SIGTERM)
    assert (ended(members), errors_of(run, 0)) == ([0], "")
    assert run.last == "stopped"
    assert [path.name for path in (run.folder / "checkpoints").iterdir()] == [str(run.told[-1]["step"])]
    assert next_run.told == []


def test_two_processes_are_stopped_by_control_json(experiment: Experiment) -> None:
    run = experiment.run("run", training={"steps": 100_000, "save_every": 100_000, "eval_every": 100_000})
    members = start_group(run)
    wait_for_steps(run, 3)
    (run.folder / "control.json").write_text(json.dumps({"run": "run", "request": "stop", "time": 0}))
    assert (ended(members), errors_of(run, 0)) == ([0, 0], "")
    assert run.last == "stopped"
    assert [path.name for path in (run.folder / "checkpoints").iterdir()] == [str(run.told[-1]["step"])]
    # One writes the files: no line stands there twice.
    steps = [line["step"] for line in run.numbers() if line["split"] == "train"]
    assert steps == list(range(1, run.told[-1]["step"] + 1))


def test_two_processes_train_as_one_does(experiment: Experiment) -> None:
    """Through accelerate's launcher, over gloo; with a step whose pairs do not divide among them."""
    sections = {"training": {"batch_size": 3, "micro_batch_size": 1, "steps": 12, "save_every": 6}}
    two, one = experiment.run("two", **sections), experiment.run("one", **sections)
    place = ("--multi_gpu", "--num_processes", "2", "--num_machines", "1", "--main_process_port", "0")
    launcher = launch(two, *place, "--mixed_precision", "no", "--dynamo_backend", "no")
    assert ended(launcher) == [0], errors_of(two, 0)
    assert train_runs([one.folder]) == 0
    assert (two.last, one.last) == ("completed", "completed")
    assert "2 processes" in two.of_kind("plan")[0]["device"]
    for line, other in zip(two.numbers(), one.numbers(), strict=True):
        for name, value in other.items():
            if isinstance(value, float) and name != "accuracy":
                assert line[name] == pytest.approx(value, abs=1e-4), (name, line["step"])
    assert len(experiment.tables()) == 1
