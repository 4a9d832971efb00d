"""A tiny experiment: a Llama with random weights, made-up pairs, and run folders as the launcher writes them."""

import json
import shutil
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TRL_FIXTURES = ROOT / "test" / "trainer" / "fixtures" / "trl"
MODEL = TRL_FIXTURES / "model"

DEFAULTS: dict[str, Any] = {
    "model": {"path": str(MODEL)},
    "reference": {"policy": "same", "score": "conditional", "logprobs": "compute", "dtype": "auto"},
    "objective": {
        "loss": "sigmoid",
        "beta": 0.1,
        "label_smoothing": 0,
        "length_normalized": False,
        "sft_weight": 0,
    },
    "data": {
        "train": {"path": "pairs.jsonl", "split": "train"},
        "eval": {"split": "test"},
        "columns": {"prompt": "prompt", "chosen": "chosen", "rejected": "rejected"},
        "eval_fraction": 0.2,
        "max_length": 128,
        "truncation": "keep_start",
        "chat_template": "auto",
    },
    "training": {
        "method": "lora",
        "epochs": 1,
        "steps": 8,
        "batch_size": 4,
        "micro_batch_size": 2,
        "learning_rate": 5e-3,
        "schedule": "linear",
        "warmup": 0.1,
        "weight_decay": 0,
        "max_grad_norm": 1,
        "seed": 0,
        "precision": "auto",
        "log_every": 1,
        "eval_every": 4,
        "save_every": 2,
        "keep_checkpoints": 2,
        "lora": {
            "rank": 4,
            "alpha": 8,
            "quantize": "none",
            "targets": ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
        },
    },
    "evaluation": {
        "probes": ["Say: rain.", "Say: old tree."],
        "max_new_tokens": 8,
        "temperature": 0,
        "samples": 1,
        "judge": {"kind": "none"},
    },
    "sweep": {"parallel": 1, "stop_degenerate": False},
    "backend": {"kind": "torch", "device": "cpu", "torch": {"processes": 1}},
}


def merged(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in changes.items():
        inner = base.get(key)
        result[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return result


def pairs(count: int) -> list[dict[str, str]]:
    lines = (TRL_FIXTURES / "strings.jsonl").read_text().splitlines()[:count]
    return [{key: json.loads(line)[key] for key in ("prompt", "chosen", "rejected")} for line in lines]


def write_lines(path: Path, rows: list[Any]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))


class TinyRun:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def copy(self, name: str) -> "TinyRun":
        """Another run with all that this one has."""
        folder = shutil.copytree(self.folder, self.folder.with_name(name))
        run = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps(run | {"id": name}))
        return TinyRun(folder)

    def lines(self, name: str) -> list[dict[str, Any]]:
        path = self.folder / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def lines_so_far(self, name: str) -> list[dict[str, Any]]:
        """While another process writes."""
        path = self.folder / name
        text = path.read_text() if path.exists() else ""
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    @property
    def told(self) -> list[dict[str, Any]]:
        return self.lines("trainer.jsonl")

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        return [line for line in self.told if line["kind"] == kind]

    @property
    def last(self) -> str:
        return self.told[-1]["kind"]

    def numbers(self, *leave_out: str) -> list[dict[str, Any]]:
        """What was measured, without what depends on the clock and the machine."""
        hidden = {"tokens_per_second", "memory", *leave_out}
        return [
            {
                "step": line["step"],
                "split": line["split"],
                **{name: value for name, value in line["values"].items() if name not in hidden},
            }
            for line in self.lines("metrics.jsonl")
        ]


class Experiment:
    """A folder with a config's files, and runs below it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data_folder = folder / ".dpo"
        write_lines(folder / "pairs.jsonl", pairs(40))

    def run(self, name: str, **changes: Any) -> TinyRun:
        folder = self.data_folder / "runs" / name
        folder.mkdir(parents=True)
        run = {
            "format": 2,
            "id": name,
            "created": 0,
            "producer": {"kind": "torch", "trainer": "dpo-lab"},
            "config": merged(DEFAULTS, changes),
            "configFile": str(self.folder / "tiny.dpo.yaml"),
            "configText": "",
            "configHash": "",
            "baseFolder": str(self.folder),
            "dataFolder": str(self.data_folder),
            "versions": {},
        }
        (folder / "run.json").write_text(json.dumps(run))
        return TinyRun(folder)

    def tables(self) -> list[Path]:
        return sorted((self.data_folder / "references").glob("*"))
