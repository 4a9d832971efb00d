"""Runs from their first step to their last, in this process."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support import MODEL, TRL_FIXTURES, Experiment, TinyRun, pairs, write_lines

from dpo_lab_trainer.requests import Requests
from dpo_lab_trainer.run import train_runs


def train(*runs: TinyRun) -> int:
    return train_runs([run.folder for run in runs])


def same(numbers: list[dict[str, Any]], others: list[dict[str, Any]], tolerance: float) -> None:
    assert [(line["split"], line["step"]) for line in numbers] == [(line["split"], line["step"]) for line in others]
    for line, other in zip(numbers, others, strict=True):
        for name, value in other.items():
            # Equal rewards are a matter of the last bit, and count half.
            if isinstance(value, float) and name != "accuracy":
                assert line[name] == pytest.approx(value, abs=tolerance), (name, line["step"])


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_run_begins_at_ln_2_and_ends_with_a_model(experiment: Experiment, method: str) -> None:
    run = experiment.run(method, training={"method": method, "learning_rate": 2e-3})
    assert train(run) == 0
    steps = [line for line in run.numbers() if line["split"] == "train"]
    assert [line["step"] for line in steps] == list(range(1, 9))
    assert steps[0]["loss"] == pytest.approx(0.693147, abs=1e-5)
    assert steps[0]["learning_rate"] == 0
    evals = [line for line in run.numbers() if line["split"] == "eval"]
    assert [line["step"] for line in evals] == [0, 4, 8]
    assert evals[0]["kl"] == pytest.approx(0, abs=1e-4)
    assert evals[0]["eos_drift"] == pytest.approx(0, abs=1e-4)
    assert evals[2]["loss"] < evals[0]["loss"]
    assert abs(evals[2]["eos_drift"]) > 1e-4
    assert [sample["step"] for sample in run.of_kind("samples")] == [0, 4, 8]
    assert run.last == "completed"
    assert sorted(path.name for path in (run.folder / "checkpoints").iterdir()) == ["6", "8"]
    weights = "adapter_model.safetensors" if method == "lora" else "model.safetensors"
    assert {weights, "tokenizer.json", "chat_template.jinja"} <= {
        path.name for path in (run.folder / "model").iterdir()
    }


@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_resumed_run_gives_the_same_numbers(experiment: Experiment, method: str) -> None:
    whole = experiment.run("whole", training={"method": method, "keep_checkpoints": 9, "save_every": 3})
    assert train(whole) == 0
    parted = whole.copy("parted")
    for name in ("checkpoints/6", "checkpoints/8", "model"):
        shutil.rmtree(parted.folder / name)
    (parted.folder / "checkpoints" / "checkpoint-4").mkdir()
    assert train(parted) == 0
    assert parted.of_kind("resumed") == [{"time": parted.of_kind("resumed")[0]["time"], "kind": "resumed", "step": 3}]
    same(parted.numbers(), whole.numbers(), 1e-6)
    superseded = [line["step"] for line in parted.lines("superseded.jsonl") if line.get("split") == "train"]
    assert superseded == [4, 5, 6, 7, 8]
    assert not (parted.folder / "checkpoints" / "checkpoint-4").exists()


@pytest.mark.parametrize("steps", [6, 8])
def test_a_run_that_ended_before_it_was_saved(experiment: Experiment, steps: int) -> None:
    """In the middle of an epoch, and at its end."""
    run = experiment.run("run", training={"steps": steps})
    assert train(run) == 0
    weights = (run.folder / "model" / "adapter_model.safetensors").read_bytes()
    numbers = run.numbers()
    shutil.rmtree(run.folder / "model")
    assert train(run) == 0
    assert (run.last, run.told[-1]["step"]) == ("completed", steps)
    assert (run.folder / "model" / "adapter_model.safetensors").read_bytes() == weights
    assert run.numbers() == numbers


def test_micro_batches_change_nothing(experiment: Experiment) -> None:
    """Also where a step does not divide into them, and at the end of an epoch."""
    sections = {"data": {"eval_fraction": 0.25}, "objective": {"sft_weight": 0.3}}
    runs = [
        experiment.run(f"micro-{size}", training={"micro_batch_size": size, "batch_size": 4, "steps": 9}, **sections)
        for size in (1, 3, 4)
    ]
    assert train(*runs) == 0
    for run in runs[1:]:
        same(run.numbers(), runs[0].numbers(), 2e-4)


def test_arms_in_one_process_are_those_of_processes_of_their_own(experiment: Experiment) -> None:
    arms = [(0.05, 0), (0.5, 0), (0.5, 7)]
    together = [
        experiment.run(f"together-{beta}-{seed}", objective={"beta": beta}, training={"seed": seed, "steps": 4})
        for beta, seed in arms
    ]
    alone = [
        experiment.run(f"alone-{beta}-{seed}", objective={"beta": beta}, training={"seed": seed, "steps": 4})
        for beta, seed in arms
    ]
    assert train(*together) == 0
    for run in alone:
        assert train(run) == 0
    for run, other in zip(together, alone, strict=True):
        assert run.numbers() == other.numbers()
    assert len(experiment.tables()) == 1


def test_a_stop_is_obeyed_between_two_steps(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, parted = experiment.run("whole"), experiment.run("parted", training={"save_every": 100})
    asked = []

    def stop_before_step_4(requests: Requests) -> str | None:
        asked.append(1)
        return "stop" if len(asked) == 4 else None

    with monkeypatch.context() as patched:
        patched.setattr(Requests, "next", stop_before_step_4)
        assert train(parted) == 0
    assert (parted.last, parted.told[-1]["step"]) == ("stopped", 3)
    assert [path.name for path in (parted.folder / "checkpoints").iterdir()] == ["3"]
    assert train(parted, whole) == 0
    same(parted.numbers(), whole.numbers(), 1e-6)


def test_a_stop_within_an_evaluation_is_made_up_for(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"training": {"save_every": 100}, "reference": {"policy": "none"}, "data": {"eval_fraction": 0}}
    whole, parted = experiment.run("whole", **settings), experiment.run("parted", **settings)
    assert train(whole) == 0
    checks = []
    original = Requests.check

    def stop_later(requests: Requests) -> None:
        checks.append(1)
        # Within the evaluation at step 4.
        if len(parted.lines("metrics.jsonl")) == 5:
            (parted.folder / "control.json").write_text(json.dumps({"run": "parted", "request": "stop", "time": 0}))
        original(requests)

    with monkeypatch.context() as patched:
        patched.setattr(Requests, "check", stop_later)
        assert train(parted) == 0
    assert (parted.last, parted.told[-1]["step"]) == ("stopped", 4)
    assert [line["split"] for line in parted.numbers()] == ["eval", *["train"] * 4]
    (parted.folder / "control.json").unlink()
    assert train(parted) == 0
    same(parted.numbers(), whole.numbers(), 1e-6)


def test_a_checkpoint_on_request(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    run = experiment.run("run", training={"save_every": 100})
    (run.folder / "control.json").write_text(json.dumps({"run": "run", "request": "checkpoint", "time": 0}))
    other = experiment.run("other", training={"steps": 2})
    (other.folder / "control.json").write_text(json.dumps({"run": "another", "request": "stop", "time": 0}))
    original = Requests.next

    def from_step_3(requests: Requests) -> str | None:
        return original(requests) if len(run.lines("metrics.jsonl")) > 2 else None

    monkeypatch.setattr(Requests, "next", from_step_3)
    assert train(run, other) == 0
    assert [line["step"] for line in run.of_kind("checkpoint")] == [2, 8]
    assert (run.last, other.last) == ("completed", "completed")


def test_the_result_is_what_was_trained(experiment: Experiment) -> None:
    """Trained on as a policy with an adapter, its start has the numbers of the end before."""
    first = experiment.run("first", training={"method": "lora"})
    assert train(first) == 0
    adapted = experiment.run(
        "adapted", model={"adapter": str(first.folder / "model")}, training={"steps": 2}, reference={"policy": "none"}
    )
    assert train(adapted) == 0
    end, start = first.numbers()[-1], adapted.numbers()[0]
    assert (end["split"], start["split"]) == ("eval", "eval")
    assert start["logp_chosen"] == pytest.approx(end["logp_chosen"], abs=1e-3)
    # An adapter on a merged model is merged too.
    assert (adapted.folder / "model" / "model.safetensors").exists()
    merged = experiment.run(
        "merged", model={"path": str(adapted.folder / "model")}, training={"steps": 1}, reference={"policy": "none"}
    )
    assert train(merged) == 0
    assert merged.numbers()[0]["logp_chosen"] == pytest.approx(adapted.numbers()[-1]["logp_chosen"], abs=1e-3)


def test_a_reference_with_another_tokenizer(experiment: Experiment) -> None:
    """Its own tokens are scored, and texts beside the policy's are its own; a divergence is not told."""
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    words = [
        "<unk>",
        "<s>",
        "</s>",
        *sorted({word for row in pairs(40) for text in row.values() for word in text.split()}),
    ]
    library = Tokenizer(models.WordLevel({word: number for number, word in enumerate(words)}, unk_token="<unk>"))
    library.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    folder = experiment.folder / "foreign"
    tokenizer = PreTrainedTokenizerFast(
        tokenizer_object=library, unk_token="<unk>", bos_token="<s>", eos_token="</s>", chat_template=None
    )
    tokenizer.save_pretrained(folder)
    shape = {"hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1, "num_attention_heads": 2}
    LlamaForCausalLM(LlamaConfig(vocab_size=len(words), **shape)).save_pretrained(folder)
    run = experiment.run("run", reference={"policy": "./foreign"}, training={"steps": 2})
    assert train(run) == 0
    rows = [json.loads(line) for line in (experiment.tables()[0] / "table.jsonl").read_text().splitlines()]
    pair = pairs(1)[0]
    assert rows[0].keys() == {
        "pair",
        "chosen",
        "rejected",
        "chosenTokens",
        "rejectedTokens",
        "chosenEos",
        "rejectedEos",
    }
    assert any(row["chosenTokens"] == len(pair["chosen"].split()) + 1 for row in rows)
    evaluation = run.numbers()[0]
    assert "kl" not in evaluation
    assert evaluation["loss"] != pytest.approx(0.693147, abs=1e-3)

    # Messages need its chat template, which it has not.
    with (TRL_FIXTURES / "messages.jsonl").open() as file:
        write_lines(experiment.folder / "messages.jsonl", [json.loads(line) for line in file][:12])
    lacking = experiment.run("lacking", reference={"policy": "./foreign"}, data={"train": {"path": "messages.jsonl"}})
    assert train(lacking) == 1
    assert "./foreign has no chat template" in lacking.told[-1]["message"]


def test_columns_are_the_reference(experiment: Experiment) -> None:
    shutil.copy(TRL_FIXTURES / "strings.jsonl", experiment.folder / "columns.jsonl")
    data = {"train": {"path": "columns.jsonl"}, "limit": 12}
    run = experiment.run("run", reference={"logprobs": "columns"}, data=data, training={"steps": 1})
    assert train(run) == 0
    assert experiment.tables() == []
    # A reference that is not the policy.
    assert run.numbers()[1]["loss"] != pytest.approx(0.693147, abs=1e-3)
    missing = experiment.run("missing", reference={"logprobs": "columns"})
    assert train(missing) == 1
    assert "Line 1 of pairs.jsonl has no value in chosen_logprob or ref_chosen_logps" in missing.told[-1]["message"]


def test_a_table_that_was_cut_short_is_completed(experiment: Experiment) -> None:
    first = experiment.run("first", training={"steps": 1})
    assert train(first) == 0
    table, meta = experiment.tables()[0] / "table.jsonl", experiment.tables()[0] / "meta.json"
    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:10]) + '\n{"pair":"torn')
    about = json.loads(meta.read_text())
    meta.write_text(json.dumps(about | {"complete": False}))
    second = experiment.run("second", training={"steps": 1})
    assert train(second) == 0
    done = [line["done"] for line in second.of_kind("phase") if line["phase"] == "reference"]
    assert (done[0], done[-1]) == (10, 40)
    same(second.numbers(), first.numbers(), 1e-5)
    assert not (table.parent / "lock").exists()
    assert json.loads(meta.read_text())["asked"][0]["baseFolder"] == str(experiment.folder)


def test_a_model_that_lacks_its_name_is_found(experiment: Experiment, tmp_path: Path) -> None:
    shutil.copytree(MODEL, tmp_path / "model")
    run = experiment.run("run", model={"path": "model"}, training={"steps": 1})
    assert train(run) == 0
    saved = json.loads((run.folder / "model" / "adapter_config.json").read_text())
    assert saved["base_model_name_or_path"] == str(tmp_path / "model")
