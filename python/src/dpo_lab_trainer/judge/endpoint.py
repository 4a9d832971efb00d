"""A judge behind an OpenAI-compatible endpoint, as src/trainer/judge/endpoint-judge.ts asks it."""

import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from ..errors import TrainingError
from .verdicts import JudgedItem, JudgedText, Verdicts

_TIMEOUT = 120.0
"""Seconds: longest wait for an answer."""
_AT_ONCE = 4


class _PassingFailure(Exception):  # noqa: N818 - told in another sentence
    """A failure that may pass: what happened, in words, as the end of a sentence."""


@dataclass(frozen=True)
class ChatEndpoint:
    address: str
    model: str
    key: str | None
    pauses: Sequence[float] = (1, 4, 16)
    """Seconds before a request that failed for a passing reason is sent again."""

    @staticmethod
    def open(url: str, model: str, key_name: str | None) -> "ChatEndpoint":
        if not re.match(r"https?://[^/]", url):
            raise TrainingError(
                f"evaluation.judge.url {url} is no web address. Write one such as http://localhost:8000/v1."
            )
        key = os.environ.get(key_name) if key_name else None
        if key_name and not key:
            raise TrainingError(
                f"The environment variable {key_name}, which evaluation.judge.api_key_env names, is not set. Set it to the"
                " key of the endpoint and start again."
            )
        return ChatEndpoint(f"{url.rstrip('/')}/chat/completions", model, key)

    def ask(self, message: str) -> str:
        """The model's answer to one message, taking the likeliest tokens."""
        for pause in (*self.pauses, None):
            try:
                return self._request(message)
            except _PassingFailure as error:
                if pause is None:
                    raise TrainingError(
                        f"The judge at {self.address} {error}, {len(self.pauses) + 1} times in a row. Check that it is"
                        " running and reachable, and resume the run."
                    ) from None
                time.sleep(pause)
        raise AssertionError("the last attempt either returns or raises")

    def _request(self, content: str) -> str:
        body = {"model": self.model, "temperature": 0, "messages": [{"role": "user", "content": content}]}
        headers = {"content-type": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        request = urllib.request.Request(self.address, json.dumps(body).encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
                text = response.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            raise self._refusal(error.code, error.read().decode("utf-8", "replace")) from None
        except TimeoutError:
            raise _PassingFailure("did not answer in time") from None
        except OSError as error:
            raise _PassingFailure(f"could not be reached ({getattr(error, 'reason', error)})") from None
        try:
            answer = json.loads(text)["choices"][0]["message"]["content"]
        except (ValueError, LookupError, TypeError):
            answer = None
        if isinstance(answer, str):
            return answer
        raise TrainingError(
            f"The judge at {self.address} did not answer as a chat endpoint does{_excerpt(text)}. Check"
            " evaluation.judge.url: it is the part before /chat/completions."
        )

    def _refusal(self, status: int, body: str) -> Exception:
        if status == 429 or status >= 500:
            return _PassingFailure(f"answered with status {status}{_excerpt(body)}")
        advice = (
            "Check the key in the environment variable that evaluation.judge.api_key_env names."
            if status in (401, 403)
            else "Check evaluation.judge.url and evaluation.judge.model."
        )
        return TrainingError(
            f"The judge at {self.address} refused a request with status {status}{_excerpt(body)}. {advice}"
        )


@dataclass(frozen=True)
class EndpointJudge:
    """
    It is asked twice, with the answers in either order, and where it does not name the same answer both times, the item
    is a tie: models prefer a place as well as an answer.
    """

    endpoint: ChatEndpoint

    def compare(self, items: list[JudgedItem]) -> Verdicts:
        questions = [
            question
            for item in items
            for question in (
                _question(item.prompt, item.policy, item.reference),
                _question(item.prompt, item.reference, item.policy),
            )
        ]
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            replies = list(pool.map(self.endpoint.ask, questions))
        verdicts = [_verdict(reply) for reply in replies]
        if not any(verdicts):
            raise TrainingError(
                f"No answer of the judge could be read: it is asked for A, B or tie, and said {json.dumps(replies[0][:200])}."
                " Take a model that follows instructions."
            )
        won = [_outcome(*both) for both in zip(verdicts[::2], verdicts[1::2], strict=True)]
        return Verdicts(sum(won) / len(items))


def _outcome(policy_first: str, policy_second: str) -> float:
    """Of the policy: 1 for won, 0 for lost, and 0.5 for a tie."""
    return {("A", "B"): 1.0, ("B", "A"): 0.0}.get((policy_first, policy_second), 0.5)


def _verdict(answer: str) -> str:
    """An answer with anything beside the verdict is none: guessing at it would favour one side."""
    word = answer.strip().removesuffix(".").upper()
    return word if word in ("A", "B", "TIE") else ""


def _question(prompt: str, first: JudgedText, second: JudgedText) -> str:
    return f"""Two answers were given to the same request. Which one serves the person who asked better? Judge \
helpfulness, correctness and wording; longer is not better by itself. Reply with nothing but A, B, or tie.

<request>
{prompt}
</request>

<answer_A>
{_shown(first)}
</answer_A>

<answer_B>
{_shown(second)}
</answer_B>"""


def _shown(text: JudgedText) -> str:
    return text.text if text.ended else f"{text.text} [does not end by itself: cut at the limit of its length]"


def _excerpt(body: str) -> str:
    line = re.sub(r"\s+", " ", body).strip()
    if not line:
        return ""
    return f": {line[:200]}..." if len(line) > 200 else f": {line}"
