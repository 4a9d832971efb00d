"""What the runs of one process share."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .weights import WeightStore


@dataclass
class ProcessCache:
    weights: WeightStore = field(default_factory=WeightStore)
    kept: dict[str, tuple[str, Any]] = field(default_factory=dict)
    """Of each kind of thing the last one, with what it depends on."""

    def keep(self, kind: str, depends_on: Any, make: Callable[[], Any]) -> Any:
        key = json.dumps(depends_on, sort_keys=True, default=str)
        if self.kept.get(kind, ("", None))[0] != key:
            self.kept[kind] = (key, make())
        return self.kept[kind][1]
