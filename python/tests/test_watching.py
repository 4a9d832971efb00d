import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from dpo_lab_trainer.watching import reference_table
from dpo_lab_trainer.watching.attach import is_preference_trainer
from dpo_lab_trainer.watching.metric_names import beta_of, logged_values
from dpo_lab_trainer.watching.requests import WatchedRequests
from dpo_lab_trainer.watching.token_rows import TokenRow, token_rows

SOURCE = Path(__file__).resolve().parent.parent / "src"


def test_this_trl_takes_a_table():
    """Fails where TRL changes what docs/ARCHITECTURE.md and reference_table.py build upon: look there what to do."""
    from trl import DPOTrainer

    assert reference_table.refusal(DPOTrainer) is None
    for name in ("_prepare_dataset", "_set_signature_columns_if_needed", "compute_ref_log_probs"):
        assert hasattr(DPOTrainer, name)
    # The names of the columns that its loss reads.
    import inspect

    import trl.trainer.dpo_trainer as module

    for column in reference_table.COLUMNS:
        assert f'inputs["{column}"]' in inspect.getsource(module)


def test_another_trl_is_refused_in_words(capsys):
    class Older:
        pass

    class Changed:
        def _precompute_ref_logps(self, dataset, batch_size):
            raise AssertionError

    reference_table.share(Older)
    reference_table.share(Changed)
    said = capsys.readouterr().err
    assert "DPOTrainer has no _precompute_ref_logps" in said
    assert "_precompute_ref_logps takes self, dataset, batch_size" in said


class Rows(list):
    def __init__(self, rows):
        super().__init__(rows)
        self.column_names = list(rows[0])

    def __getitem__(self, key):
        return [row[key] for row in self] if isinstance(key, str) else super().__getitem__(key)

    def add_column(self, name, values):
        return Rows([row | {name: value} for row, value in zip(self, values, strict=True)])


def _model(folder):
    parameter = SimpleNamespace(dtype="float32")
    config = SimpleNamespace(_name_or_path=str(folder))
    return SimpleNamespace(config=config, parameters=lambda: iter([parameter]))


def test_a_table_is_computed_once_for_the_same_tokens_weights_and_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("DPO_LAB_REFERENCES", str(tmp_path / "data" / "cache" / "references"))
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    computed = []

    class Trainer:
        def __init__(self, **args):
            self.model = _model(tmp_path)
            self.loss_types = ["sigmoid"]
            self.args = SimpleNamespace(max_length=64, **args)

        def _precompute_ref_logps(self, dataset, name, batch_size):
            computed.append(name)
            return dataset.add_column("ref_chosen_logps", [-1.5, -2.25]).add_column("ref_rejected_logps", [-3.0, 0.0])

    reference_table.share(Trainer)
    data = Rows(
        [
            {"prompt_ids": [1], "chosen_ids": [2], "rejected_ids": [3]},
            {"prompt_ids": [1], "chosen_ids": [4], "rejected_ids": [5]},
        ]
    )
    first = Trainer()._precompute_ref_logps(data, "train", 2)
    again = Trainer()._precompute_ref_logps(data, "train", 4)
    assert computed == ["train"]
    assert list(again) == list(first)
    Trainer(ld_alpha=0.5)._precompute_ref_logps(data, "other settings", 2)
    Trainer()._precompute_ref_logps(Rows([data[0], data[0]]), "other tokens", 2)
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    Trainer()._precompute_ref_logps(data, "other weights", 2)
    assert computed == ["train", "other settings", "other tokens", "other weights"]
    for table in (tmp_path / "data" / "cache" / "references").iterdir():
        table.write_text(table.read_text()[:-3])
    Trainer()._precompute_ref_logps(data, "damaged", 2)
    assert computed[-1] == "damaged"


def test_what_a_trainer_logs_has_our_names():
    logs = {"loss": 0.5, "rewards/chosen": 0.2, "rewards/margins": 0.3, "rewards/accuracies": 1.0, "entropy": "2.5"}
    split, values = logged_values(logs | {"note": "text"}, 0.1)
    assert split == "train"
    assert values == pytest.approx(
        {
            "loss": 0.5,
            "reward_chosen": 0.2,
            "reward_margin": 0.3,
            "accuracy": 1,
            "entropy": 2.5,
            "log_ratio_chosen": 2,
            "log_ratio_margin": 3,
        }
    )
    held_out = {"eval_loss": 0.4, "eval_rewards/rejected": -1.0, "eval_runtime": 3.0, "epoch": 1.0}
    assert logged_values(held_out, None) == ("eval", {"loss": 0.4, "reward_rejected": -1.0, "epoch": 1.0})
    assert logged_values({"train_runtime": 3.0, "train_loss": 0.4}, 0.1) is None
    assert logged_values({"epoch": 1.0}, 0.1) is None


@pytest.mark.parametrize(
    ("trainer", "beta"),
    [
        (SimpleNamespace(beta=0.3, loss_type="sigmoid", args=None), 0.3),
        (SimpleNamespace(args=SimpleNamespace(beta=0.2, loss_type=["ipo"])), 0.2),
        (SimpleNamespace(beta=0.3, loss_type="simpo", args=None), None),
        (SimpleNamespace(args=SimpleNamespace(beta=0)), None),
        (SimpleNamespace(args=SimpleNamespace()), None),
    ],
)
def test_beta_is_that_by_which_rewards_are_log_ratios(trainer, beta):
    assert beta_of(trainer) == beta


def test_rows_of_all_trainers():
    def rows(*items):
        return token_rows(SimpleNamespace(eval_dataset=None, train_dataset=list(items)), 2)

    expected = [TokenRow([1, 2], [3, 4])]
    assert rows({"prompt_ids": [1, 2], "chosen_ids": [3, 4]}) == expected
    assert rows({"prompt_input_ids": [1, 2], "chosen_input_ids": [3, 4]}) == expected
    assert rows({"chosen_input_ids": [1, 2, 3, 4], "chosen_labels": [-100, -100, 3, 4]}) == expected
    assert rows({"text": "no tokens"}) == []
    assert token_rows(SimpleNamespace(eval_dataset={"a": [{"prompt_ids": [1], "chosen_ids": [2]}]}), 2) == [
        TokenRow([1], [2])
    ]


def test_preference_trainers_are_known_by_their_classes():
    class DPOTrainer:
        pass

    class Own(DPOTrainer):
        pass

    assert is_preference_trainer(Own())
    assert not is_preference_trainer(SimpleNamespace())


def test_requests(tmp_path, monkeypatch):
    monkeypatch.delenv("DPO_LAB_JOB", raising=False)
    run = tmp_path / "a-run"
    (run / "attempts").mkdir(parents=True)
    (run / "attempts" / "1").touch()
    requests = WatchedRequests(run)
    assert requests.next() is None

    def ask(request, name="a-run", time=1):
        (run / "control.json").write_text(json.dumps({"run": name, "request": request, "time": time}))
        return requests.next()

    assert ask("checkpoint") == "checkpoint"
    assert requests.next() is None
    assert ask("checkpoint", time=2) == "checkpoint"
    assert ask("stop", name="another") is None
    assert ask("stop") == requests.next() == "stop"
    (run / "control.json").write_text("{")
    assert requests.next() is None
    (run / "attempts" / "2").touch()
    assert requests.next() == "leave"
    monkeypatch.setenv("DPO_LAB_JOB", "999999999")
    assert WatchedRequests(run).next() == "stop"


def test_a_missing_part_ends_no_program(tmp_path):
    """Python starts as without us, whatever is wrong with ours, and nothing is imported that the program does not."""
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.stdout.write('users ')")
    environment = os.environ | {
        "PYTHONPATH": f"{SOURCE / 'dpo_lab_trainer' / 'inject'}{os.pathsep}{tmp_path}",
        "DPO_LAB_RUN": str(tmp_path / "nowhere"),
    }
    code = "import sys; print('torch' in sys.modules, 'transformers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == "users False False\n"
    assert done.stderr == ""
