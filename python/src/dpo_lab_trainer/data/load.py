"""
The pairs of a run, as the onnx trainer's program reads them: layouts, splits and held-out pairs are decided there, once for
both trainers, and come as lines of JSON (src/trainer/commands/pairs.ts).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import TrainingError
from ..machine import onnx_program, processes
from ..run_file import Run

Message = dict[str, Any]
"""A message with all that its template may read."""
Response = str | list[Message]


@dataclass(frozen=True)
class Pair:
    """Texts, or lists of messages; what follows the prompt is the response."""

    prompt: Response
    chosen: Response
    rejected: Response
    tools: list[Any] | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)
    """More that the chat template reads."""


@dataclass(frozen=True)
class LoadedPair:
    id: str
    row: int
    """Counted from 1 over all files of the data set, skipped rows included."""
    pair: Pair
    columns: tuple[float, float] | None
    """Reference log-probabilities of chosen and rejected that came with the pair: sums, in nats."""


@dataclass(frozen=True)
class LoadedPairs:
    train: list[LoadedPair]
    held_out: list[LoadedPair]
    warnings: list[str]


def response_text(response: Response) -> str:
    if isinstance(response, str):
        return response
    return "\n".join(content_text(message.get("content")) for message in response)


def content_text(content: Any) -> str:
    """Text, or parts of text joined."""
    if isinstance(content, str):
        return content
    return "".join(part.get("text", "") for part in content or [] if isinstance(part, dict))


def load_pairs(run: Run) -> LoadedPairs:
    """Raises TrainingError where the data cannot be read, or names the row that is no pair."""
    reader: Iterator[dict[str, Any]] = iter(())
    begun: list[dict[str, Any]] = []

    def begin() -> None:
        nonlocal reader
        reader = _lines(run)
        begun.append(next(reader))

    # Process 0 begins alone, because its first line comes when files of the hub are there.
    processes.on_main(begin)
    if not begun:
        begin()
    train: list[LoadedPair] = []
    held_out: list[LoadedPair] = []
    end = begun[0]
    for line in _chain(begun[0], reader):
        end = line
        if "id" in line:
            (train if line["section"] == "train" else held_out).append(_pair(line))
    positions = set(end["heldOut"])
    if positions:
        held_out = [pair for position, pair in enumerate(train) if position in positions]
        train = [pair for position, pair in enumerate(train) if position not in positions]
    return LoadedPairs(train, held_out, end["warnings"])


def _chain(first: dict[str, Any], rest: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield first
    yield from rest


def _pair(line: dict[str, Any]) -> LoadedPair:
    pair = Pair(line["prompt"], line["chosen"], line["rejected"], line.get("tools"), line.get("kwargs") or {})
    columns = line.get("columns")
    return LoadedPair(line["id"], line["row"], pair, (columns["chosen"], columns["rejected"]) if columns else None)


def _lines(run: Run) -> Iterator[dict[str, Any]]:
    child = onnx_program.start("pairs", str(run.folder))
    ended = False
    try:
        for text in onnx_program.output_of(child):
            line = json.loads(text)
            if "error" in line:
                raise TrainingError(line["error"])
            ended = "heldOut" in line
            yield line
    finally:
        if not ended:
            child.kill()
        onnx_program.output_of(child).close()
        child.wait()
    if not ended:
        raise onnx_program.ended(child, "Reading the pairs")
