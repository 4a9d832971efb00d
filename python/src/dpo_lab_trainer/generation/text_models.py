"""The models of a config with their tokenizers, before weights are loaded."""

from dataclasses import dataclass

from ..config import Config
from ..data.tokenizer import TrainingTokenizer, open_tokenizer
from ..models.identity import Progress
from ..models.opened_model import OpenedModel, open_model
from ..run_file import Place


@dataclass(frozen=True)
class TextModel:
    model: OpenedModel
    tokenizer: TrainingTokenizer


def open_policy(config: Config, place: Place, progress: Progress) -> TextModel:
    """The starting policy."""
    model = config.model
    opened = open_model(model.path, model.revision, model.adapter, place, progress)
    return TextModel(opened, open_tokenizer(opened, config.data.chat_template, place))


def open_foreign_reference(config: Config, place: Place, progress: Progress) -> TextModel | None:
    """The reference model, where the config names another model than the starting policy."""
    reference = config.reference
    if reference.policy in ("same", "none"):
        return None
    opened = open_model(reference.policy, reference.revision, reference.adapter, place, progress)
    # The policy's template file, if one was written, need not suit another model: that one brings its own.
    template = "none" if config.data.chat_template == "none" else "auto"
    return TextModel(opened, open_tokenizer(opened, template, place))
