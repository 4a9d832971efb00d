"""Writes annotations, a gamed baseline, and what scikit-learn makes of them: pip install scikit-learn==1.9.1, then run it.

Lengths and preferences are drawn by a fixed seed. The expected values follow AlpacaEval's recipe with liblinear, which
is independent of the minimiser in src/core/judge.
"""

import csv
import json
import warnings
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

warnings.filterwarnings("ignore")
HERE = Path(__file__).parent
PROMPTS = 120
random = np.random.default_rng(7)


def logistic(z):
    return 1 / (1 + np.exp(-z))


difficulty = random.normal(0, 1, PROMPTS)
lengths = random.integers(20, 120, (2, PROMPTS))
gap = lengths[0] - lengths[1]
share = logistic(-1.2 * np.tanh(gap / gap.std(ddof=1)) + 0.7 * difficulty - 0.4 + random.normal(0, 1, PROMPTS))
# A character beyond U+FFFF is one code point and two UTF-16 units.
annotations = [
    {
        "output_1": "a" * int(lengths[0, i]),
        "output_2": "\U0001f600" * int(lengths[1, i] // 2) + "b" * int(lengths[1, i] - lengths[1, i] // 2),
        "generator_2": "synthetic",
        "preference": None if i == 5 else 0.0 if i == 9 else 1.5 if i == 11 else round(1 + float(share[i]), 6),
    }
    for i in range(PROMPTS)
]
gamed = [
    {
        "model": name,
        "preference": round(float(logistic(-gap_g + 0.5 * difficulty[i])), 6),
        "index": i,
        "std_delta_len": round(float(gap_g), 6),
        "instruction_difficulty": round(float(difficulty[i]), 6),
        "not_gamed_baseline": False,
    }
    for name, sign in (("verbose", -1), ("concise", 1))
    for i in range(PROMPTS)
    for gap_g in [sign * abs(random.normal(1, 0.6))]
]


def fit(x, p, w, c, tolerance):
    """AlpacaEval's form: each row once for a 1 and once for a 0."""
    y = np.r_[np.ones(len(p)), np.zeros(len(p))]
    model = LogisticRegression(
        penalty="l1", solver="liblinear", fit_intercept=False, C=c, tol=tolerance, max_iter=100000, random_state=123
    )
    model.fit(np.r_[x, x], y, sample_weight=np.r_[w * p, w * (1 - p)])
    return model.coef_[0]


def choose(x, p, w):
    fold = np.arange(len(p)) % 5
    scores = []
    for c in np.logspace(-4, 4, 10):
        losses = []
        for k in range(5):
            b = fit(x[fold != k], p[fold != k], w[fold != k], c, 1e-4)
            z, q, v = x[fold == k] @ b, p[fold == k], w[fold == k]
            losses.append(np.mean(v * (q * np.logaddexp(0, -z) + (1 - q) * np.logaddexp(0, z))) / 2)
        scores.append(np.mean(losses))
    return float(np.logspace(-4, 4, 10)[int(np.argmin(scores))])


preference = np.array([np.nan if a["preference"] is None else (a["preference"] or 1.5) - 1 for a in annotations])
length_gap = np.array([len(a["output_1"]) - len(a["output_2"]) for a in annotations], float)
tanh = np.tanh(length_gap / length_gap.std(ddof=1))
rounded = np.array([g["instruction_difficulty"] for g in gamed])
known = ~np.isnan(preference)

full_x = np.r_[
    np.c_[np.tanh([g["std_delta_len"] for g in gamed]), rounded, np.zeros(len(gamed))],
    np.c_[tanh, rounded[:PROMPTS], np.ones(PROMPTS)][known],
]
full_p = np.r_[[g["preference"] for g in gamed], preference[known]]
full_w = np.r_[np.full(len(gamed), 0.1), np.ones(known.sum())]
c_full = choose(full_x, full_p, full_w)
b = fit(full_x, full_p, full_w, c_full, 1e-4)
full = 100 * logistic(rounded[:PROMPTS] * b[1] + b[2])

small_x, small_p, small_w = np.c_[tanh, np.ones(PROMPTS)][known], preference[known], np.ones(known.sum())
c_small = choose(small_x, small_p, small_w)
small = fit(small_x, small_p, small_w, c_small, 1e-4)

valid = preference[known]
expected = {
    "n_total": int(known.sum()),
    "win_rate": float(100 * valid.mean()),
    "standard_error": float(100 * valid.std(ddof=1) / np.sqrt(len(valid))),
    "discrete_win_rate": float(100 * np.mean((valid > 0.5) + 0.5 * (valid == 0.5))),
    "full": {"c": c_full, "winRate": float(full.mean()), "error": float(full.std(ddof=1) / np.sqrt(PROMPTS))},
    "minimal": {"c": c_small, "winRate": float(100 * logistic(small[1]))},
    "coefficients": [
        {"c": float(c), "b": fit(full_x, full_p, full_w, c, 1e-12).tolist()} for c in np.logspace(-4, 4, 10)
    ],
}
(HERE / "annotations.json").write_text(json.dumps(annotations, indent=0))
(HERE / "expected.json").write_text(json.dumps(expected, indent=2) + "\n")
with (HERE / "gamed.csv").open("w", newline="") as file:
    writer = csv.DictWriter(file, gamed[0], lineterminator="\n")
    writer.writeheader()
    writer.writerows(gamed)
