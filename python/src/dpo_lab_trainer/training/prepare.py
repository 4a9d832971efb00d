"""Opens the models, reads and tokenizes the pairs, and obtains the reference log-probabilities."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from ..config import Config
from ..data.load import LoadedPairs, load_pairs
from ..data.tokenize import TokenizedPair, check_messages, tokenize_pairs
from ..generation.evaluation import answer_probes, baseline_seed
from ..generation.generation import Answer
from ..generation.text_models import TextModel, open_foreign_reference, open_policy
from ..initial_models import InitialModels
from ..machine import processes
from ..machine.device import Device, choose_device
from ..models.identity import sha256
from ..models.load import check_architecture, check_quantization
from ..process_cache import ProcessCache
from ..reference.obtain import ObtainedReference, ReferenceRequest, obtain_reference
from ..reporters import check_reporters
from ..requests import Requests
from ..run_file import Run
from ..run_log import RunLog
from ..weights import is_quantized
from .objective import Objective, objective_of
from .referenced_pair import ReferencedPair
from .schedule import Schedule

_WATCHED = 64
"""Training pairs watched for their end-of-sequence token where nothing is held out."""
_PROGRESS_EVERY = 0.3
"""Seconds between two lines about the progress of a phase."""


@dataclass(frozen=True)
class Prepared:
    config: Config
    policy: TextModel
    baseline: TextModel
    """The reference model; the starting policy where there is none, or where its numbers came with the data."""
    baseline_answers: list[Answer]
    baseline_ends: list[float]
    objective: Objective
    device: Device
    train: list[ReferencedPair]
    held_out: list[ReferencedPair]
    watched: list[ReferencedPair]
    schedule: Schedule
    fingerprint: str
    """Of everything that a checkpoint belongs to."""


def prepare(run: Run, log: RunLog, requests: Requests, cache: ProcessCache) -> Prepared:
    """Raises Stopped when a stop is asked for meanwhile; what was computed of the reference is kept."""
    config, place = run.config, run.place
    objective = objective_of(config)
    check_reporters(config.backend.torch.report_to or [])
    device = choose_device(config)
    loading = _progress("loading", log, requests.check_alone)
    loading(0, 0)
    policy = open_policy(config, place, loading)
    foreign = open_foreign_reference(config, place, loading)
    baseline = foreign or policy
    lora = config.training.lora if config.training.method == "lora" else None
    check_architecture(policy.model, lora)
    if is_quantized(config):
        check_quantization(policy.model, device.place)
    if foreign:
        check_architecture(foreign.model, None)

    pairs, train, held_out, warnings = cache.keep(
        "pairs",
        [
            asdict(config.data),
            config.reference.logprobs,
            config.training.seed * bool(config.data.eval_fraction),
            policy.model.identity,
            policy.tokenizer.identity,
            str(place.base_folder),
        ],
        lambda: _pairs(run, policy, foreign, log, requests),
    )
    for warning in warnings:
        log.warn(warning)

    models = InitialModels(run, policy, foreign, device, cache)
    obtained: ObtainedReference = obtain_reference(
        ReferenceRequest(
            run=run,
            policy=policy,
            foreign=foreign,
            pairs=[*pairs.train, *pairs.held_out],
            tokenized=[*train, *held_out],
            open_reference=models.reference,
            precision=device.precision,
        ),
        _progress("reference", log, requests.check),
    )
    for warning in obtained.warnings:
        log.warn(warning)
    # Without the prompt, or without a model, the reference tells nothing of how likely an end is after it.
    knows_ends = obtained.key is not None and config.reference.score == "conditional"
    referenced_train = _referenced(train, obtained, knows_ends)
    referenced_held_out = _referenced(held_out, obtained, knows_ends)
    watched = referenced_held_out or referenced_train[:_WATCHED]
    ends = models.ends(watched, requests)
    answers = _baseline_answers(run, baseline, models, device, cache, log, requests)
    schedule = Schedule(config.training, len(referenced_train))
    log.say(
        "plan",
        totalSteps=schedule.total_steps,
        pairs=len(referenced_train),
        evalPairs=len(referenced_held_out),
        device=device.words,
    )
    return Prepared(
        config=config,
        policy=policy,
        baseline=baseline,
        baseline_answers=answers,
        baseline_ends=ends,
        objective=objective,
        device=device,
        train=referenced_train,
        held_out=referenced_held_out,
        watched=watched,
        schedule=schedule,
        fingerprint=_fingerprint(config, policy, referenced_train),
    )


def _pairs(
    run: Run, policy: TextModel, foreign: TextModel | None, log: RunLog, requests: Requests
) -> tuple[LoadedPairs, list[TokenizedPair], list[TokenizedPair], list[str]]:
    pairs = load_pairs(run)
    if foreign:
        # It is asked for its tokens after the policy, which takes minutes where there are many pairs.
        check_messages(pairs.train, foreign.tokenizer)
    progress = _progress("tokenizing", log, requests.check_alone)
    train, warnings = tokenize_pairs(pairs.train, policy.tokenizer, run.config.data, progress=progress)
    held_out, more = tokenize_pairs(pairs.held_out, policy.tokenizer, run.config.data, progress=progress)
    return pairs, train, held_out, [*pairs.warnings, *warnings, *more]


def _referenced(pairs: list[TokenizedPair], obtained: ObtainedReference, knows_ends: bool) -> list[ReferencedPair]:
    return [ReferencedPair(pair, obtained.rows[pair.id], knows_ends) for pair in pairs if pair.id in obtained.rows]


def _baseline_answers(
    run: Run,
    baseline: TextModel,
    models: InitialModels,
    device: Device,
    cache: ProcessCache,
    log: RunLog,
    requests: Requests,
) -> list[Answer]:
    """To the probes, before the weights of another reference are freed, and before training changes the policy's."""
    evaluation = run.config.evaluation
    if not evaluation.probes:
        return []

    def make() -> list[Answer]:
        log.say("phase", phase="evaluating")
        opened = models.reference if models.foreign else models.start
        with opened() as (model, computing):
            return answer_probes(model, computing, baseline, run.config, requests.check, baseline_seed(run.config))

    sampling = [
        evaluation.probes,
        evaluation.samples,
        evaluation.max_new_tokens,
        evaluation.temperature,
        run.config.training.seed,
    ]
    identities = [baseline.model.identity, baseline.tokenizer.identity, device.words, is_quantized(run.config)]
    answers: list[Answer] = cache.keep("answers", [*sampling, *identities, run.config.reference.dtype], make)
    return answers


def _progress(phase: str, log: RunLog, check: Callable[[], None]) -> Callable[[int, int], None]:
    """Tells how far a phase is, a few times a second at most, and obeys a request to stop."""
    told = 0.0

    def progress(done: int, total: int) -> None:
        nonlocal told
        # Several processes check together, so none may leave it out by its own clock.
        if processes.world() > 1:
            check()
        now = time.monotonic()
        if 0 < done < total and now - told < _PROGRESS_EVERY:
            return
        told = now
        if processes.world() == 1:
            check()
        log.say("phase", phase=phase, **({"done": done, "total": total} if total > 0 else {}))

    return progress


def _fingerprint(config: Config, policy: TextModel, train: list[ReferencedPair]) -> str:
    training = config.training
    tuning: list[Any] = [training.method]
    if training.method == "lora":
        tuning += [training.lora.rank, training.lora.alpha, sorted(training.lora.targets)]
    parts = [
        "torch",
        policy.model.identity,
        policy.tokenizer.identity,
        tuning,
        [pair.pair.id for pair in train],
    ]
    return sha256(json.dumps(parts))
