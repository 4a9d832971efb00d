"""A trainer without its job stops, also where a launcher stands between them."""

import os
import subprocess
import sys

import pytest

from dpo_lab_trainer.requests import Signals


@pytest.fixture
def ended() -> int:
    """Process id of a program that is gone."""
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_the_job_is_the_parent(monkeypatch: pytest.MonkeyPatch, ended: int) -> None:
    monkeypatch.setenv("DPO_LAB_JOB", str(os.getppid()))
    signals = Signals()
    assert not signals.must_stop
    monkeypatch.setattr(os, "getppid", lambda: ended)
    assert signals.must_stop


def test_a_launcher_is_the_parent(monkeypatch: pytest.MonkeyPatch, ended: int) -> None:
    monkeypatch.setenv("DPO_LAB_JOB", str(os.getpid()))
    assert not Signals().must_stop
    monkeypatch.setenv("DPO_LAB_JOB", str(ended))
    assert Signals().must_stop
