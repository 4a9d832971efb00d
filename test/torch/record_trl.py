"""Records what TRL's DPOTrainer does on a tiny model, for trl.test.ts to repeat.

    python test/torch/record_trl.py [FOLDER]

The packages are those of requirements.txt. Writes into FOLDER, by default test/trainer/fixtures/trl: a Llama with random
weights and its tokenizer (model/), the adapter that LoRA starts from (adapter/), preference pairs with made-up reference
log-probabilities (strings.jsonl, messages.jsonl), and for each case 20 optimizer steps (trl.json). Pairs are taken in
their order. Everything is float32 on the CPU, from fixed seeds.
"""

import json
import random
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from datasets import Dataset, disable_progress_bars
from peft import LoraConfig, PeftModel, get_peft_model
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from torch.utils.data import SequentialSampler
from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from transformers.trainer_callback import PrinterCallback
from trl import DPOConfig, DPOTrainer

FIXTURES = Path(__file__).parent.parent / "trainer" / "fixtures" / "trl"
BATCH, STEPS = 4, 20
# The last step has half a batch.
PAIRS = BATCH * STEPS - BATCH // 2
VOCABULARY = 300
CHAT_TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}</s>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
LORA = dict(
    r=4,
    lora_alpha=8,
    target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
)

# In the names of DPO Lab's options; what a case leaves out is as in COMMON.
COMMON = {
    "training.batch_size": BATCH,
    "training.micro_batch_size": 2,
    "training.epochs": 1,
    "training.schedule": "linear",
    "training.warmup": 0.1,
    "training.weight_decay": 0.01,
    "training.max_grad_norm": 2.0,
    "training.lora.rank": LORA["r"],
    "training.lora.alpha": LORA["lora_alpha"],
    "training.lora.targets": LORA["target_modules"],
    "objective.loss": "sigmoid",
    "objective.beta": 0.2,
    "objective.label_smoothing": 0.0,
    "objective.length_normalized": False,
    "objective.sft_weight": 0.0,
    "data.max_length": 128,
    "data.truncation": "keep_start",
}
LORA_CASE = {"training.method": "lora", "training.learning_rate": 5e-3}
FULL_CASE = {"training.method": "full", "training.learning_rate": 1e-3}
# TRL averages its SFT term over the tokens of a micro-batch first: with one micro-batch a step, that is the mean over
# the tokens of the step.
WITH_SFT = {"objective.sft_weight": 0.5, "training.micro_batch_size": BATCH}
CASES = {
    "lora, sigmoid": LORA_CASE,
    "full, sigmoid": FULL_CASE,
    "lora, hinge": LORA_CASE | {"objective.loss": "hinge"},
    "full, ipo": FULL_CASE | {"objective.loss": "ipo", "objective.beta": 0.5},
    "lora, robust": LORA_CASE | {"objective.loss": "robust", "objective.label_smoothing": 0.1},
    "full, length-normalised": FULL_CASE | {"objective.length_normalized": True, "objective.beta": 2.0},
    "lora, sigmoid and SFT": LORA_CASE | WITH_SFT,
    "full, sigmoid and SFT": FULL_CASE | WITH_SFT,
    "lora, cut at the end": LORA_CASE | {"data.max_length": 36, "objective.beta": 0.05},
    "full, cut at the beginning": FULL_CASE
    | {"data.max_length": 36, "data.truncation": "keep_end", "objective.beta": 0.05},
    "full, messages, cosine schedule": FULL_CASE | {"data": "messages", "training.schedule": "cosine"},
}

WORDS = "rain sun wind snow hill lake road tree bird fish the a of and is was in on under over quick slow old 7 42".split()


class TrainerOfGivenReference(DPOTrainer):
    """Takes the reference's log-probabilities from the data, and the pairs in their order."""

    def _precompute_ref_logps(self, dataset, name, batch_size):
        return dataset

    def _get_train_sampler(self, *_):
        return SequentialSampler(self.train_dataset)


def make_texts():
    generator = random.Random(1)

    def phrase(least, most):
        return " ".join(generator.choice(WORDS) for _ in range(generator.randint(least, most)))

    return [
        dict(prompt=f"Say: {phrase(2, 9)}.", chosen=f" {phrase(3, 12)}.", rejected=f" {phrase(2, 16)}!")
        for _ in range(PAIRS)
    ]


def make_tokenizer(texts):
    """
    Byte-level BPE with a begin token, as Llama's. Padding has a token of its own: transformers leaves the padding token
    out of the gradient of the embedding, even where it stands in a text as the end token does between messages.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    special = ["<s>", "</s>", "<pad>", "<|user|>", "<|assistant|>"]
    tokenizer.train_from_iterator(
        (text for row in texts for text in row.values()),
        trainers.BpeTrainer(
            vocab_size=VOCABULARY,
            special_tokens=special,
            initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
            show_progress=False,
        ),
    )
    begin = tokenizer.token_to_id("<s>")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", begin)])
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        pad_token="<pad>",
        chat_template=CHAT_TEMPLATE,
    )


def make_model(tokenizer):
    """Larger weights than at initialisation, so that attention and gates are far from linear."""
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        tie_word_embeddings=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.pad_token_id,
    )
    model = LlamaForCausalLM(config)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            parameter.copy_(1 + 0.1 * noise if name.endswith("norm.weight") else 0.15 * noise)
    return model


def response_logp(model, tokenizer, prompt, response):
    tokens = tokenizer(prompt + response + tokenizer.eos_token, return_tensors="pt")["input_ids"]
    start = len(tokenizer(prompt)["input_ids"])
    with torch.no_grad():
        logps = model(tokens).logits[0, :-1].log_softmax(-1)
    return logps.gather(1, tokens[0, 1:, None])[start - 1 :].sum().item()


def with_reference(texts, model, tokenizer):
    """A reference that is not the policy: the policy's own log-probability and some noise, in nats."""
    generator = random.Random(3)
    return [
        row
        | {
            f"ref_{side}_logps": round(
                response_logp(model, tokenizer, row["prompt"], row[side]) + generator.gauss(0, 3), 4
            )
            for side in ("chosen", "rejected")
        }
        for row in texts
    ]


def as_messages(row):
    return row | dict(
        prompt=[dict(role="user", content=row["prompt"])],
        **{side: [dict(role="assistant", content=row[side].strip())] for side in ("chosen", "rejected")},
    )


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def trl_config(case, output):
    loss = "sigmoid_norm" if case["objective.length_normalized"] else case["objective.loss"]
    weight = case["objective.sft_weight"]
    micro_batch = case["training.micro_batch_size"]
    return DPOConfig(
        output_dir=output,
        beta=case["objective.beta"],
        loss_type=[loss, "sft"] if weight else [loss],
        loss_weights=[1.0, weight] if weight else None,
        label_smoothing=case["objective.label_smoothing"],
        max_length=case["data.max_length"],
        truncation_mode=case["data.truncation"],
        precompute_ref_log_probs=True,
        num_train_epochs=case["training.epochs"],
        per_device_train_batch_size=micro_batch,
        gradient_accumulation_steps=case["training.batch_size"] // micro_batch,
        learning_rate=case["training.learning_rate"],
        lr_scheduler_type=case["training.schedule"],
        warmup_steps=case["training.warmup"],
        weight_decay=case["training.weight_decay"],
        max_grad_norm=case["training.max_grad_norm"],
        logging_steps=1,
        use_cpu=True,
        bf16=False,
        gradient_checkpointing=False,
        dataloader_pin_memory=False,
        disable_tqdm=True,
        save_strategy="no",
        report_to="none",
    )


def record(case, folder):
    """TRL's own figures of each step; rewards are sums over tokens whatever the loss."""
    model = LlamaForCausalLM.from_pretrained(folder / "model")
    if case["training.method"] == "lora":
        model = PeftModel.from_pretrained(model, folder / "adapter", is_trainable=True)
    rows = [json.loads(line) for line in (folder / f"{case['data']}.jsonl").read_text().splitlines()]
    with tempfile.TemporaryDirectory() as output:
        trainer = TrainerOfGivenReference(
            model=model,
            args=trl_config(case, output),
            train_dataset=Dataset.from_list(rows),
            processing_class=AutoTokenizer.from_pretrained(folder / "model"),
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()
    return [
        dict(
            loss=line["loss"],
            gradientNorm=line["grad_norm"],
            learningRate=line["learning_rate"],
            logpChosen=line["logps/chosen"],
            logpRejected=line["logps/rejected"],
            rewardChosen=line["rewards/chosen"],
            rewardRejected=line["rewards/rejected"],
            accuracy=line["rewards/accuracies"],
        )
        for line in trainer.state.log_history
        if "loss" in line
    ]


def main(folder):
    torch.set_num_threads(1)
    torch.manual_seed(4)
    disable_progress_bars()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    texts = make_texts()
    tokenizer = make_tokenizer(texts)
    model = make_model(tokenizer)
    pairs = with_reference(texts, model, tokenizer)
    tokenizer.save_pretrained(folder / "model")
    model.save_pretrained(folder / "model")
    get_peft_model(model, LoraConfig(**LORA)).save_pretrained(folder / "adapter")
    (folder / "adapter" / "README.md").unlink()
    write_lines(folder / "strings.jsonl", pairs)
    write_lines(folder / "messages.jsonl", map(as_messages, pairs))
    cases = {name: {"data": "strings"} | COMMON | case for name, case in CASES.items()}
    recorded = [dict(name=name, config=case, steps=record(case, folder)) for name, case in cases.items()]
    (folder / "trl.json").write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES)
