"""
Pairs in tokens, as TRL's DPOTrainer and src/trainer/data/tokenize-pairs.ts make them: the prompt is tokenized alone and
with either response, and what follows the prompt's tokens there is the response.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from ..config import Data
from ..errors import TrainingError
from .load import LoadedPair, Message, Pair, Response, response_text
from .templates import TemplateRefused
from .tokenizer import Conversation, TrainingTokenizer

_AT_ONCE = 64
"""Pairs whose messages are written by one question to the program that renders them."""


@dataclass(frozen=True)
class TokenSequence:
    tokens: list[int]
    prompt_length: int
    """How many tokens at the start are not scored: at least 1."""

    @property
    def response_tokens(self) -> int:
        return len(self.tokens) - self.prompt_length


@dataclass(frozen=True)
class TokenizedPair:
    id: str
    row: int
    chosen: TokenSequence
    rejected: TokenSequence
    columns: tuple[float, float] | None

    @property
    def tokens(self) -> int:
        return len(self.chosen.tokens) + len(self.rejected.tokens)


def tokenize_pairs(
    pairs: list[LoadedPair],
    tokenizer: TrainingTokenizer,
    data: Data,
    score: str = "conditional",
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[TokenizedPair], list[str]]:
    """
    With `score: prior` the prompt gives way to one token, begin-of-sequence or else end-of-sequence; the response keeps
    the tokens that it has after its prompt. Also returns warnings. Raises TrainingError where messages cannot be
    written, a token is none of the model's, or no pair is left.
    """
    tokenized: list[TokenizedPair] = []
    filled = unlike = cut = lost_end = 0
    for index, (pair, texts) in enumerate(_with_texts(pairs, tokenizer)):
        prompt, chosen, rejected, differs = _tokens_of(texts, tokenizer)
        sides = [_truncate(prompt, response, data) for response in (chosen, rejected)]
        progress(index + 1, len(pairs))
        if sides[0] is None or sides[1] is None:
            filled += 1
            continue
        unlike += differs
        cut += any(side[1] for side in sides if side)
        lost_end += any(side[2] for side in sides if side)
        sequences = [_scored(side[0], tokenizer, score) for side in sides if side]
        tokenized.append(TokenizedPair(pair.id, pair.row, sequences[0], sequences[1], pair.columns))
    if pairs and not tokenized:
        raise TrainingError(
            f"No pair is left: every prompt alone fills data.max_length ({data.max_length} tokens). Raise it, or cut"
            " prompts with data.max_prompt_length."
        )
    return tokenized, _warnings(filled, unlike, cut, lost_end, len(pairs), data.max_length)


def check_messages(pairs: list[LoadedPair], tokenizer: TrainingTokenizer) -> None:
    """Raises TrainingError where it cannot write the messages of the first pair."""
    for _, texts in _with_texts(pairs[:1], tokenizer):
        _tokens_of(texts, tokenizer)


@dataclass(frozen=True)
class _Texts:
    prompt: str
    with_chosen: str
    with_rejected: str
    templated: bool
    """The chat template wrote all special tokens."""


def _with_texts(pairs: list[LoadedPair], tokenizer: TrainingTokenizer) -> Iterator[tuple[LoadedPair, _Texts]]:
    for start in range(0, len(pairs), _AT_ONCE):
        part = pairs[start : start + _AT_ONCE]
        templated = [pair for pair in part if isinstance(pair.pair.prompt, list) and tokenizer.template is not None]
        texts = dict(zip([id(pair) for pair in templated], _templated_texts(templated, tokenizer), strict=True))
        for pair in part:
            yield pair, texts.get(id(pair)) or _plain_texts(pair, tokenizer)


def _tokens_of(texts: _Texts, tokenizer: TrainingTokenizer) -> tuple[list[int], list[int], list[int], bool]:
    """Prompt, chosen, rejected, and whether the prompt is tokenized otherwise alone than before a response."""
    encode = tokenizer.encode if texts.templated else tokenizer.encode_plain
    prompt, with_chosen, with_rejected = (
        encode(text) for text in (texts.prompt, texts.with_chosen, texts.with_rejected)
    )
    start = len(prompt)
    if not (texts.with_chosen.startswith(texts.prompt) and texts.with_rejected.startswith(texts.prompt)):
        # The template ends the prompt with what answers do not begin with: they are scored from their first token.
        columns = zip(prompt, with_chosen, with_rejected, strict=False)
        start = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
        return prompt[:start], with_chosen[start:], with_rejected[start:], False
    unlike = with_chosen[:start] != prompt or with_rejected[:start] != prompt
    return prompt, with_chosen[start:], with_rejected[start:], unlike


def _plain_texts(loaded: LoadedPair, tokenizer: TrainingTokenizer) -> _Texts:
    pair = loaded.pair
    if isinstance(pair.prompt, list) and not tokenizer.joins_messages:
        raise TrainingError(
            f"The data holds messages, but {tokenizer.model.name} has no chat template to turn them into text. Name the"
            " Jinja file it was fine-tuned with as data.chat_template, or write none there to join the messages as they"
            " are."
        )
    prompt = response_text(pair.prompt)

    def ended(response: Response) -> str:
        text = response_text(response)
        return text if text.endswith(tokenizer.end_text) else text + tokenizer.end_text

    return _Texts(prompt, prompt + ended(pair.chosen), prompt + ended(pair.rejected), False)


def _templated_texts(pairs: list[LoadedPair], tokenizer: TrainingTokenizer) -> list[_Texts]:
    conversations = [conversation for loaded in pairs for conversation in _conversations(loaded.pair)]
    try:
        texts = tokenizer.render(conversations) if conversations else []
    except TemplateRefused as refused:
        name = tokenizer.model.name
        raise TrainingError(
            f"The chat template of {name} cannot be used: {refused.problem}. Name another as data.chat_template."
            if refused.is_limit
            else f"The chat template of {name} rejects the pair of row {pairs[refused.index // 3].row}: {refused.problem}."
            " Fix or remove the row, or name another template as data.chat_template."
        ) from None
    return [_Texts(*texts[start : start + 3], True) for start in range(0, len(texts), 3)]


def _conversations(pair: Pair) -> list[Conversation]:
    """Its prompt up to the answer, and the prompt with either response."""
    prompt, chosen, rejected = (_messages(part) for part in (pair.prompt, pair.chosen, pair.rejected))
    return [
        Conversation(prompt, "answer", pair.tools, pair.kwargs),
        Conversation(prompt + chosen, "end", pair.tools, pair.kwargs),
        Conversation(prompt + rejected, "end", pair.tools, pair.kwargs),
    ]


def _messages(part: Response) -> list[Message]:
    return part if isinstance(part, list) else []


def _truncate(prompt: list[int], response: list[int], data: Data) -> tuple[TokenSequence, bool, bool] | None:
    """
    What the limits leave: first of the prompt alone, then of both together. Also whether tokens were left out, and
    whether the end of the response was. Nothing predicts the first token of a sequence, so where no prompt is left, the
    first token of the response stands in its place. None where no token is left to be scored.
    """
    limit = data.max_prompt_length
    asked = prompt[-limit:] if limit is not None and len(prompt) > limit else prompt
    whole = asked + response
    over = max(0, len(whole) - data.max_length)
    from_end = data.truncation == "keep_end"
    tokens = whole if over == 0 else whole[over:] if from_end else whole[: data.max_length]
    prompt_length = max(1, len(asked) - over if from_end else len(asked))
    if prompt_length >= len(tokens):
        return None
    return TokenSequence(tokens, prompt_length), over > 0 or asked is not prompt, over > 0 and not from_end


def _scored(sequence: TokenSequence, tokenizer: TrainingTokenizer, score: str) -> TokenSequence:
    if score == "conditional":
        return sequence
    begin = tokenizer.begin_token if tokenizer.begin_token is not None else tokenizer.end_token
    return TokenSequence([begin, *sequence.tokens[sequence.prompt_length :]], 1)


def _warnings(filled: int, unlike: int, cut: int, lost_end: int, pairs: int, max_length: int) -> list[str]:
    warnings = []
    if filled > 0:
        warnings.append(
            f"{filled} of {pairs} pairs were skipped: with a limit of {max_length} tokens (data.max_length), nothing is"
            " left of a response after its prompt."
        )
    if cut > 0:
        lost = f" {lost_end} of them lost the end of a response and its end-of-sequence token." if lost_end else ""
        warnings.append(f"{cut} of {pairs} pairs were longer than the limits and were cut.{lost}")
    if unlike > 0:
        warnings.append(
            f"{unlike} of {pairs} prompts are tokenized otherwise before a response than alone, so that the border between"
            " prompt and response is off by a token or so. A prompt that ends in a space is often the reason."
        )
    return warnings
