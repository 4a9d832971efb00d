"""
Pairs in tokens, as TRL's DPOTrainer and src/trainer/data/tokenize-pairs.ts make them: the prompt is tokenized alone and
with either response, and what follows the prompt's tokens there is the response.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import takewhile

from ..config import Data
from ..errors import TrainingError, sentence
from .load import LoadedPair, Message, Response, response_text
from .tokenizer import TrainingTokenizer


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
    for index, pair in enumerate(pairs):
        prompt, chosen, rejected, differs = _tokens_of(pair, tokenizer)
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
    if pairs:
        _tokens_of(pairs[0], tokenizer)


def _tokens_of(loaded: LoadedPair, tokenizer: TrainingTokenizer) -> tuple[list[int], list[int], list[int], bool]:
    """Prompt, chosen, rejected, and whether the prompt is tokenized otherwise alone than before a response."""
    templated = isinstance(loaded.pair.prompt, list) and tokenizer.template is not None
    texts = _templated_texts(loaded, tokenizer) if templated else _plain_texts(loaded, tokenizer)
    encode = tokenizer.encode if templated else tokenizer.encode_plain
    prompt, with_chosen, with_rejected = (encode(text) for text in texts)
    start = len(prompt)
    if not all(text.startswith(texts[0]) for text in texts[1:]):
        # The template ends the prompt with what answers do not begin with: they are scored from their first token.
        columns = zip(prompt, with_chosen, with_rejected, strict=False)
        start = sum(1 for _ in takewhile(lambda column: len(set(column)) == 1, columns))
        return prompt[:start], with_chosen[start:], with_rejected[start:], False
    unlike = with_chosen[:start] != prompt or with_rejected[:start] != prompt
    return prompt, with_chosen[start:], with_rejected[start:], unlike


def _plain_texts(loaded: LoadedPair, tokenizer: TrainingTokenizer) -> list[str]:
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

    return [prompt, prompt + ended(pair.chosen), prompt + ended(pair.rejected)]


def _templated_texts(loaded: LoadedPair, tokenizer: TrainingTokenizer) -> list[str]:
    pair = loaded.pair
    render = partial(tokenizer.render, tools=pair.tools, kwargs=pair.kwargs)
    prompt, chosen, rejected = (_messages(part) for part in (pair.prompt, pair.chosen, pair.rejected))
    try:
        return [
            render(prompt, "answer"),
            render(prompt + chosen, "end"),
            render(prompt + rejected, "end"),
        ]
    except Exception as error:
        raise TrainingError(
            f"The chat template of {tokenizer.model.name} rejects the pair of row {loaded.row}: {sentence(error)}. Mend or"
            " remove the row, or name another template as data.chat_template."
        ) from error


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
