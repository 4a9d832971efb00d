"""A process that trains several runs passes over those that its job gave up while they waited."""

import json
import os
from pathlib import Path

import pytest

from dpo_lab_trainer.run_file import is_wanted


def _with_status(folder: Path, status: object) -> Path:
    (folder / "status.json").write_text(json.dumps(status), "utf-8")
    return folder


def test_a_run_of_this_job_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DPO_LAB_JOB", str(os.getpid()))
    assert is_wanted(_with_status(tmp_path, {"state": "queued", "handle": {"kind": "process", "pid": os.getpid()}}))


@pytest.mark.parametrize(
    "status", [{"state": "stopped"}, {"state": "running", "handle": {"kind": "process", "pid": 1}}]
)
def test_a_run_that_was_stopped_or_is_another_jobs_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: object
) -> None:
    monkeypatch.setenv("DPO_LAB_JOB", str(os.getpid()))
    assert not is_wanted(_with_status(tmp_path, status))


def test_without_a_job_every_run_is_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_wanted(tmp_path)
    monkeypatch.delenv("DPO_LAB_JOB", raising=False)
    assert is_wanted(_with_status(tmp_path, {"state": "stopped"}))
