import type { Rule } from '../../rule';

interface Secret {
  readonly pattern: RegExp;
  readonly what: string;
  readonly instead: string;
}

const SECRETS: readonly Secret[] = [
  {
    pattern: /\bhf_[A-Za-z0-9]{20,}/,
    what: 'a Hugging Face token',
    instead: 'log in with "hf auth login", or set the variable HF_TOKEN',
  },
  {
    pattern: /\bsk-(?=[\w-]*\d)[\w-]{20,}/,
    what: 'an API key',
    instead: 'name a variable that holds it under evaluation.judge.api_key_env',
  },
  {
    pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,})/,
    what: 'a GitHub token',
    instead: 'keep it in the environment',
  },
  { pattern: /\bAKIA[0-9A-Z]{16}\b/, what: 'an AWS access key', instead: 'keep it in the environment' },
  // Forty hexadecimal digits alone are more often a commit.
  {
    pattern: /(?<=wandb.*)\b[0-9a-f]{40}\b/i,
    what: 'a Weights & Biases key',
    instead: 'log in with "wandb login", or set the variable WANDB_API_KEY',
  },
];

export const KEY010: Rule = {
  code: 'KEY010',
  title: 'A secret is written in the file',
  severity: 'warning',
  when: 'A text looks like a token or key: of Hugging Face, GitHub, AWS, Weights & Biases, or of an OpenAI-compatible service.',
  why: 'Configs are committed, copied into run folders and shared. Whoever can read one can use the key, and it stays in the history after it was removed.',
  todo: 'Revoke the key, remove it here, and keep the new one in the environment.',
  evidence: [
    'Of the public DPO launch scripts that were surveyed for these rules, two had such a key in them.',
  ],
  *check(experiment) {
    for (const written of experiment.strings) {
      for (const { pattern, what, instead } of SECRETS) {
        const secret = pattern.exec(written.text)?.[0];
        if (secret === undefined) continue;
        yield {
          at: 'model.path',
          range: written.range,
          message: `This holds what looks like ${what} (${secret.slice(0, 4)}...). Anyone who sees the file can use it: revoke it, and ${instead}.`,
          fixes: [{ title: 'Remove this setting', edits: written.remove() }],
        };
      }
    }
  },
};
