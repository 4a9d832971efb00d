"""Records how transformers continues ten prompts with SmolLM2-135M-Instruct, for smollm2.test.ts to compare with.

    python test/torch/record_smollm2.py FOLDER MODEL

MODEL is the folder that export_smollm2.py writes. Writes FOLDER/smollm2.json: for each prompt its tokens under the chat
template, the likeliest continuation, and how far the likeliest token was ahead of the second, in nats.
"""

import json
import sys
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

NEW_TOKENS = 32
PROMPTS = [
    "What is the capital of France?",
    "Write one sentence about the sea.",
    "Name three fruits.",
    "How do I boil an egg?",
    "Translate to French: good morning.",
    "What is 12 + 30?",
    "Who wrote Hamlet?",
    "Give me a title for a story about a lonely robot.",
    "Why is the sky blue?",
    "Say something kind to a friend who failed an exam — with one emoji 🙂.",
]


def continuation(model, tokenizer, prompt):
    tokens = tokenizer.apply_chat_template(
        [dict(role="user", content=prompt)], add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    start = tokens["input_ids"].shape[1]
    result = model.generate(
        **tokens, max_new_tokens=NEW_TOKENS, do_sample=False, output_logits=True, return_dict_in_generate=True
    )
    best = [logits[0].topk(2).values for logits in result.logits]
    new = result.sequences[0, start:]
    return dict(
        prompt=prompt,
        promptTokens=result.sequences[0, :start].tolist(),
        tokens=new.tolist(),
        text=tokenizer.decode(new, skip_special_tokens=True),
        smallestLead=round(min((first - second).item() for first, second in best), 4),
    )


def main(folder, source):
    torch.set_num_threads(1)
    model = AutoModelForCausalLM.from_pretrained(source).eval()
    tokenizer = AutoTokenizer.from_pretrained(source)
    folder.mkdir(parents=True, exist_ok=True)
    recorded = [continuation(model, tokenizer, prompt) for prompt in PROMPTS]
    (folder / "smollm2.json").write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
