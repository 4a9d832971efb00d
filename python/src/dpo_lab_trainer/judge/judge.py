"""Who decides which of two generated texts is better."""

from dataclasses import dataclass
from typing import Protocol

from ..config import Config
from ..errors import TrainingError
from ..paths import check_path, resolve_path
from ..run_file import Place
from .endpoint import ChatEndpoint, EndpointJudge
from .rules import TextRule, read_rules, score_text
from .verdicts import JudgedItem, JudgedText, Verdicts, win_rate


class Judge(Protocol):
    def compare(self, items: list[JudgedItem]) -> Verdicts:
        """Raises TrainingError where the judge cannot be asked, or gives no answers that can be read."""


@dataclass(frozen=True)
class RulesJudge:
    rules: list[TextRule]

    def compare(self, items: list[JudgedItem]) -> Verdicts:
        def score(prompt: str, text: JudgedText) -> float:
            return score_text(self.rules, prompt, text.text, text.ended)

        policy = [score(item.prompt, item.policy) for item in items]
        reference = [score(item.prompt, item.reference) for item in items]
        return Verdicts(win_rate(policy, reference), policy, reference)


def open_judge(config: Config, place: Place) -> Judge | None:
    """Raises TrainingError where something that the judge needs is not written, or cannot be used."""
    options = config.evaluation.judge
    if options.kind == "none":
        return None
    if options.kind == "endpoint":
        url, model = _needed(config, "url"), _needed(config, "model")
        return EndpointJudge(ChatEndpoint.open(url, model, options.api_key_env))
    if options.kind == "rules":
        path = _needed(config, "path")
        check_path(path)
        return RulesJudge(read_rules(resolve_path(path, place.base_folder)))
    raise TrainingError(
        f"evaluation.judge.kind {options.kind} is offered by the onnx trainer only. Write rules or endpoint, or none."
    )


def _needed(config: Config, name: str) -> str:
    value = getattr(config.evaluation.judge, name)
    if isinstance(value, str):
        return value
    raise TrainingError(f"A judge of kind {config.evaluation.judge.kind} needs evaluation.judge.{name}. Write it.")
