"""Bad input is told in a sentence, as the last word of the run, before anything is trained."""

import json
import shutil
import subprocess
import sys
from typing import Any

import httpx
import pytest
import torch
from huggingface_hub.errors import GatedRepoError, LocalEntryNotFoundError, RepositoryNotFoundError
from support import MODEL, Experiment, write_lines

from dpo_lab_trainer.__main__ import main
from dpo_lab_trainer.config import read_config
from dpo_lab_trainer.errors import TrainingError
from dpo_lab_trainer.machine import environment
from dpo_lab_trainer.machine.device import Device, choose_device
from dpo_lab_trainer.machine.memory import MemoryUse, is_out_of_memory, out_of_memory
from dpo_lab_trainer.run import train_runs
from dpo_lab_trainer.run_file import read_run

HERE = Device(torch.device("cpu"), "fp32", "here")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"backend": {"device": "cuda"}}, "backend.device is cuda, but this PyTorch"),
        ({"backend": {"device": "webgpu"}}, "webgpu is offered by the onnx trainer only"),
        ({"training": {"precision": "fp16"}}, "fp16 needs a GPU"),
        ({"model": {"path": "./nothing"}}, "There is no folder"),
        (
            {"model": {"path": "nobody/nothing"}},
            "neither a folder here nor in the Hugging Face cache, and HF_HUB_OFFLINE",
        ),
        ({"reference": {"policy": "./nothing"}}, "There is no folder"),
        ({"objective": {"loss": "kto"}}, "objective.loss kto is not known to this torch trainer. Take one of sigmoid"),
        ({"objective": {"loss": "exo_pair"}}, "needs objective.label_smoothing above 0"),
        ({"training": {"lora": {"targets": ["wq"]}}}, "training.lora.targets names wq, which"),
        ({"training": {"lora": {"quantize": "nf4"}}}, "training.lora.quantize needs an NVIDIA GPU"),
        ({"data": {"train": {"path": "none.jsonl"}}}, "There is no file"),
        ({"data": {"train": {"path": "*.parquet"}}}, "No file matches *.parquet"),
        ({"data": {"train": {"path": "broken.jsonl"}}}, "Line 2 of broken.jsonl is not JSON"),
        (
            {"data": {"train": {"path": "odd.jsonl"}}},
            "Line 1 of odd.jsonl is no pair. The row has no rejected response.",
        ),
        ({"data": {"train": {"path": "equal.jsonl"}}}, "has no pair to learn from. 1 of 1 rows were skipped"),
        ({"data": {"max_length": 2}}, "No pair is left: every prompt alone fills data.max_length (2 tokens)"),
        (
            {"data": {"train": {"path": "messages.jsonl"}, "chat_template": "bad.jinja"}},
            "rejects the pair of row 1: roles must alternate (line 1 of the template). Fix or remove the row",
        ),
        ({"data": {"chat_template": "syntax.jinja"}}, "is not valid: "),
        ({"data": {"train": {"path": "messages.jsonl"}, "chat_template": "long.jinja"}}, "cannot be used: "),
        ({"data": {"chat_template": "probe.jinja"}}, "The chat template rejects a single user message: "),
    ],
)
def test_a_sentence(experiment: Experiment, changes: dict[str, Any], told: str) -> None:
    folder = experiment.folder
    (folder / "broken.jsonl").write_text('{"prompt": "a", "chosen": "b", "rejected": "c"}\n{"prompt": \n')
    write_lines(folder / "odd.jsonl", [{"prompt": "a", "chosen": "b", "bad": "c"}])
    write_lines(folder / "equal.jsonl", [{"prompt": "a", "chosen": "b", "rejected": "b"}])
    message = [{"role": "user", "content": "a"}]
    answers = [[{"role": "assistant", "content": text}] for text in "bc"]
    write_lines(folder / "messages.jsonl", [{"prompt": message, "chosen": answers[0], "rejected": answers[1]}])
    (folder / "bad.jinja").write_text("{{ raise_exception('roles must alternate') }}")
    (folder / "syntax.jinja").write_text("{% for message in %}")
    (folder / "long.jinja").write_text("{{ range(100000000000) | length }}{{ 'a' * 10 ** 11 }}")
    (folder / "probe.jinja").write_text("{{ raise_exception('no system message') }}")
    run = experiment.run("run", **changes)
    assert train_runs([run.folder]) == 1
    assert run.last == "failed"
    assert told in run.told[-1]["message"]
    assert run.numbers() == []


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        (GatedRepoError, "org/model is gated. Accept its conditions on https://huggingface.co/org/model and log in"),
        (RepositoryNotFoundError, "There is no folder org/model here and no such model on the Hugging Face hub"),
    ],
)
def test_what_the_hub_refuses_is_told(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch, refusal: Any, told: str
) -> None:
    def refuse(*_: Any, local_files_only: bool = False, **__: Any) -> str:
        if local_files_only:
            raise LocalEntryNotFoundError("not in the cache")
        raise refusal("refused", response=httpx.Response(403, request=httpx.Request("GET", "http://hub")))

    monkeypatch.setattr("huggingface_hub.snapshot_download", refuse)
    run = experiment.run("run", model={"path": "org/model"})
    assert train_runs([run.folder]) == 1
    assert told in run.told[-1]["message"]
    assert [line.get("phase") for line in run.told] == ["loading", None]


def test_a_reference_without_chat_template_is_told_before_pairs_are_tokenized(experiment: Experiment) -> None:
    message = [{"role": "user", "content": "a"}]
    answers = [[{"role": "assistant", "content": text}] for text in "bc"]
    write_lines(
        experiment.folder / "messages.jsonl", [{"prompt": message, "chosen": answers[0], "rejected": answers[1]}]
    )
    shutil.copytree(MODEL, experiment.folder / "other")
    (experiment.folder / "other" / "chat_template.jinja").unlink()
    run = experiment.run("run", reference={"policy": "./other"}, data={"train": {"path": "messages.jsonl"}})
    assert train_runs([run.folder]) == 1
    assert "The data holds messages, but ./other has no chat template" in run.told[-1]["message"]
    assert "tokenizing" not in [line.get("phase") for line in run.told]


def test_a_stop_that_also_ends_the_reader_of_pairs_is_no_failure(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop = "import os, signal; os.kill(os.getppid(), signal.SIGTERM); os.kill(os.getpid(), signal.SIGTERM)"
    monkeypatch.setenv("DPO_LAB_ONNX_TRAINER", json.dumps([sys.executable, "-c", stop]))
    run = experiment.run("run", data={"chat_template": "none"})
    assert train_runs([run.folder]) == 0
    assert run.last == "stopped"


def test_more_processes_than_gpus_are_told_by_each(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setenv("LOCAL_WORLD_SIZE", "2")
    config = read_run(experiment.run("run", backend={"device": "auto"}).folder).config
    with pytest.raises(TrainingError, match=r"2 processes were started on this machine, which has 1 GPU\. Lower"):
        choose_device(config)


def test_a_failed_run_does_not_keep_the_next_from_being_trained(experiment: Experiment) -> None:
    bad, good = experiment.run("bad", objective={"loss": "kto"}), experiment.run("good", training={"steps": 1})
    assert train_runs([bad.folder, good.folder]) == 1
    assert (bad.last, good.last) == ("failed", "completed")


def test_divergence_is_told_with_what_to_do(experiment: Experiment) -> None:
    training = {"learning_rate": 1e30, "warmup": 0, "max_grad_norm": 1e30, "schedule": "constant"}
    run = experiment.run("run", training=training | {"eval_every": 99, "save_every": 99})
    assert train_runs([run.folder]) == 1
    assert (
        "Training diverged: the loss of step 2 is no finite number. Lower training.learning_rate"
        in run.told[-1]["message"]
    )
    assert run.lines("metrics.jsonl")[-1]["values"]["loss"] == "NaN"


def test_a_checkpoint_of_something_else_is_refused(experiment: Experiment) -> None:
    run = experiment.run("run", training={"steps": 4})
    assert train_runs([run.folder]) == 0
    about = json.loads((run.folder / "run.json").read_text())
    about["config"]["training"]["lora"]["rank"] = 2
    (run.folder / "run.json").write_text(json.dumps(about))
    assert train_runs([run.folder]) == 1
    assert "was made with another model, other trained weights or other data" in run.told[-1]["message"]


def test_memory_that_runs_out_is_broken_down(experiment: Experiment) -> None:
    config = read_config(json.loads((experiment.run("run").folder / "run.json").read_text())["config"])
    error = out_of_memory(HERE, config, MemoryUse(3 * 2**30, 2**30))
    assert "weights 3.0 GiB, gradients and AdamW moments 1.0 GiB" in str(error)
    assert "Lower training.micro_batch_size (now 2) or data.max_length (now 128)" in str(error)
    assert is_out_of_memory(torch.OutOfMemoryError("CUDA out of memory"))
    assert is_out_of_memory(RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"))
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


def test_memory_that_runs_out_ends_the_run_in_words(experiment: Experiment, monkeypatch: pytest.MonkeyPatch) -> None:
    from dpo_lab_trainer.training.preference_trainer import PreferenceTrainer

    def out(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 GiB")

    monkeypatch.setattr(PreferenceTrainer, "compute_loss", out)
    run = experiment.run("run")
    assert train_runs([run.folder]) == 1
    assert run.told[-1]["message"].startswith("Memory ran out on this machine, which has")


def test_wrong_versions_are_told_before_anything_is_loaded(
    experiment: Experiment, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = environment.versions

    def older(names: tuple[str, ...]) -> dict[str, str]:
        found = real(names)
        return {name: version for name, version in found.items() if name != "peft"} | {"trl": "0.9.6"}

    monkeypatch.setattr("dpo_lab_trainer.__main__.versions", older)
    run = experiment.run("run")
    assert main([str(run.folder)]) == 1
    message = run.told[-1]["message"]
    assert "peft is not installed in" in message
    assert "trl 0.9.6 is too old" in message


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"backend": {"device": "cuda"}}, "backend.device is cuda, but this PyTorch"),
        ({"objective": {"loss": "kto"}}, "objective.loss kto is not known"),
        ({"backend": {"torch": {"report_to": ["neptune"]}}}, "names neptune, which is not known"),
    ],
)
def test_what_the_config_tells_is_told_before_libraries_are_loaded(
    experiment: Experiment, changes: dict[str, Any], told: str
) -> None:
    runs = [experiment.run(name, **changes) for name in ("a", "b")]
    script = (
        "import sys; from dpo_lab_trainer.__main__ import main; code = main(sys.argv[1:]);"
        " print(code, *(name for name in ('transformers', 'datasets', 'peft', 'trl') if name in sys.modules))"
    )
    command = [sys.executable, "-c", script, *(str(run.folder) for run in runs)]
    assert subprocess.run(command, capture_output=True, text=True).stdout == "1\n"
    for run in runs:
        assert [line["kind"] for line in run.told] == ["failed"]
        assert told in run.told[0]["message"]


def test_the_environment_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["environment"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["problems"] == []
    assert {"torch", "trl", "transformers"} <= told["packages"].keys()
    assert told["devices"][-1]["kind"] == "cpu"
    assert told["devices"][-1]["memory"] > 2**30


def test_a_folder_that_holds_no_run(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path)]) == 1
    assert "holds no run that can be read" in capsys.readouterr().err


def test_a_model_with_too_few_embeddings(experiment: Experiment) -> None:
    shutil.copytree(MODEL, experiment.folder / "small")
    path = experiment.folder / "small" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"vocab_size": 20}))
    run = experiment.run("run", model={"path": "small"})
    assert train_runs([run.folder]) == 1
    assert "the model's embedding has ids up to 19 only" in run.told[-1]["message"]
