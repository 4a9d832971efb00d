"""
A model's tokenizer as src/trainer/data/training-tokenizer.ts describes it: the same tokens, the same identity.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, PreTrainedTokenizerBase

from ..errors import TrainingError, sentence
from ..models.identity import sha256
from ..models.opened_model import OpenedModel
from ..models.weight_files import read_json
from ..paths import check_path, resolve_path
from ..run_file import Place
from .load import Message
from .templates import TemplateRefused, check_template, render_template


@dataclass(frozen=True)
class Conversation:
    messages: list[Message]
    until: str
    """To where the model's next message begins (`answer`), or to the `end` of the last one."""
    tools: list[Any] | None = None
    kwargs: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class TrainingTokenizer:
    library: PreTrainedTokenizerBase
    model: OpenedModel
    end_token: int
    end_text: str
    end_tokens: frozenset[int]
    """Generation stops at any of them."""
    begin_token: int | None
    """Whether or not the tokenizer puts it before a text itself."""
    template: str | None
    joins_messages: bool
    """Messages are joined as they are, because the config asks for no template."""
    now: datetime
    """What the clock of a template shows."""
    identity: str
    """SHA-256 of everything that decides over tokens: tokenizer.json, special tokens, chat template."""

    def encode(self, text: str) -> list[int]:
        """Tokens of a text in which a chat template wrote all special tokens."""
        return self._checked(self.library(text, add_special_tokens=False, verbose=False)["input_ids"])

    def encode_plain(self, text: str) -> list[int]:
        """Tokens of plain text, with what the tokenizer itself puts around it, such as the begin-of-sequence token."""
        return self._checked(self.library(text, verbose=False)["input_ids"])

    def decode(self, tokens: list[int]) -> str:
        """The text of tokens to the letter, without special ones. Ids beyond the vocabulary have no text."""
        known = [token for token in tokens if token < len(self.library)]
        return str(self.library.decode(known, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def render(self, conversations: list[Conversation]) -> list[str]:
        """
        Conversations as the text that the model was trained on. The template sees what apply_chat_template of transformers
        gives it. Raises TemplateRefused for the first that the template refuses.
        """
        values = [
            {
                **self.library.special_tokens_map,
                "documents": None,
                **one.kwargs,
                "messages": one.messages,
                "tools": one.tools,
                "add_generation_prompt": one.until == "answer",
            }
            for one in conversations
        ]
        return render_template(self.template or "", self.now, values)

    def prompt_tokens(self, prompt: str) -> list[int]:
        """Tokens of a prompt, ready to be answered: one user message with a chat template, else plain text."""
        if self.template is None:
            tokens = self.encode_plain(prompt)
        else:
            try:
                [text] = self.render([Conversation([{"role": "user", "content": prompt}], "answer")])
            except TemplateRefused as refused:
                raise TrainingError(
                    f"The chat template rejects a single user message: {refused.problem}. Name another template as"
                    " data.chat_template."
                ) from None
            tokens = self.encode(text)
        return tokens or [self.begin_token if self.begin_token is not None else self.end_token]

    def _checked(self, tokens: Any) -> list[int]:
        for token in tokens:
            if token >= self.model.vocabulary_size:
                raise foreign_token(self.model, self.library.convert_ids_to_tokens(token), token)
        return list(tokens)


def open_tokenizer(model: OpenedModel, chat_template: str, place: Place) -> TrainingTokenizer:
    """
    chat_template: `auto`, `none`, or a Jinja file. The end-of-sequence token is the one that tokenizer_config.json names,
    else the first `eos_token_id` of config.json. Raises TrainingError where there is none, or no tokenizer.
    """
    try:
        library = AutoTokenizer.from_pretrained(str(model.folder))
    except Exception as error:
        raise TrainingError(
            f"The tokenizer of {model.name} cannot be loaded: {sentence(error)}. Fetch the whole model again."
        ) from error
    config = _optional_json(model.folder / "tokenizer_config.json")
    generation = _optional_json(model.folder / "generation_config.json")
    template = _find_template(chat_template, model.folder, config, place)
    now = datetime.fromisoformat(place.date or datetime.now().date().isoformat())
    broken = None if template is None else check_template(template, now)
    if broken is not None:
        raise TrainingError(
            f"The chat template of {model.name} is not valid: {broken}. Fix it, or name another as data.chat_template."
        )
    end = _end_of(model, library, config)
    begin = _token_of(library, config.get("bos_token"))
    if begin is None:
        begin = next(iter(_known_ids(library, model.config.get("bos_token_id"))), None)
    others = [
        token for source in (model.config, generation) for token in _known_ids(library, source.get("eos_token_id"))
    ]
    return TrainingTokenizer(
        library=library,
        model=model,
        end_token=end[0],
        end_text=end[1],
        end_tokens=frozenset([end[0], *others]),
        begin_token=begin,
        template=template,
        joins_messages=chat_template == "none",
        now=now,
        identity=_identity(model.folder, library, template, end[0], begin, now),
    )


def _identity(
    folder: Path,
    library: PreTrainedTokenizerBase,
    template: str | None,
    end: int,
    begin: int | None,
    now: datetime,
) -> str:
    path = folder / "tokenizer.json"
    # Models of old have no tokenizer.json; transformers makes one.
    content = path.read_bytes() if path.exists() else repr(sorted(library.get_vocab().items())).encode()
    parts = [hashlib.sha256(content).hexdigest(), template, library("")["input_ids"], end, begin]
    if template is not None and "strftime_now" in template:
        parts.append(now.date().isoformat())
    return sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")))


def _find_template(asked: str, folder: Path, config: dict[str, Any], place: Place) -> str | None:
    if asked == "none":
        return None
    if asked != "auto":
        check_path(asked)
        path = resolve_path(asked, place.base_folder)
        try:
            return path.read_bytes().decode("utf-8-sig")
        except (OSError, ValueError) as error:
            raise TrainingError(f"The chat template {path} cannot be read: {sentence(error)}.") from None
    # The file is the newer place and wins, as in transformers.
    file = folder / "chat_template.jinja"
    if file.is_file():
        return file.read_bytes().decode("utf-8-sig")
    return _default_template(config.get("chat_template"))


def _default_template(value: Any) -> str | None:
    """One template, or a list of named ones, among which `default` is meant for conversations."""
    if isinstance(value, str):
        return value
    named = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    chosen = next((entry for entry in named if entry.get("name") == "default"), named[0] if named else {})
    template = chosen.get("template")
    return template if isinstance(template, str) else None


def _end_of(model: OpenedModel, library: PreTrainedTokenizerBase, config: dict[str, Any]) -> tuple[int, str]:
    token = _token_of(library, config.get("eos_token"))
    if token is None:
        token = next(iter(_known_ids(library, model.config.get("eos_token_id"))), None)
    text = None if token is None else library.convert_ids_to_tokens(token)
    if token is None or text is None:
        raise TrainingError(
            f"The tokenizer of {model.name} has no end-of-sequence token, so responses could not end. Name it as eos_token"
            f" in {model.folder / 'tokenizer_config.json'}."
        )
    if token >= model.vocabulary_size:
        raise foreign_token(model, text, token)
    return token, str(text)


def _token_of(library: PreTrainedTokenizerBase, value: Any) -> int | None:
    """Written as a string, or as an object with details of the token."""
    text = value.get("content") if isinstance(value, dict) else value
    if not isinstance(text, str) or text == "":
        return None
    return library.get_vocab().get(text)


def _known_ids(library: PreTrainedTokenizerBase, value: Any) -> list[int]:
    """Ids of a config: one, a list, or none."""
    ids = value if isinstance(value, list) else [value]
    return [
        token for token in ids if isinstance(token, int) and not isinstance(token, bool) and 0 <= token < len(library)
    ]


def _optional_json(path: Path) -> dict[str, Any]:
    try:
        return read_json(path)
    except TrainingError:
        return {}


def foreign_token(model: OpenedModel, token: Any, number: int) -> TrainingError:
    return TrainingError(
        f"The tokenizer of {model.name} makes the token {json.dumps(str(token))} with id {number}, but the model's embedding"
        f" has ids up to {model.vocabulary_size - 1} only. Take the tokenizer that belongs to the model, or resize its"
        " embedding with resize_token_embeddings."
    )
