"""Models before training, loaded where they are needed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from .generation.text_models import TextModel
from .machine.device import Device
from .machine.sharding import is_sharded
from .process_cache import ProcessCache
from .requests import Requests
from .run_file import Run
from .training.referenced_pair import ReferencedPair
from .training.scoring import score
from .weights import loaded


@dataclass(frozen=True)
class InitialModels:
    run: Run
    policy: TextModel
    foreign: TextModel | None
    device: Device
    cache: ProcessCache

    @contextmanager
    def reference(self) -> Iterator[tuple[Any, Device]]:
        config = self.run.config
        dtype = config.reference.dtype
        own = self.device.precision if config.training.method == "lora" else "fp32"
        if self.foreign:
            self.cache.weights.drop(self.device)
            with loaded(self.foreign.model, dtype, self.device) as model:
                yield model
        elif dtype not in ("auto", own):
            with loaded(self.policy.model, dtype, self.device) as model:
                yield model
        else:
            with self.start() as model:
                yield model

    @contextmanager
    def start(self) -> Iterator[tuple[Any, Device]]:
        """The starting policy."""
        if is_sharded():
            with loaded(self.policy.model, "auto", self.device) as model:
                yield model
        else:
            weights = self.cache.weights.policy(self.policy.model, self.run.config, self.device)
            weights.eval()
            yield weights, self.device

    def ends(self, watched: list[ReferencedPair], requests: Requests) -> list[float]:
        """Log p of the end-of-sequence token after the watched responses, before training or under the reference."""
        if all(pair.knows_end for pair in watched):
            return [pair.reference.chosen_eos for pair in watched]
        sequences = [pair.pair.chosen for pair in watched]
        with self.start() as (model, device):
            end_token = self.policy.tokenizer.end_token
            scores = score(model, device, end_token, sequences, lambda done, total: requests.check())
        return [result.end_logp for result in scores]
