/** What the name of a model tells: a hub id, or the last folder of a path. */

/**
 * Families that share pre-training and, mostly, a tokenizer. The first that matches counts, so models derived from
 * Llama-2 or Mistral stand before the plain names.
 */
const FAMILIES: readonly (readonly [family: string, pattern: RegExp])[] = [
  ['llama-2', /tulu-?(1|2|v1|v2)(?!\d)|llama-?_?2|vicuna|tinyllama/],
  ['llama-3', /tulu-?3|llama-?_?3/],
  ['mistral', /mi[sx]tral|zephyr/],
  ['qwen', /qwen|qwq/],
  ['gemma', /gemma/],
  ['smollm', /smollm/],
  ['phi', /\bphi-?\d/],
  ['olmo', /olmo/],
  ['pythia', /pythia|gpt-?neox/],
  ['falcon', /falcon/],
  ['gpt2', /gpt-?2/],
  ['deepseek', /deepseek/],
];

/** Such as `mistral`; undefined where the name says nothing. */
export function modelFamily(name: string): string | undefined {
  const lower = name.toLowerCase();
  return FAMILIES.find(([, pattern]) => pattern.test(lower))?.[0];
}

/**
 * Number of parameters in a name such as `7b`, `135M` or `8x7B`; the largest where there are several, since
 * `30B-A3B` also names the active part. Undefined where there is none.
 */
export function parametersInName(name: string): number | undefined {
  const sizes = [
    ...lastPart(name).matchAll(/(?<![\d.a-z])(?:(\d+)x)?(\d+(?:\.\d+)?)([bm])(?![a-z\d])/gi),
  ].map(
    ([, experts, count, unit]) =>
      Number(experts ?? 1) * Number(count) * (unit?.toLowerCase() === 'b' ? 1e9 : 1e6),
  );
  return sizes.length ? Math.max(...sizes) : undefined;
}

const TUNED =
  /instruct|(?<![a-z])(it|sft|dpo|orpo|kto|ppo|rlhf|rl|ft)(?![a-z])|chat|zephyr|tulu|vicuna|alpaca|hermes|openchat|starling|wizard|dolphin|orca|tuned|align|assistant|think|reason|distill|merge/i;

/** Families whose plain name is the pre-trained model. Others, such as Qwen3, give it to the tuned one. */
const PLAIN_IS_BASE =
  /^((meta-)?llama-?[23](\.\d)?-\d+b|mi[sx]tral-[\dx]+b-v0\.\d|qwen(1\.5|2|2\.5)-[\d.]+b|gemma(-2)?-\d+b|smollm2?-[\d.]+[bm]|pythia-.*|gpt2.*|gpt-neo.*|opt-.*|bloom-.*|falcon-.*|olmo-.*|phi-[12](\.5)?)(-hf)?$/i;

/** Whether a name reads as a model that was pre-trained only. Doubtful names count as tuned. */
export function looksLikeBaseModel(name: string): boolean {
  const last = lastPart(name);
  if (TUNED.test(last)) return false;
  return /-(base|pt)(?![a-z])/i.test(last) || PLAIN_IS_BASE.test(last);
}

/** A path for sure, whatever exists on disk: hub ids have at most one slash and start with a letter or digit. */
export function isFolderPath(text: string): boolean {
  return /^[./~\\]|^[A-Za-z]:[\\/]|\\/.test(text) || text.split('/').length > 2;
}

/** Hub ids differ in nothing but capitals, paths in nothing but the final slash. */
export function isSameModel(a: string, b: string): boolean {
  return normalized(a) === normalized(b);
}

export function lastPart(name: string): string {
  return name.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
}

function normalized(name: string): string {
  const trimmed = name.replace(/(?<=.)[\\/]+$/, '').replace(/^\.\//, '');
  return isFolderPath(name) ? trimmed : trimmed.toLowerCase();
}
