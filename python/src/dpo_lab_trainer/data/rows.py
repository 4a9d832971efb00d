"""Rows of data files: .jsonl, .jsonl.gz, .json (an array, or JSON lines) and .parquet."""

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ..errors import TrainingError, sentence

Row = dict[str, Any]
Placed = tuple[Row, str]
"""A row, and where it stands, in words that begin a sentence."""


def read_rows(path: Path, name: str, wanted: list[str]) -> Iterator[Placed]:
    """
    Rows one after the other. name: the file as messages name it; wanted: columns to read, where the format allows to
    read some alone. Raises TrainingError where the file cannot be read, or names the row that is no JSON object.
    """
    if path.is_dir():
        raise TrainingError(f"{name} is a folder, not a file. Name a file in it.")
    kind = path.name.lower()
    try:
        if kind.endswith(".parquet"):
            yield from _parquet_rows(path, name, wanted)
        elif kind.endswith(".json"):
            yield from _json_rows(path.read_text("utf-8"), name)
        elif kind.endswith((".jsonl", ".jsonl.gz")):
            with path.open("rb") as file:
                yield from _lines(gzip.GzipFile(fileobj=file) if kind.endswith(".gz") else file, name)
        else:
            raise TrainingError(
                f"{name} is no kind of file that is read. Convert it to .jsonl, .jsonl.gz, .json or .parquet."
            )
    except UnicodeDecodeError:
        raise TrainingError(f"{name} is not UTF-8. Convert the file to UTF-8.") from None
    except (OSError, EOFError) as error:
        raise TrainingError(f"{name} cannot be read: {sentence(error)}.") from None


def _lines(lines: Iterable[bytes], name: str) -> Iterator[Placed]:
    for number, line in enumerate(lines, start=1):
        place = f"Line {number} of {name}"
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").strip()
        except UnicodeDecodeError:
            raise TrainingError(f"{place} is not UTF-8. Convert the file to UTF-8.") from None
        if text:
            yield _row(text, place), place


def _json_rows(text: str, name: str) -> Iterator[Placed]:
    text = text.removeprefix("\ufeff")
    if not text.lstrip().startswith("["):
        yield from _lines(iter(text.encode("utf-8", "surrogatepass").split(b"\n")), name)
        return
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    position, number = text.index("[") + 1, 0
    while True:
        position = _skip_space(text, position)
        if text[position : position + 1] == "]":
            return
        number += 1
        place = f"Row {number} of {name} (line {text.count(chr(10), 0, position) + 1})"
        try:
            value, position = decoder.raw_decode(text, position)
        except ValueError as error:
            raise TrainingError(f"{place} is not JSON: {sentence(error)}. Mend or remove it.") from None
        yield _object(value, place), place
        position = _skip_space(text, position)
        if text[position : position + 1] == ",":
            position += 1
        elif text[position : position + 1] != "]":
            raise TrainingError(f"{name} ends inside row {number + 1}. Write the file again.")


def _skip_space(text: str, position: int) -> int:
    found = re.compile(r"\s*").match(text, position)
    return found.end() if found else position


def _row(text: str, place: str) -> Row:
    try:
        return _object(json.loads(text, parse_constant=_no_constant), place)
    except ValueError as error:
        shown = re.sub(r"[\x00-\x1f\x7f]", "\ufffd", text[:60]) + ("..." if len(text) > 60 else ".")
        raise TrainingError(f"{place} is not JSON: {shown} {sentence(error)}. Mend or remove it.") from None


def _object(value: Any, place: str) -> Row:
    if isinstance(value, dict):
        return value
    raise TrainingError(f"{place} is not a JSON object. Write one object for each pair.")


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON: write null, or leave the key out")


def _parquet_rows(path: Path, name: str, wanted: list[str]) -> Iterator[Placed]:
    import pyarrow
    import pyarrow.parquet as parquet

    try:
        file = parquet.ParquetFile(path)
        columns = [column for column in file.schema_arrow.names if column in wanted]
        if not columns:
            raise TrainingError(
                f"{name} has none of the columns {', '.join(wanted)}, only {', '.join(file.schema_arrow.names)}. Name its"
                " columns under data.columns."
            )
        number = 0
        for batch in file.iter_batches(batch_size=1000, columns=columns):
            for row in batch.to_pylist():
                number += 1
                yield row, f"Row {number} of {name}"
    except pyarrow.ArrowException as error:
        raise TrainingError(f"{name} is no parquet file that can be read: {sentence(error)}.") from None
