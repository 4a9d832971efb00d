"""Preference pairs as src/node/data/pairs.ts reads them from rows."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from ..config import Columns

Message = dict[str, str]
"""`role` and `content`, in this order."""
Response = str | list[Message]


@dataclass(frozen=True)
class Pair:
    """Texts, or lists of messages; what follows the prompt is the response."""

    prompt: Response
    chosen: Response
    rejected: Response

    @property
    def id(self) -> str:
        """By which reference log-probabilities are found again, in both trainers: SHA-256 of the pair as JSON."""
        text = json.dumps([self.prompt, self.chosen, self.rejected], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


class NoPair(ValueError):  # noqa: N818 - told in another sentence
    """A row that is no pair: why, in a sentence."""


def response_text(response: Response) -> str:
    if isinstance(response, str):
        return response
    return "\n".join(message["content"] for message in response)


def read_pair(row: dict[str, Any], columns: Columns) -> Pair:
    """
    Understood are prompt, chosen and rejected as text; transcripts with the same beginning, without a prompt; message
    lists that begin with the same messages, or hold the response alone beside a prompt as text or messages.
    """
    prompt, chosen, rejected = (row.get(name) for name in (columns.prompt, columns.chosen, columns.rejected))
    if chosen is None:
        raise NoPair("The row has no chosen response.")
    if rejected is None:
        raise NoPair("The row has no rejected response.")
    if isinstance(chosen, str) and isinstance(rejected, str):
        if prompt is None:
            return _split_transcripts(chosen, rejected)
        if not isinstance(prompt, str):
            raise NoPair("The responses are text, but the prompt is not.")
        return Pair(prompt, chosen, rejected)
    chosen_messages, rejected_messages = _messages(chosen), _messages(rejected)
    if chosen_messages is None or rejected_messages is None:
        raise NoPair("Chosen and rejected are neither both text nor both lists of messages with role and content.")
    prompt_messages = [] if prompt is None or isinstance(prompt, str) else _messages(prompt)
    if prompt_messages is None:
        raise NoPair("The prompt is neither text nor a list of messages.")
    asked = prompt if isinstance(prompt, str) else None
    return _split_messages(prompt_messages, asked, chosen_messages, rejected_messages)


_ASSISTANT_TURN = "\n\nAssistant:"


def _split_transcripts(chosen: str, rejected: str) -> Pair:
    """
    The prompt ends after the last assistant turn begins in what both transcripts share. Transcripts in another notation
    are cut at a line break: the first words of both responses can be the same too.
    """
    shared = 0
    for a, b in zip(chosen, rejected, strict=False):
        if a != b:
            break
        shared += 1
    turn = chosen[:shared].rfind(_ASSISTANT_TURN)
    end = turn + len(_ASSISTANT_TURN) if turn >= 0 else chosen[:shared].rfind("\n") + 1
    return Pair(chosen[:end], chosen[end:], rejected[end:])


def _split_messages(prompt: list[Message], asked: str | None, chosen: list[Message], rejected: list[Message]) -> Pair:
    """
    A text prompt beside message lists repeats their first question, or is the only question where they begin with the
    answer. A message prompt can be repeated at the beginning of the lists, too.
    """

    def repeats(conversation: list[Message]) -> bool:
        return len(conversation) > len(prompt) and conversation[: len(prompt)] == prompt

    skipped = len(prompt) if repeats(chosen) and repeats(rejected) else 0
    shared = [] if prompt else _shared_messages(chosen, rejected)
    start = skipped + len(shared)
    has_question = any(message["role"] == "user" for message in shared)
    question = [{"role": "user", "content": asked}] if asked and not has_question else []
    return Pair([*prompt, *shared, *question], chosen[start:], rejected[start:])


def _shared_messages(chosen: list[Message], rejected: list[Message]) -> list[Message]:
    """Messages that both conversations begin with; at least one is left to each as its response."""
    limit = min(len(chosen), len(rejected)) - 1
    length = 0
    while length < limit and chosen[length] == rejected[length]:
        length += 1
    return chosen[:length]


def _messages(value: Any) -> list[Message] | None:
    if not isinstance(value, list):
        return None
    messages = []
    for entry in value:
        if not isinstance(entry, dict):
            return None
        role, content = entry.get("role"), entry.get("content")
        if not isinstance(role, str) or not isinstance(content, str):
            return None
        messages.append({"role": role, "content": content})
    return messages
