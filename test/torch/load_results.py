"""Loads what DPO Lab wrote, as its users would, and prints what it computes.

    python test/torch/load_results.py < REQUEST.json

REQUEST: {"folders": [...], "sequences": [{"tokens": [...], "promptLength": 5}, ...], "text": "...", "messages": [...]}.
Prints one JSON object a folder: the log-probability of each sequence's response in nats, and the tokens of the text and
of the messages.
"""

import json
import sys
from pathlib import Path

import torch
from peft import AutoPeftModelForCausalLM
from transformers import AutoModelForCausalLM, AutoTokenizer


def response_logp(model, tokens, promptLength):
    tokens = torch.tensor([tokens])
    with torch.no_grad():
        logps = model(tokens).logits[0, :-1].log_softmax(-1)
    return logps.gather(1, tokens[0, 1:, None])[promptLength - 1 :].sum().item()


def load(folder):
    is_adapter = (Path(folder) / "adapter_config.json").exists()
    return (AutoPeftModelForCausalLM if is_adapter else AutoModelForCausalLM).from_pretrained(folder).eval()


def describe(folder, sequences, text, messages):
    model = load(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    return dict(
        logps=[response_logp(model, **sequence) for sequence in sequences],
        textTokens=tokenizer(text)["input_ids"],
        messageTokens=tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=True)["input_ids"],
    )


def main():
    torch.set_num_threads(1)
    request = json.load(sys.stdin)
    folders = request.pop("folders")
    print(json.dumps([describe(folder, **request) for folder in folders]))


if __name__ == "__main__":
    main()
