"""Folders of checkpoints: what lies there and is not ours stays, and what is damaged is not resumed from."""

from pathlib import Path

import pytest

from dpo_lab_trainer.errors import TrainingError
from dpo_lab_trainer.run_file import read_run
from dpo_lab_trainer.run_log import RunLog
from dpo_lab_trainer.training.checkpoints import Checkpoints, newest_sound, remove_unfinished

STRANGE = [".netrc", "thesis.tex", "checkpoint-8.txt", "12.backup", "notes"]


def saved(folder: Path, *steps: int) -> Path:
    checkpoints = Checkpoints(folder, "print", 9)
    for step in steps:
        written = checkpoints.unfinished(step)
        (written / "part").mkdir(parents=True)
        (written / "model.safetensors").write_bytes(b"weights of %d" % step)
        (written / "part" / "optimizer.pt").write_bytes(b"moments")
        assert checkpoints.complete(step, False, lambda: False)
    return checkpoints.folder


def elsewhere(folder: Path) -> Path:
    (folder / "checkpoint-8").mkdir(parents=True)
    for name in STRANGE:
        (folder / name).write_text("precious")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_names_that_are_not_ours_stay(tmp_path: Path) -> None:
    folder = saved(tmp_path, 4)
    for name in STRANGE:
        (folder / name).write_text("precious")
    (folder / "checkpoint-8").mkdir()
    remove_unfinished(tmp_path)
    assert names(folder) == sorted([*STRANGE, "4"])


def test_a_link_that_leads_out_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, run = elsewhere(tmp_path / "home"), tmp_path / "run"
    run.mkdir()
    (run / "checkpoints").symlink_to(target)
    before = names(target)
    for act in (remove_unfinished, lambda folder: Checkpoints(folder, "print", 2)):
        with pytest.raises(TrainingError, match="symbolic link that leads out of"):
            act(run)
    assert names(target) == before
    monkeypatch.setenv("DPO_LAB_LINKED_FOLDERS", str(tmp_path / "home"))
    remove_unfinished(run)
    saved(run, 3)
    assert names(target) == sorted([*STRANGE, "3"])


def test_a_link_with_a_name_of_ours_goes_and_its_target_stays(tmp_path: Path) -> None:
    target, run = elsewhere(tmp_path / "home"), tmp_path / "run"
    folder = saved(run, 4)
    before = names(target)
    (folder / "checkpoint-9").symlink_to(target)
    (folder / "3").symlink_to(target)
    remove_unfinished(run)
    checkpoints = Checkpoints(run, "print", 1)
    checkpoints.unfinished(5).mkdir()
    checkpoints.complete(5, False, lambda: False)
    assert names(folder) == ["5"]
    assert names(target) == before


@pytest.mark.parametrize("damage", ["flipped", "truncated", "removed", "described"])
def test_a_damaged_checkpoint_makes_way_for_the_one_before(tmp_path: Path, damage: str) -> None:
    folder = saved(tmp_path, 4, 8)
    file = folder / "8" / "part" / "optimizer.pt"
    data = file.read_bytes()
    if damage == "removed":
        file.unlink()
    elif damage == "described":
        (folder / "8" / "checkpoint.json").write_text('{"format": 1, "sha')
    else:
        file.write_bytes(bytes([data[0] ^ 1]) + data[1:] if damage == "flipped" else data[:3])
    warnings: list[str] = []
    assert newest_sound(tmp_path, warnings.append) == 4
    assert len(warnings) == 1 and "step 8 is damaged" in warnings[0] and "from step 4" in warnings[0]
    assert names(folder) == ["4", "8.damaged"]


def test_another_job_that_has_the_run_by_now_keeps_its_checkpoints(tmp_path: Path) -> None:
    folder = saved(tmp_path, 4)
    checkpoints = Checkpoints(tmp_path, "print", 1)
    written = checkpoints.unfinished(5)
    written.mkdir()
    on_disk: list[bool] = []

    def is_taken() -> bool:
        on_disk.append((written / "checkpoint.json").exists())
        return True

    assert not checkpoints.complete(5, False, is_taken)
    assert on_disk == [True]
    assert names(folder) == ["4", "checkpoint-5"]


def test_where_none_is_sound_all_stay(tmp_path: Path) -> None:
    folder = saved(tmp_path, 4)
    (folder / "4" / "model.safetensors").write_bytes(b"")
    with pytest.raises(TrainingError, match="cannot be read"):
        newest_sound(tmp_path, lambda _: None)
    assert names(folder) == ["4"]


def test_a_trainer_that_died_between_two_names_left_a_checkpoint(tmp_path: Path) -> None:
    folder = saved(tmp_path, 4)
    (folder / "4").rename(folder / "4.old")
    remove_unfinished(tmp_path)
    assert newest_sound(tmp_path, lambda _: None) == 4


def test_nothing_is_appended_through_a_link(tmp_path: Path) -> None:
    keys = tmp_path / "authorized_keys"
    keys.write_text("precious\n")
    run = tmp_path / "run"
    run.mkdir()
    (run / "metrics.jsonl").symlink_to(keys)
    with pytest.raises(TrainingError, match="symbolic link"):
        RunLog(run, -1)
    assert keys.read_text() == "precious\n"


@pytest.mark.parametrize("name", ["../../../target", "/tmp/x", "another"])
def test_a_run_has_the_name_of_its_folder(tmp_path: Path, name: str) -> None:
    run = tmp_path / ".dpo" / "runs" / "20261101-000000-beta0.1-aaaa"
    run.mkdir(parents=True)
    (run / "run.json").write_text(f'{{"format": 1, "id": "{name}", "config": {{}}}}')
    with pytest.raises(TrainingError, match="name of its folder"):
        read_run(run)
