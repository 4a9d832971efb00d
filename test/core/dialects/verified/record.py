"""Records what trainers do with the files of cases.json, each in an environment of its own.

    PYTHON record.py trl|llamafactory|axolotl|ms-swift

writes outcomes/NAME.json: by case `accepted`, `rejected` or `ignored`, with the trainer's own words, and the versions.
`ignored` means that the file with the key gives exactly what the file without it gives. Nothing is downloaded: the model
is a tiny one with random weights, made here. README.md of this folder says how the environments are made.
"""

import contextlib
import importlib.metadata
import io
import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.update(HF_HUB_OFFLINE="1", DISABLE_VERSION_CHECK="1", CUDA_VISIBLE_DEVICES="", TOKENIZERS_PARALLELISM="false")
HERE = Path(__file__).parent
PACKAGES = {"trl": ["trl", "transformers"], "llamafactory": ["llamafactory", "transformers"],
            "axolotl": ["axolotl", "trl"], "ms-swift": ["ms-swift", "trl"]}


def tiny_model(folder):
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    text = Tokenizer(models.BPE())
    text.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    text.decoder = decoders.ByteLevel()
    special = ["<|end|>", "<|pad|>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    text.train_from_iterator([], trainers.BpeTrainer(vocab_size=300, special_tokens=special, initial_alphabet=alphabet))
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=text, eos_token="<|end|>", pad_token="<|pad|>")
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    config = LlamaConfig(vocab_size=len(tokenizer), hidden_size=16, intermediate_size=32, num_hidden_layers=1,
                         num_attention_heads=2, num_key_value_heads=2, max_position_embeddings=64)
    LlamaForCausalLM(config).save_pretrained(folder)


def trl(text, folder):
    """`trl dpo --config FILE` up to the start of accelerate."""
    from trl.cli import accelerate_launcher
    from trl.cli.main import main

    started = []
    accelerate_launcher.launch_training_script.__kwdefaults__["launch_command_fn"] = started.append
    file = Path(folder) / "case.yaml"
    file.write_text(text)
    sys.argv = ["trl", "dpo", "--config", str(file)]
    main()
    assert started
    return None


def trl_trainer(text, folder):
    """Three steps of DPOTrainer; their losses. The first is ln 2 whatever the settings."""
    import yaml
    from datasets import Dataset
    from trl import DPOConfig, DPOTrainer

    keys = yaml.safe_load(text)
    model = keys.pop("model_name_or_path")
    keys.pop("dataset_name")
    keys.update(output_dir=folder, max_steps=3, learning_rate=0.01, per_device_train_batch_size=2, use_cpu=True, bf16=False,
                logging_steps=1, save_strategy="no", disable_tqdm=True, gradient_checkpointing=False)
    rows = [{"prompt": f"{n} and", "chosen": f" {n + 1}.", "rejected": " no."} for n in range(4)]
    trainer = DPOTrainer(model, args=DPOConfig(**keys), train_dataset=Dataset.from_list(rows))
    trainer.train()
    return [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]


def llamafactory(text, folder):
    import yaml
    from llamafactory.hparams.parser import get_train_args

    get_train_args(yaml.safe_load(text))
    return None


def axolotl(text, folder):
    import yaml
    from axolotl.utils.schemas.config import AxolotlInputConfig

    return AxolotlInputConfig(**yaml.safe_load(text)).model_dump(mode="json")


def ms_swift(text, folder):
    import yaml
    from swift.arguments import RLHFArguments
    from swift.utils import parse_args

    keys = {**yaml.safe_load(text), "model_type": "llama", "template": "chatml", "output_dir": folder}
    flags = [part for key, value in keys.items() for part in (f"--{key}", str(value))]
    _, remaining = parse_args(RLHFArguments, flags)
    if remaining:
        raise ValueError(f"remaining_argv: {remaining}")
    return None


RUN = {"trl": trl, "trl-trainer": trl_trainer, "llamafactory": llamafactory, "axolotl": axolotl, "ms-swift": ms_swift}


def tried(name, text, folder):
    """What came out, and the reason where the trainer refused."""
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            return RUN[name](text, folder), None
    except SystemExit:
        return None, said.getvalue().strip().splitlines()[-1]
    except Exception as error:  # noqa: BLE001 - whatever a trainer raises is its answer
        return None, str(error).strip() or type(error).__name__


def main(trainer):
    data = json.loads((HERE / "cases.json").read_text())
    outcomes = {}
    with tempfile.TemporaryDirectory() as folder:
        model = f"{folder}/model"
        tiny_model(model)
        for name, claim, key, lines in data["cases"]:
            if name != trainer and name != f"{trainer}-trainer":
                continue
            base = data["bases"][name].replace("MODEL", model)
            plain, problem = tried(name, base, folder)
            assert problem is None, f"{name} refuses the base: {problem}"
            found, reason = tried(name, base + lines.replace("MODEL", model) + "\n", folder)
            same = claim == "ignored" and found == plain
            outcome = "rejected" if reason is not None else "ignored" if same else "accepted"
            words = {} if reason is None else {"words": reason.replace(folder, "FOLDER")[:300]}
            outcomes[f"{name} {key}: {lines}"] = {"outcome": outcome, **words}
            print(name, key, outcome, reason or "", file=sys.__stdout__)
    versions = {package: importlib.metadata.version(package) for package in PACKAGES[trainer]}
    file = HERE / "outcomes" / f"{trainer}.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"versions": versions, "outcomes": outcomes}, indent=2) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
