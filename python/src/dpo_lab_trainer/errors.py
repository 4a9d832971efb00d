"""The ways in which a run ends before its last step."""


class TrainingError(Exception):
    """A failure that is told to people: what happened, where, and what to do next."""


class OutOfMemoryError(TrainingError):
    """It can happen to one process of several, while the others wait for it."""


class Stopped(Exception):  # noqa: N818 - not an error
    """Thrown out of work that a request to stop cuts short."""


def sentence(error: BaseException | str) -> str:
    """The first line of a message, without the full stop that ours puts behind it."""
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".: ")
