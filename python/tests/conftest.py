import json
import os
from pathlib import Path

import pytest

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}

from group import import_libraries
from support import ROOT, Experiment

# Without a job that names it: what npm run build has made.
os.environ.setdefault("DPO_LAB_ONNX_TRAINER", json.dumps(["node", str(ROOT / "dist" / "onnx-trainer.js")]))

import_libraries()


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Sums of one thread come out the same every time."""
    import torch

    torch.set_num_threads(1)


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    return Experiment(tmp_path)
