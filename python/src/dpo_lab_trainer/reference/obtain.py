"""Reference log-probabilities: from the data, from a finished table, or computed."""

import math
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ..config import Config
from ..data.load import LoadedPair
from ..data.tokenize import TokenizedPair, tokenize_pairs
from ..errors import TrainingError
from ..generation.text_models import TextModel
from ..machine import processes
from ..machine.device import Device
from ..own_files import inside_of
from ..run_file import Run
from ..training.scoring import SequenceScore, score
from .key import ingredients_of, reference_key
from .lock import Lock
from .table_files import ReferenceScore, Rows, TableFiles, now

_CHUNK = 32
"""Pairs that are scored and written together for each process: what a killed process loses at most."""

Progress = Callable[[int, int], None]
OpenReference = Callable[[], AbstractContextManager[tuple[Any, Device]]]
"""The model that scores and how to compute with it, for as long as it is needed."""


@dataclass(frozen=True)
class ReferenceRequest:
    run: Run
    policy: TextModel
    foreign: TextModel | None
    pairs: list[LoadedPair]
    """To train on and held out."""
    tokenized: list[TokenizedPair]
    """The same, as the policy sees them."""
    open_reference: OpenReference
    precision: str
    """In which the policy computes."""


@dataclass(frozen=True)
class ObtainedReference:
    rows: Rows
    key: str | None
    """None where nothing is computed (none, columns)."""
    warnings: list[str]


def obtain_reference(request: ReferenceRequest, progress: Progress) -> ObtainedReference:
    """
    Zeros for none, the data's own numbers for columns, else from `references/<key>/` in the data folder where it is
    complete, and computed where it is not. A computation that was cut short goes on where it stopped.

    progress: called with pairs, by all processes together; what it raises ends the work, and finished rows stay
    """
    reference = request.run.config.reference
    if reference.policy == "none":
        return ObtainedReference({pair.id: _given(pair, (0.0, 0.0), 0.0) for pair in request.tokenized}, None, [])
    if reference.logprobs == "columns":
        rows = {pair.id: _given(pair, pair.columns, math.nan) for pair in request.tokenized}
        return ObtainedReference(rows, None, [])
    return _computed(request, progress)


def _given(pair: TokenizedPair, logps: tuple[float, float] | None, end: float) -> ReferenceScore:
    if logps is None:
        raise TrainingError(
            f"Row {pair.row} of the data has no reference log-probabilities, which reference.logprobs: columns reads from"
            " there. Complete the columns, name them under data.columns, or write reference.logprobs: compute."
        )
    return ReferenceScore(*logps, pair.chosen.response_tokens, pair.rejected.response_tokens, end, end)


def _computed(request: ReferenceRequest, progress: Progress) -> ObtainedReference:
    config, place = request.run.config, request.run.place
    reference = request.foreign or request.policy
    pairs, seen_warnings = _as_the_reference_sees(request)
    end_token = reference.tokenizer.end_token
    ingredients = ingredients_of(config, reference.model.identity, end_token, pairs, request.precision)
    key = reference_key(ingredients)
    files = TableFiles(inside_of(place.data_folder, "references", key))
    asked = now()
    warnings: list[str] = []
    rows = processes.on_main(files.complete_rows)
    # With the policy's tokenizer they would repeat what was said of the pairs before.
    if request.foreign and request.foreign.tokenizer.identity != request.policy.tokenizer.identity:
        warnings += [f"In the reference's own tokens: {warning}" for warning in seen_warnings]
    if rows is None:
        about = (key, ingredients, reference.model.name)
        rows = _obtain_rows(files, pairs, about, request, reference, progress)
    if processes.is_main():
        files.remember_asked(place.base_folder, _asked_settings(config, request.run.nested), asked)
    unscored = sum(pair.id not in rows for pair in request.tokenized)
    if unscored > 0:
        warnings.append(
            f"{unscored} pair{'s are' if unscored > 1 else ' is'} left out, which the reference cannot score within"
            " data.max_length."
        )
    return ObtainedReference(rows, key, warnings)


def _as_the_reference_sees(request: ReferenceRequest) -> tuple[list[TokenizedPair], list[str]]:
    """In the reference's own tokens, and without the prompt where it scores so."""
    config = request.run.config
    if request.foreign is None and config.reference.score == "conditional":
        return request.tokenized, []
    speaker = request.foreign or request.policy
    return tokenize_pairs(request.pairs, speaker.tokenizer, config.data, config.reference.score)


def _obtain_rows(
    files: TableFiles,
    seen: list[TokenizedPair],
    about: tuple[str, dict[str, Any], str],
    request: ReferenceRequest,
    reference: TextModel,
    progress: Progress,
) -> Rows:
    """Of several runs that want the same table, one computes and the others wait."""
    # A pair that the data has twice is scored once.
    pairs = list({pair.id: pair for pair in seen}.values())
    lock = Lock(files.lock)

    def begin() -> tuple[bool, Rows]:
        files.create()
        lock.acquire(lambda: progress(len(files.rows()), len(pairs)))
        finished = files.complete_rows()
        return finished is not None, finished if finished is not None else files.rows()

    try:
        complete, rows = processes.on_main(begin)
        if complete:
            return rows
        created = now()

        def write_meta(complete: bool) -> None:
            processes.on_main(lambda: files.write_meta(*about, len(pairs), created, complete))

        write_meta(False)
        missing = sorted((pair for pair in pairs if pair.id not in rows), key=_longest, reverse=True)
        progress(len(pairs) - len(missing), len(pairs))
        if missing:
            with request.open_reference() as (model, device):
                for chunk in _chunks(missing):
                    scored = _score_chunk(chunk, model, device, reference)
                    processes.on_main(lambda scored=scored: files.append(scored))  # type: ignore[misc]
                    lock.alive()
                    rows |= scored
                    progress(len(rows), len(pairs))
        write_meta(True)
        return rows
    finally:
        lock.release()


def _chunks(pairs: list[TokenizedPair]) -> Iterator[list[TokenizedPair]]:
    size = _CHUNK * processes.world()
    for start in range(0, len(pairs), size):
        yield pairs[start : start + size]


def _longest(pair: TokenizedPair) -> int:
    """What does not fit into memory fails at once, and the rest goes faster than it seemed."""
    return max(len(pair.chosen.tokens), len(pair.rejected.tokens))


def _score_chunk(pairs: list[TokenizedPair], model: Any, device: Device, reference: TextModel) -> Rows:
    sequences = [sequence for pair in pairs for sequence in (pair.chosen, pair.rejected)]
    scores = score(model, device, reference.tokenizer.end_token, sequences)
    return {
        pair.id: _row(pair, chosen, rejected)
        for pair, chosen, rejected in zip(pairs, scores[::2], scores[1::2], strict=True)
    }


def _row(pair: TokenizedPair, chosen: SequenceScore, rejected: SequenceScore) -> ReferenceScore:
    numbers = (chosen.logp, rejected.logp, chosen.end_logp, rejected.end_logp)
    if not all(math.isfinite(number) for number in numbers):
        raise TrainingError(
            f"The reference gives no finite log-probability to the pair in row {pair.row}. Its weights are broken, or"
            " overflow in this precision: write reference.dtype or training.precision fp32, fetch the model again, or name"
            " another under reference.policy."
        )
    return ReferenceScore(
        chosen.logp, rejected.logp, chosen.tokens, rejected.tokens, chosen.end_logp, rejected.end_logp
    )


def _asked_settings(config: Config, nested: dict[str, Any]) -> dict[str, Any]:
    """What a config asks of its reference as far as its text tells, as src/core/reference/reference-asked.ts has it."""
    flat: dict[str, Any] = {}

    def visit(section: dict[str, Any], prefix: str) -> None:
        for key, value in section.items():
            if isinstance(value, dict):
                visit(value, f"{prefix}{key}.")
            else:
                flat[prefix + key] = value

    visit({name: nested[name] for name in ("model", "reference", "data") if name in nested}, "")
    # Pairs that are held out are scored like the others.
    if config.data.limit is None:
        flat.pop("data.eval_fraction", None)
    return flat
