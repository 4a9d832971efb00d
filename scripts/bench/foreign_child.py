"""
Trains as `trl dpo` does, watched, and prints as JSON what a step and our callback in it take: medians in seconds.

    python scripts/bench/foreign_child.py CONFIG OUTPUT
"""

import json
import statistics
import sys
import time


def main(config, output):
    # Loads transformers.trainer, to which the folder on PYTHONPATH adds what watches.
    from dpo_lab_trainer.watching.callback import WatchingCallback
    from transformers import TrainerCallback
    from trl.scripts import dpo

    spent = [0.0]
    for name in ("on_step_end", "on_log"):
        timed(WatchingCallback, name, spent)
    steps, callback = [], []

    class Clock(TrainerCallback):
        def on_step_begin(self, args, state, control, **_):
            now = time.perf_counter()
            if state.global_step > 1:
                steps.append(now - self.begun)
                callback.append(spent[0])
            self.begun, spent[0] = now, 0.0

    sys.argv = ["dpo", "--config", config, "--output_dir", output]
    parser = dpo.make_parser()
    arguments = parser.parse_args_and_config()
    from trl import DPOTrainer

    init = DPOTrainer.__init__

    def with_clock(self, *args, **kwargs):
        init(self, *args, **kwargs)
        self.add_callback(Clock())

    DPOTrainer.__init__ = with_clock
    dpo.main(*arguments)
    print(json.dumps({"steps": len(steps), "step": statistics.median(steps), "callback": statistics.median(callback)}))


def timed(owner, name, spent):
    own = getattr(owner, name)

    def wrapper(*args, **kwargs):
        start = time.perf_counter()
        try:
            return own(*args, **kwargs)
        finally:
            spent[0] += time.perf_counter() - start

    setattr(owner, name, wrapper)


if __name__ == "__main__":
    main(*sys.argv[1:])
