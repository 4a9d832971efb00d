"""What both trainers have to agree on bit for bit, against what the tests of the embedded one record."""

import json
from pathlib import Path
from typing import Any

import pytest
from support import DEFAULTS, ROOT, Experiment, merged, write_lines

from dpo_lab_trainer.config import Config, read_config
from dpo_lab_trainer.data.load import LoadedPair, load_pairs
from dpo_lab_trainer.data.tokenize import TokenizedPair, TokenSequence, tokenize_pairs
from dpo_lab_trainer.data.tokenizer import TrainingTokenizer, open_tokenizer
from dpo_lab_trainer.models.opened_model import OpenedModel
from dpo_lab_trainer.reference.key import ingredients_of, reference_key
from dpo_lab_trainer.run_file import Place, read_run
from dpo_lab_trainer.seeded_random import SeededRandom, mix_seeds
from dpo_lab_trainer.training.schedule import Schedule

FIXTURES = ROOT / "test" / "trainer" / "fixtures"
RECORDED = json.loads((FIXTURES / "tokens.json").read_text())
ROWS = json.loads((FIXTURES / "pairs.json").read_text())
KINDS = ("byte-level", "split", "byte-fallback")


def config(**changes: Any) -> Config:
    return read_config(merged(DEFAULTS, changes))


def loaded(experiment: Experiment, *shapes: str) -> list[LoadedPair]:
    """As the onnx trainer's program reads the rows; it leaves out those without a preference."""
    write_lines(experiment.folder / "pairs.jsonl", [row for shape in shapes for row in ROWS[shape]])
    return load_pairs(read_run(experiment.run("loaded", data={"eval_fraction": 0, "empty_prompts": True}).folder)).train


def tokenizer(kind: str, tmp_path: Path) -> TrainingTokenizer:
    folder = FIXTURES / "tokenizers" / kind
    model = OpenedModel(kind, folder, "", {}, 4096)
    return open_tokenizer(model, "auto", Place(tmp_path, tmp_path))


def test_random_numbers() -> None:
    random = SeededRandom(4294967295)
    assert [random.next() for _ in range(3)] == [0.8964226141106337, 0.189478256739676, 0.7156526781618595]
    assert SeededRandom(7).permutation(10) == [6, 5, 8, 1, 2, 3, 4, 7, 9, 0]
    assert (mix_seeds(7, 0), mix_seeds(4294967295, 3, 1)) == (1196852603, 163642773)
    assert SeededRandom(mix_seeds(3, 1)).permutation(12) == [11, 5, 6, 8, 4, 10, 1, 0, 9, 3, 7, 2]


def test_order_of_pairs() -> None:
    training = config(training={"steps": None, "epochs": 2, "seed": 3}).training
    schedule = Schedule(training, 10)
    assert (schedule.total_steps, schedule.steps_per_epoch) == (6, 3)
    assert [len(schedule.pairs_of(step)) for step in range(1, 7)] == [4, 4, 2, 4, 4, 2]
    second = [index for step in (4, 5, 6) for index in schedule.pairs_of(step)]
    assert second == SeededRandom(mix_seeds(3, 1)).permutation(10)


@pytest.mark.parametrize(
    ("changes", "rates"),
    [
        ({"warmup": 0.2}, [0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]),
        ({"warmup": 5, "schedule": "constant"}, [0, 0.2, 0.4, 0.6, 0.8, 1, 1, 1, 1, 1]),
    ],
)
def test_learning_rates(changes: dict[str, Any], rates: list[float]) -> None:
    schedule = Schedule(config(training={"steps": 10, "learning_rate": 1, **changes}).training, 10)
    assert [schedule.learning_rate(step) for step in range(1, 11)] == pytest.approx(rates)


def test_pair_ids(experiment: Experiment) -> None:
    pairs = loaded(experiment, "texts", "messages", "odd")
    assert [pair.id for pair in pairs] == [RECORDED["ids"][pair.row - 1] for pair in pairs]
    assert len(pairs) == 16


def test_held_out_pairs(experiment: Experiment) -> None:
    rows = [{"prompt": f"Question {number}", "chosen": " a", "rejected": " b"} for number in range(100)]
    write_lines(experiment.folder / "pairs.jsonl", rows)
    loaded = load_pairs(read_run(experiment.run("held", data={"eval_fraction": 0.2}, training={"seed": 7}).folder))
    assert [pair.row - 1 for pair in loaded.held_out] == RECORDED["held_out"]
    assert sorted(pair.row for pair in loaded.train + loaded.held_out) == list(range(1, 101))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["texts", "messages"])
def test_tokens(kind: str, shape: str, experiment: Experiment) -> None:
    opened = tokenizer(kind, experiment.folder)
    pairs = loaded(experiment, shape)
    of_rows = RECORDED["tokenizers"][kind][shape]
    recorded = [of_rows[pair.row - 1] for pair in pairs]
    whole, _ = tokenize_pairs(pairs, opened, config(data={"max_length": 4096}).data)
    for pair, expected in zip(whole, recorded, strict=True):
        for side in ("chosen", "rejected"):
            sequence = getattr(pair, side)
            assert sequence.tokens == expected["prompt"] + expected[side]
            assert sequence.prompt_length == max(1, len(expected["prompt"]))
    for truncation in ("keep_start", "keep_end"):
        data = config(data={"max_length": RECORDED["max_length"], "truncation": truncation}).data
        cut, _ = tokenize_pairs(pairs, opened, data)
        kept = [
            (pair.row, expected[truncation])
            for pair, expected in zip(pairs, recorded, strict=True)
            if expected[truncation]
        ]
        assert [pair.row for pair in cut] == [row for row, _ in kept]
        for pair, (_, expected) in zip(cut, kept, strict=True):
            assert pair.chosen.tokens == expected["chosen"]["tokens"]
            assert pair.rejected.tokens == expected["rejected"]["tokens"]


@pytest.mark.parametrize("kind", KINDS)
def test_decoded_texts(kind: str, tmp_path: Path) -> None:
    opened = tokenizer(kind, tmp_path)
    texts = [opened.decode(opened.encode_plain(row["chosen"])) for row in ROWS["texts"]]
    assert texts == RECORDED["tokenizers"][kind]["without_special"]


def test_key_of_a_table() -> None:
    """The same key as in test/trainer/reference-key.test.ts."""
    chosen, rejected = TokenSequence([1, 7, 2], 1), TokenSequence([1, 8], 1)
    pairs = [TokenizedPair(id, row, chosen, rejected, None) for row, id in enumerate("ba", 1)]
    asked = config(model={"adapter": 'adapters/größer "1"'}, data={"max_length": 1024})
    key = reference_key(ingredients_of(asked, "m" * 64, 2, pairs, "fp32"))
    assert key == "c5ae719f8b5b6b539eb2f4d965440b88c16743b7e2c83babe9a174cafe8688bd"


def test_every_option_of_the_config_is_read() -> None:
    """A new option has to be met here, or be left out knowingly."""
    schema = json.loads((ROOT / "schema" / "dpo.schema.json").read_text())
    not_ours = {
        "backend.torch.python",
        "backend.torch.accelerate_config",
        "backend.torch.processes",
        "sweep.tolerance",
        "sweep.learning_rate",
        "sweep.until",
        "sweep.budget_runs",
        "sweep.budget_minutes",
    }
    known = _paths(DEFAULTS) | {
        "model.revision",
        "model.adapter",
        "reference.revision",
        "reference.adapter",
        "data.date",
        "data.empty_prompts",
        "data.max_prompt_length",
        "data.limit",
        "data.ranked",
        "data.train.config",
        "data.eval.path",
        "data.eval.config",
        "data.columns.chosen_logprob",
        "data.columns.rejected_logprob",
        "backend.torch.report_to",
        "evaluation.judge.server",
        "evaluation.judge.path",
        "evaluation.judge.url",
        "evaluation.judge.model",
        "evaluation.judge.api_key_env",
        "sweep.beta",
        "sweep.seeds",
    }
    assert _options(schema["properties"]) == known | not_ours


def _paths(section: dict[str, Any], prefix: str = "") -> set[str]:
    paths = set()
    for key, value in section.items():
        paths |= _paths(value, f"{prefix}{key}.") if isinstance(value, dict) else {prefix + key}
    return paths


def _options(properties: dict[str, Any], prefix: str = "") -> set[str]:
    paths = set()
    for key, value in properties.items():
        sections = [value, value.get("then", {}), value.get("else", {})]
        inner = next((section["properties"] for section in sections if "properties" in section), None)
        paths |= _options(inner, f"{prefix}{key}.") if inner else {prefix + key}
    return paths
