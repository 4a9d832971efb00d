"""Looks at the policy as training goes on, as src/trainer/evaluation.ts does."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from ..config import Config
from ..data.tokenize import TokenSequence
from ..machine.device import Device
from ..run_log import Values
from ..seeded_random import mix_seeds
from ..training.objective import Objective
from ..training.pair_metrics import PairScore, pair_metrics, preference_loss
from ..training.referenced_pair import ReferencedPair
from ..training.scoring import SequenceScore, score
from .generation import Answer, GenerateOptions, generate
from .repetition import repetition
from .text_models import TextModel

Check = Callable[[], None]
OpenModel = Callable[[], AbstractContextManager[tuple[Any, Device]]]
Sample = dict[str, Any]


@dataclass(frozen=True)
class EvaluationSetup:
    config: Config
    objective: Objective
    policy: TextModel
    baseline: TextModel
    """The reference model; the starting policy where there is none, or where its numbers came with the data."""
    baseline_answers: list[Answer]
    """To the probes. They stay the same as long as training lasts."""
    baseline_ends: list[float]
    """Log p of the end-of-sequence token after the watched responses, under the reference or before training, in nats."""
    open_baseline: OpenModel
    device: Device
    held_out: list[ReferencedPair]
    watched: list[ReferencedPair]
    """Pairs after whose chosen responses the end-of-sequence token is watched: the held-out ones where there are any."""


_BASELINE = 1
"""Tells the baseline's random numbers from the policy's."""


def baseline_seed(config: Config) -> int:
    """
    A stream of its own: texts that share their random numbers resemble each other, which hides who is better.
    """
    return mix_seeds(config.training.seed, _BASELINE)


def answer_probes(
    model: Any, device: Device, speaker: TextModel, config: Config, check: Check, seed: int
) -> list[Answer]:
    """The same random numbers at every evaluation: what changes in the texts is the policy's doing, not chance's."""
    options = GenerateOptions(
        max_new_tokens=config.evaluation.max_new_tokens,
        temperature=config.evaluation.temperature,
        seed=seed,
        end_tokens=speaker.tokenizer.end_tokens,
        before_token=check,
    )
    return generate(model, device, probe_tokens(speaker, config), options)


def probe_tokens(speaker: TextModel, config: Config) -> list[list[int]]:
    return [speaker.tokenizer.prompt_tokens(prompt) for prompt in asked_prompts(config)]


def asked_prompts(config: Config) -> list[str]:
    """Every probe as often as it is answered: all once, then all again."""
    return config.evaluation.probes * config.evaluation.samples


@dataclass(frozen=True)
class Evaluator:
    setup: EvaluationSetup
    check: Check
    """Called often, by all processes together; what it raises ends an evaluation, of which nothing is kept then."""

    def evaluate(self, model: Any) -> tuple[Values, list[Sample]]:
        """model: the policy, in evaluation mode."""
        values = self._score_pairs(model)
        more, samples = self._generate(model)
        return values | more, samples

    def _score(self, model: Any, device: Device, sequences: list[TokenSequence]) -> list[SequenceScore]:
        end_token = self.setup.policy.tokenizer.end_token
        return score(model, device, end_token, sequences, lambda done, total: self.check())

    def _score_pairs(self, model: Any) -> Values:
        setup = self.setup
        if not setup.watched:
            return {}
        sequences = [watched.pair.chosen for watched in setup.watched]
        sequences += [held_out.pair.rejected for held_out in setup.held_out]
        scores = self._score(model, setup.device, sequences)
        chosen, rejected = scores[: len(setup.watched)], scores[len(setup.watched) :]
        drifts = [score.end_logp - end for score, end in zip(chosen, setup.baseline_ends, strict=True)]
        drift = {"eos_drift": sum(drifts) / len(drifts)}
        if not setup.held_out:
            return drift
        pairs = [
            PairScore(first.logp, second.logp, first.tokens, second.tokens, held_out.reference)
            for held_out, first, second in zip(setup.held_out, chosen, rejected, strict=True)
        ]
        return {"loss": preference_loss(pairs, setup.objective)} | pair_metrics(pairs, setup.objective) | drift

    def _generate(self, model: Any) -> tuple[Values, list[Sample]]:
        setup, asked = self.setup, asked_prompts(self.setup.config)
        if not asked:
            return {}, []
        seed = setup.config.training.seed
        answers = answer_probes(model, setup.device, setup.policy, setup.config, self.check, seed)
        values: Values = {
            "generated_length": _mean([len(answer.tokens) for answer in answers]),
            "ended": _mean([answer.ended for answer in answers]),
            "reference_generated_length": _mean([len(answer.tokens) for answer in setup.baseline_answers]),
            "reference_ended": _mean([answer.ended for answer in setup.baseline_answers]),
            "repetition": _mean([repetition(answer.tokens) for answer in answers]),
            "reference_repetition": _mean([repetition(answer.tokens) for answer in setup.baseline_answers]),
        }
        samples: list[Sample] = [
            {"prompt": prompt, "policy": _shown(answer, setup.policy), "reference": _shown(before, setup.baseline)}
            for prompt, answer, before in zip(asked, answers, setup.baseline_answers, strict=True)
        ]
        divergence = self._divergence(model, answers)
        if divergence is not None:
            values["kl"] = divergence
        return values, samples

    def _divergence(self, model: Any, answers: list[Answer]) -> float | None:
        """
        KL(policy || baseline), estimated on the policy's own texts: the mean over tokens of log pi - log ref, in nats. None
        for a baseline with another tokenizer, which does not see the same tokens.
        """
        setup = self.setup
        if setup.baseline.tokenizer.identity != setup.policy.tokenizer.identity:
            return None
        prompts = probe_tokens(setup.policy, setup.config)
        sequences = [
            TokenSequence(prompt + answer.tokens, len(prompt)) for prompt, answer in zip(prompts, answers, strict=True)
        ]
        policy = self._score(model, setup.device, sequences)
        with setup.open_baseline() as (baseline, device):
            reference = self._score(baseline, device, sequences)
        difference = sum(one.logp - other.logp for one, other in zip(policy, reference, strict=True))
        return difference / sum(one.tokens for one in policy)


def _shown(answer: Answer, speaker: TextModel) -> dict[str, Any]:
    return {"text": speaker.tokenizer.decode(answer.tokens), "tokens": len(answer.tokens), "ended": answer.ended}


def _mean(values: list[Any]) -> float:
    return sum(values) / len(values)
