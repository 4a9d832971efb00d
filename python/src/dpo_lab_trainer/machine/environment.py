"""What this Python has for training: versions, devices, and what is wrong, in sentences. Needs no package itself."""

import importlib.metadata
import os
import platform
import sys
from typing import Any

WINDOW = {
    "torch": ("2.10", "3"),
    "transformers": ("5.10", "5.25"),
    "trl": ("1.2", "1.17"),
    "peft": ("0.19", "1"),
    "accelerate": ("1.10", "2"),
    "datasets": ("5.0.1", "6"),
}
"""Oldest version that will do, and the first that nobody has tried. pyproject.toml asks for the same."""
_OPTIONAL = ("bitsandbytes", "deepspeed", "wandb", "tensorboard", "trackio", "mlflow")


def environment() -> dict[str, Any]:
    packages = versions((*WINDOW, *_OPTIONAL))
    problems = version_problems(packages)
    devices: list[dict[str, Any]] = []
    if "torch" in packages:
        try:
            devices = _devices()
        except Exception as error:
            problems.append(
                f"PyTorch {packages['torch']} cannot be used: {str(error).splitlines()[0]}. Install it again."
            )
    return {
        "python": platform.python_version(),
        "packages": packages,
        "devices": devices,
        "problems": problems,
    }


def version_problems(packages: dict[str, str]) -> list[str]:
    problems = []
    missing = [name for name in WINDOW if name not in packages]
    if missing:
        problems.append(
            f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not installed in {sys.executable}. Run dpo-lab"
            " setup torch, or install the package dpo-lab-trainer there."
        )
    for name, (oldest, below) in WINDOW.items():
        version = packages.get(name)
        if version is None:
            continue
        if _numbers(version) < _numbers(oldest):
            problems.append(f"{name} {version} is too old: {oldest} or newer is needed.")
        elif _numbers(version) >= _numbers(below):
            problems.append(f"{name} {version} is too new: it was tried with versions before {below}.")
    return problems


def versions(names: tuple[str, ...]) -> dict[str, str]:
    found = {}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def _numbers(version: str) -> tuple[int, ...]:
    numbers = []
    for part in version.split("+")[0].split("."):
        digits = ""
        for character in part:
            if not character.isdigit():
                break
            digits += character
        if not digits:
            break
        numbers.append(int(digits))
    return (*numbers, 0, 0, 0)[:3]


def _devices() -> list[dict[str, Any]]:
    import torch

    devices: list[dict[str, Any]] = []
    for index in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(index)
        devices.append({"name": about.name, "kind": "cuda", "memory": about.total_memory})
    if torch.backends.mps.is_available():
        devices.append({"name": "Apple GPU", "kind": "mps", "memory": _machine_memory()})
    name = platform.processor() or platform.machine()
    return [*devices, {"name": name, "kind": "cpu", "memory": _machine_memory()}]


def _machine_memory() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return 0
