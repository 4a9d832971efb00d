"""
Chat templates, which are programs of strangers: they are rendered by the onnx trainer's program, in a process with limits
of steps, memory and time (src/trainer/commands/render.ts), never in this one.
"""

import json
import subprocess
from datetime import datetime, timezone
from typing import Any

from ..machine import onnx_program


class TemplateRefused(Exception):  # noqa: N818 - its words are about the template
    def __init__(self, index: int, problem: str, is_limit: bool) -> None:
        """
        index: of the conversation that the template refuses. problem: without a full stop. is_limit: the template does too
        much, whatever it is given.
        """
        super().__init__(problem)
        self.index, self.problem, self.is_limit = index, problem, is_limit


class _Renderer:
    """One program for all templates of this process. It ends with this process, which closes its input."""

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        if self._child is None:
            self._child = onnx_program.start("render", stdin=subprocess.PIPE)
        child = self._child
        assert child.stdin is not None
        try:
            child.stdin.write(json.dumps(question).encode() + b"\n")
            child.stdin.flush()
            line = onnx_program.output_of(child).readline()
        except OSError:
            line = b""
        if not line.endswith(b"\n"):
            self._child = None
            raise onnx_program.ended(child, "Rendering the chat template")
        answer: dict[str, Any] = json.loads(line)
        return answer


_renderer = _Renderer()


def check_template(template: str, now: datetime) -> str | None:
    """Why the template cannot be read, without a full stop; None where it can."""
    broken: str | None = _ask(template, now, []).get("broken")
    return broken


def render_template(template: str, now: datetime, values: list[dict[str, Any]]) -> list[str]:
    """
    The text of each conversation. values: what the template reads, for each. now: what its clock shows. Raises
    TemplateRefused for the first conversation that the template refuses.
    """
    answer = _ask(template, now, values)
    texts: list[str] = answer.get("texts", [])
    if len(texts) < len(values):
        refused = answer.get("refused", {})
        problem = answer.get("broken") or refused.get("problem", "it gives no text")
        raise TemplateRefused(len(texts), problem, refused.get("isLimit", False))
    return texts


def _ask(template: str, now: datetime, values: list[dict[str, Any]]) -> dict[str, Any]:
    wall = now.replace(tzinfo=timezone.utc).timestamp() * 1000
    return _renderer.ask({"template": template, "now": wall, "values": values})
