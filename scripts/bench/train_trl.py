"""Times TRL's DPOTrainer, or matrix products of torch, in this process. Prints one JSON object.

    python scripts/bench/train_trl.py REQUEST

REQUEST is the path of a JSON file, {"what": ..., "model": FOLDER, "pairs": [{"prompt": [...], "chosen": [...],
"rejected": [...]}], "pairsAStep": 2, "lora": {...}}. `what` is "precomputed" (log-probabilities of the reference are
given), "default" (TRL computes them in every step), "checkpointing" (precomputed, with TRL's default of gradient
checkpointing, which is off otherwise because it is slower) or "products".
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path

import torch


def now():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return time.perf_counter(), usage.ru_utime + usage.ru_stime


def since(start):
    wall, processor = now()
    return dict(wall=wall - start[0], processor=processor - start[1])


def time_products(rows, width, inner):
    """The two large shapes of a layer, as train-own.ts multiplies them."""
    x, up, down = torch.randn(rows, width), torch.randn(inner, width), torch.randn(width, inner)
    times = []
    for _ in range(60):
        start = now()
        torch.nn.functional.linear(torch.nn.functional.linear(x, up), down)
        times.append(since(start))
    return dict(times=times, products=4 * rows * width * inner)


def make_tokenizer(vocabulary):
    """Never asked to tokenize: the pairs are tokens already."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    tokens = {f"t{i}": i for i in range(vocabulary)}
    return PreTrainedTokenizerFast(
        tokenizer_object=Tokenizer(models.WordLevel(tokens, unk_token="t0")),
        unk_token="t0",
        bos_token="t1",
        eos_token="t2",
        pad_token="t2",
    )


def time_training(what, model, pairs, pairsAStep, lora):
    from datasets import Dataset, disable_progress_bars
    from peft import LoraConfig
    from transformers import AutoModelForCausalLM, TrainerCallback
    from transformers.trainer_callback import PrinterCallback
    from trl import DPOConfig, DPOTrainer

    disable_progress_bars()

    class TrainerOfTokens(DPOTrainer):
        """Takes pairs as tokens, and the reference's log-probabilities from the data."""

        def _prepare_dataset(self, dataset, *_):
            return dataset

        def _precompute_ref_logps(self, dataset, *_):
            return dataset

    class Clock(TrainerCallback):
        def __init__(self):
            self.times = []

        def on_step_begin(self, *_, **__):
            self.start = now()

        def on_step_end(self, *_, **__):
            self.times.append(since(self.start))

    rows = [{f"{key}_ids": pair[key] for key in ("prompt", "chosen", "rejected")} for pair in pairs]
    if what != "default":
        rows = [row | dict(ref_chosen_logps=-700.0, ref_rejected_logps=-700.0) for row in rows]
    clock = Clock()
    with tempfile.TemporaryDirectory() as output:
        config = DPOConfig(
            output_dir=output,
            use_cpu=True,
            bf16=False,
            precompute_ref_log_probs=what != "default",
            gradient_checkpointing=what == "checkpointing",
            per_device_train_batch_size=pairsAStep,
            max_steps=len(pairs) // pairsAStep,
            learning_rate=1e-4,
            max_length=None,
            dataloader_pin_memory=False,
            disable_tqdm=True,
            logging_steps=10**6,
            save_strategy="no",
            report_to="none",
        )
        policy = AutoModelForCausalLM.from_pretrained(model, dtype=torch.float32)
        trainer = TrainerOfTokens(
            model=policy,
            args=config,
            train_dataset=Dataset.from_list(rows),
            processing_class=make_tokenizer(policy.config.vocab_size),
            peft_config=LoraConfig(**lora),
            callbacks=[clock],
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return dict(times=clock.times)


def main(request):
    what = request.pop("what")
    result = time_products(**request) if what == "products" else time_training(what, **request)
    unit = 1 if sys.platform == "darwin" else 1024
    peak = unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps(result | dict(peakBytes=peak, torch=torch.__version__, threads=torch.get_num_threads())))


if __name__ == "__main__":
    os.environ |= {"HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error", "TOKENIZERS_PARALLELISM": "false"}
    main(json.loads(Path(sys.argv[1]).read_text()))
