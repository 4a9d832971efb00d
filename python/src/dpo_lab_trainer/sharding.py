"""Whether the user's accelerate config spreads the weights over devices."""

import os


def is_sharded() -> bool:
    """DeepSpeed or FSDP, as `accelerate launch` tells its processes."""
    return any(_is_on(name) for name in ("ACCELERATE_USE_DEEPSPEED", "ACCELERATE_USE_FSDP"))


def _is_on(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes")
