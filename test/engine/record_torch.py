"""Records what PyTorch computes for tiny models, for torch.test.ts to compare with.

    python test/engine/record_torch.py [FOLDER]

The packages are those of test/torch/requirements.txt. Writes <model>.safetensors (random weights),
<model>-gradients.safetensors and torch.json into FOLDER, by default test/engine/fixtures. Everything is float32 on the
CPU, from fixed seeds.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from transformers import (
    Gemma2Config,
    Gemma2ForCausalLM,
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    GraniteConfig,
    GraniteForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    MistralConfig,
    MistralForCausalLM,
    Olmo2Config,
    Olmo2ForCausalLM,
    Phi3Config,
    Phi3ForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
    SmolLM3Config,
    SmolLM3ForCausalLM,
)

FIXTURES = Path(__file__).parent / "fixtures"
PAIRS, LENGTH, PROMPT, VOCABULARY = 2, 24, 5, 64
BETA, SMOOTHING = 0.3, 0.1
SHAPE = dict(
    vocab_size=VOCABULARY,
    hidden_size=32,
    intermediate_size=48,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=64,
    attn_implementation="eager",
)
ROPE = dict(rope_theta=500.0)
ROPE_VARIANTS = {
    "linear": dict(rope_type="linear", factor=4.0),
    "llama3": dict(
        rope_type="llama3",
        factor=8.0,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
        original_max_position_embeddings=32,
    ),
    "yarn": dict(rope_type="yarn", factor=4.0, original_max_position_embeddings=16, beta_fast=4.0, beta_slow=0.5),
    "yarn with defaults": dict(rope_type="yarn", factor=16.0, original_max_position_embeddings=4096),
}
MODELS = {
    "llama": (LlamaForCausalLM, LlamaConfig(**SHAPE, rope_parameters=dict(ROPE), tie_word_embeddings=False)),
    "qwen2": (Qwen2ForCausalLM, Qwen2Config(**SHAPE, rope_parameters=dict(ROPE), tie_word_embeddings=True)),
    "mistral": (
        MistralForCausalLM,
        MistralConfig(**SHAPE, rope_parameters=dict(ROPE), head_dim=12, sliding_window=None),
    ),
    "qwen3": (
        Qwen3ForCausalLM,
        Qwen3Config(**SHAPE, rope_parameters=dict(ROPE), head_dim=12, attention_bias=True, tie_word_embeddings=True),
    ),
    "olmo2": (Olmo2ForCausalLM, Olmo2Config(**SHAPE, rope_parameters=dict(ROPE), pad_token_id=None)),
    "granite": (
        GraniteForCausalLM,
        GraniteConfig(
            **SHAPE,
            rope_parameters=dict(ROPE),
            attention_bias=True,
            mlp_bias=True,
            attention_multiplier=0.4,
            embedding_multiplier=3.0,
            residual_multiplier=0.7,
            logits_scaling=2.0,
        ),
    ),
    "smollm3": (
        SmolLM3ForCausalLM,
        SmolLM3Config(**SHAPE, rope_parameters=dict(ROPE), no_rope_layers=[1, 0], pad_token_id=None),
    ),
    "mistral-window": (
        MistralForCausalLM,
        MistralConfig(**SHAPE, rope_parameters=dict(ROPE), head_dim=12, sliding_window=7),
    ),
    "qwen2-window": (
        Qwen2ForCausalLM,
        Qwen2Config(
            **SHAPE, rope_parameters=dict(ROPE), sliding_window=7, use_sliding_window=True, max_window_layers=1
        ),
    ),
    "phi3": (
        Phi3ForCausalLM,
        Phi3Config(
            **SHAPE,
            rope_parameters=dict(
                ROPE,
                rope_type="longrope",
                partial_rotary_factor=0.5,
                short_factor=[1.0, 2.5],
                long_factor=[3.0, 4.0],
            ),
            original_max_position_embeddings=32,
            sliding_window=9,
            pad_token_id=None,
        ),
    ),
    "gemma2": (
        Gemma2ForCausalLM,
        Gemma2Config(
            **SHAPE,
            rope_parameters=dict(ROPE),
            head_dim=12,
            query_pre_attn_scalar=7,
            sliding_window=7,
            attn_logit_softcapping=3.0,
            final_logit_softcapping=4.0,
        ),
    ),
    "gemma3": (
        Gemma3ForCausalLM,
        Gemma3TextConfig(
            **SHAPE,
            rope_parameters=dict(
                full_attention=dict(rope_type="linear", factor=4.0, rope_theta=5000.0),
                sliding_attention=dict(rope_type="default", rope_theta=300.0),
            ),
            head_dim=12,
            query_pre_attn_scalar=7,
            sliding_window=7,
            layer_types=["full_attention", "sliding_attention"],
        ),
    ),
}
# Their gradients would say what those of others do; norms and losses are compared.
WITHOUT_GRADIENTS = ("mistral", "mistral-window", "qwen2-window")


def randomise(model):
    """Larger weights than at initialisation, so that attention and gates are far from linear."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            is_norm = name.endswith("norm.weight") and not model.config.model_type.startswith("gemma")
            parameter.copy_(1 + 0.2 * noise if is_norm else 0.2 * noise)


def batch():
    """Chosen responses first; right-padded by 0, 3, 1 and 6 tokens."""
    generator = torch.Generator().manual_seed(2)
    tokens = torch.randint(3, VOCABULARY, (2 * PAIRS, LENGTH), generator=generator)
    return tokens, [LENGTH, LENGTH - 3, LENGTH - 1, LENGTH - 6]


def sequence_logps(model, tokens, lengths):
    """Sums and token counts of the responses."""
    logps = model(tokens).logits[:, :-1].log_softmax(-1)
    token_logps = logps.gather(2, tokens[:, 1:, None]).squeeze(2)
    positions = torch.arange(1, tokens.shape[1])
    mask = (positions >= PROMPT) & (positions < torch.tensor(lengths)[:, None])
    return (token_logps * mask).sum(1), mask.sum(1)


def pair_losses(kind, logps, reference, counts):
    """As in trl/trainer/dpo_trainer.py."""
    ratios = (logps - reference) / (counts if kind == "ipo" else 1)
    delta = ratios[:PAIRS] - ratios[PAIRS:]
    logsigmoid = F.logsigmoid
    if kind == "sigmoid":
        return -logsigmoid(BETA * delta) * (1 - SMOOTHING) - logsigmoid(-BETA * delta) * SMOOTHING
    if kind == "robust":
        clean, flipped = -logsigmoid(BETA * delta) * (1 - SMOOTHING), logsigmoid(-BETA * delta) * SMOOTHING
        return (clean + flipped) / (1 - 2 * SMOOTHING)
    if kind == "hinge":
        return torch.relu(1 - BETA * delta)
    return (delta - 1 / (2 * BETA)) ** 2


def train(model, tokens, lengths, reference, steps=5):
    """Losses and gradient norms of AdamW with clipping; norms and biases are not decayed, as in transformers."""
    matrices = [p for p in model.parameters() if p.ndim > 1]
    vectors = [p for p in model.parameters() if p.ndim <= 1]
    groups = [dict(params=matrices, weight_decay=0.1), dict(params=vectors, weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, lr=1e-3)
    trajectory = []
    for _ in range(steps):
        optimizer.zero_grad()
        logps, counts = sequence_logps(model, tokens, lengths)
        loss = pair_losses("sigmoid", logps, reference, counts).mean()
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        trajectory.append(dict(loss=loss.item(), gradientNorm=norm.item()))
    return trajectory


def main(fixtures):
    torch.set_num_threads(1)
    fixtures.mkdir(parents=True, exist_ok=True)
    tokens, lengths = batch()
    recorded = dict(
        tokens=[row[:n].tolist() for row, n in zip(tokens, lengths)],
        promptLength=PROMPT,
        beta=BETA,
        labelSmoothing=SMOOTHING,
        models={},
        ropeVariants={},
    )
    for name, (architecture, config) in MODELS.items():
        model = architecture(config)
        randomise(model)
        model.eval()
        with tempfile.TemporaryDirectory() as folder:
            model.save_pretrained(folder)
            saved_config = json.loads((Path(folder) / "config.json").read_text())
            save_file(load_file(Path(folder) / "model.safetensors"), fixtures / f"{name}.safetensors")
        logps, counts = sequence_logps(model, tokens, lengths)
        reference = torch.tensor([-93.0, -82.0, -86.0, -66.0])
        losses, norms = {}, {}
        for kind in ("sigmoid", "hinge", "ipo", "robust"):
            model.zero_grad()
            loss = pair_losses(kind, sequence_logps(model, tokens, lengths)[0], reference, counts).mean()
            loss.backward()
            losses[kind] = loss.item()
            gradients = {n: p.grad.clone() for n, p in model.named_parameters()}
            norms[kind] = torch.cat([g.flatten() for g in gradients.values()]).norm().item()
            if kind == "sigmoid" and name not in WITHOUT_GRADIENTS:
                save_file(gradients, fixtures / f"{name}-gradients.safetensors")
        recorded["models"][name] = dict(
            config=saved_config,
            lastLogits=model(tokens[:1]).logits[0, -1].tolist(),
            sequenceLogps=logps.tolist(),
            counts=counts.tolist(),
            reference=reference.tolist(),
            losses=losses,
            gradientNorms=norms,
        )
        if name == "llama":
            for variant, scaling in ROPE_VARIANTS.items():
                varied_config = LlamaConfig(**SHAPE, rope_parameters=dict(ROPE, **scaling), tie_word_embeddings=False)
                varied = LlamaForCausalLM(varied_config)
                varied.load_state_dict(model.state_dict())
                recorded["ropeVariants"][variant] = dict(
                    scaling=scaling, sequenceLogps=sequence_logps(varied.eval(), tokens, lengths)[0].tolist()
                )
            recorded["ropeTheta"] = ROPE["rope_theta"]
            recorded["trajectory"] = train(model, tokens, lengths, reference)
    (fixtures / "torch.json").write_text(json.dumps(recorded, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES)
