"""The processes of one training: one without `accelerate launch`, else one a device. Process 0 writes all files."""

import os
from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import Stopped, TrainingError

_Result = TypeVar("_Result")


def world() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def rank() -> int:
    return int(os.environ.get("RANK", "0"))


def is_main() -> bool:
    return rank() == 0


def gather(items: list[Any]) -> list[Any]:
    """The items of all processes, in the order of their ranks."""
    if world() == 1:
        return items
    from torch import distributed

    lists: list[Any] = [None] * world()
    distributed.all_gather_object(lists, items)
    return [item for part in lists for item in part]


def from_main(value: _Result) -> _Result:
    """The value that process 0 gives."""
    if world() == 1:
        return value
    from torch import distributed

    holder = [value]
    distributed.broadcast_object_list(holder, src=0)
    return holder[0]


def on_main(work: Callable[[], _Result]) -> _Result:
    """What process 0 computes or raises, in every process."""
    if world() == 1:
        return work()
    outcome: tuple[str, Any] = ("nothing", None)
    if is_main():
        try:
            outcome = ("value", work())
        except TrainingError as error:
            outcome = ("error", str(error))
        except Stopped:
            outcome = ("stopped", None)
        except Exception as error:
            from_main(("bug", repr(error)))
            raise
    kind, value = from_main(outcome)
    if kind == "value":
        return value
    if kind == "error":
        raise TrainingError(value)
    raise Stopped if kind == "stopped" else RuntimeError(f"process 0 failed: {value}")
