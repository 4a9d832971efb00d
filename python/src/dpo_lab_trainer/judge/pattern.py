"""
Regular expressions of the syntax that docs/JUDGE.md describes: what JavaScript and Python have in common, with one meaning
in both. The same rules as src/core/judge/pattern.ts.
"""

import re

_LONGEST = 4000
_SPACE = r" \t\n\r\f\v"
_COMMON_ESCAPES = set("dDwWsSbBnrtfv")
_ELEMENT = re.compile(r"\\.|\[\^?(?:\\.|[^\]\\])*\]|\(\?[:=!]|\(\??|\)|[*+?]\??|\{\d+(?:,\d*)?\}\??|.", re.DOTALL)


class BadPattern(ValueError):  # noqa: N818 - told in another sentence
    """Why a pattern cannot be used, as the end of a sentence that begins with the pattern."""


def compile_pattern(source: str) -> re.Pattern[str]:
    """Repetitions of what is itself variable are refused, because matching them can take forever."""
    if len(source) > _LONGEST:
        raise BadPattern(f"is longer than {_LONGEST} characters")
    varies = [False]  # Of each open group: whether it can match one text in several ways.
    closed: bool | None = None
    translated = []
    for element in _ELEMENT.findall(source):
        just_closed, closed = closed, None
        quantifier = re.match(r"[*+?]|\{\d", element)
        if quantifier and not element.startswith("?") and just_closed:
            raise BadPattern(
                f"repeats a group that has an alternative or a repetition in it ({element}), which can take forever. Write"
                " the repetition once"
            )
        if (quantifier and not re.match(r"\{\d+\}", element)) or element == "|":
            varies[-1] = True
        if element == "(?":
            raise BadPattern("has a group of a kind other than (...), (?:...), (?=...) and (?!...)")
        if element.startswith("("):
            varies.append(False)
        if element == ")" and len(varies) > 1:
            closed = varies.pop()
            varies[-1] = varies[-1] or closed
        translated.append(_translate(element))
    try:
        return re.compile("".join(translated), re.ASCII)
    except re.error as error:
        raise BadPattern(f"is not valid: {error}") from None


def _translate(element: str) -> str:
    if element.startswith("\\"):
        return _translate_escape(element)
    if len(element) > 1 and element.startswith("["):
        return _translate_class(element)
    # In Python, $ also stands before a line break at the end; here only the end itself is meant.
    return {".": r"[^\n]", "$": r"\Z"}.get(element, element)


def _translate_escape(sequence: str) -> str:
    character = sequence[1:]
    if re.match(r"[A-Za-z0-9]", character) and character not in _COMMON_ESCAPES:
        raise BadPattern(f"uses {sequence}, which does not mean the same in JavaScript and Python")
    return {"s": f"[{_SPACE}]", "S": f"[^{_SPACE}]"}.get(character, sequence)


def _translate_class(written: str) -> str:
    inside = written[2 if written.startswith("[^") else 1 : -1]
    if inside == "":
        raise BadPattern(f"has an empty class, {written}")
    for sequence in re.findall(r"\\.", inside, re.DOTALL):
        if sequence[1] in "SbB":
            raise BadPattern(f"uses {sequence} in a class")
        _translate_escape(sequence)
    plain = re.sub(r"\\.", lambda found: _SPACE if found[0] == r"\s" else found[0], written, flags=re.DOTALL)
    # Python reads some of these as operators on sets, which JavaScript does not.
    start = 2 if plain.startswith("[^") else 1
    return plain[:start] + re.sub(r"(?<!\\)\[", r"\\[", plain[start:-1]) + "]"
