import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll } from 'vitest';
import { check } from '../../../src/core/check/check';
import { nestConfig, resolveConfig } from '../../../src/core/config/resolved';
import { readLlamaConfig } from '../../../src/core/model-config/llama-config';
import type { MetricsLine, TrainerLine } from '../../../src/core/runs/format';
import { parameterShapes } from '../../../src/engine/model/parameters';
import { sizeOf } from '../../../src/engine/shape';
import { writeSafetensors } from '../../../src/node/models/safetensors-writer';
import { Random } from '../../engine/support/random';
import { buildPrograms } from '../../support/build-programs';
import { temporaryFolder } from '../../support/temporary-folder';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const WORDS = [
  '<s>',
  '</s>',
  '<unk>',
  ...'red blue green one two three four a b c d e f g h i j k l'.split(' '),
];

const MODEL = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  vocab_size: WORDS.length,
  hidden_size: 16,
  intermediate_size: 24,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 1,
};

/** A folder with a tiny model, pairs and a config, and the trainer's program. */
export class TinyExperiment {
  constructor(
    readonly folder: string,
    readonly program: string,
  ) {}

  /** Writes a run folder as the launcher does. Lines of the config are added to a working one, section by section. */
  run(id: string, sections: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {}): TinyRun {
    const config = merged(
      {
        model: { path: './model' },
        data: { train: { path: 'pairs.jsonl' }, eval_fraction: 0.2, max_length: 64 },
        objective: { beta: 0.1 },
        training: {
          method: 'full',
          steps: 8,
          batch_size: 4,
          micro_batch_size: 2,
          learning_rate: 0.01,
          eval_every: 4,
          save_every: 2,
        },
        evaluation: { probes: ['red one', 'blue two'], max_new_tokens: 8 },
      },
      sections,
    );
    const configText = JSON.stringify(config);
    const configFile = path.join(this.folder, 'tiny.dpo.json');
    const dataFolder = path.join(this.folder, '.dpo');
    const folder = path.join(dataFolder, 'runs', id);
    mkdirSync(folder, { recursive: true });
    const checked = check(configText, configFile);
    const run = {
      format: 2,
      id,
      created: 0,
      producer: { kind: 'onnx', trainer: 'dpo-lab' },
      config: nestConfig(resolveConfig(checked.experiment)),
      configFile,
      configText,
      configHash: createHash('sha256').update(configText).digest('hex'),
      baseFolder: this.folder,
      dataFolder,
      versions: {},
    };
    writeFileSync(path.join(folder, 'run.json'), JSON.stringify(run));
    return new TinyRun(id, folder, this.program);
  }

  write(name: string, content: string | Uint8Array): void {
    writeFileSync(path.join(this.folder, name), content);
  }
}

function merged(base: Record<string, Record<string, unknown>>, changes: Readonly<Record<string, object>>) {
  const result: Record<string, unknown> = { ...base };
  for (const [section, values] of Object.entries(changes)) result[section] = { ...base[section], ...values };
  return result;
}

/** One run folder, trained in processes of its own. */
export class TinyRun {
  constructor(
    readonly id: string,
    readonly folder: string,
    readonly program: string,
  ) {}

  /** Starts the trainer; tests end it themselves, or wait. */
  start(): ChildProcess & { readonly ended: Promise<{ code: number | null; stderr: string }> } {
    const child = spawn(process.execPath, [this.program, this.folder], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const ended = new Promise<{ code: number | null; stderr: string }>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stderr }));
    });
    return Object.assign(child, { ended });
  }

  train(): Promise<{ code: number | null; stderr: string }> {
    return this.start().ended;
  }

  get metrics(): MetricsLine[] {
    return this.lines('metrics.jsonl') as MetricsLine[];
  }

  get told(): TrainerLine[] {
    return this.lines('trainer.jsonl') as TrainerLine[];
  }

  /** What was measured, without what depends on the clock and the machine. */
  get numbers(): unknown[] {
    return this.metrics.map(({ step, split, values }) => {
      const { tokens_per_second: _, memory: __, ...rest } = values;
      return { step, split, ...rest };
    });
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  has(name: string): boolean {
    return existsSync(this.file(name));
  }

  list(name: string): string[] {
    return existsSync(this.file(name)) ? readdirSync(this.file(name)).toSorted() : [];
  }

  private lines(name: string): unknown[] {
    if (!this.has(name)) return [];
    const text = readFileSync(this.file(name), 'utf8');
    return text
      .slice(0, text.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
}

/** Builds the trainer for the tests of a file; each call of the result gives a new experiment. */
export function useTrainer(): () => Promise<TinyExperiment> {
  const cache = path.join(ROOT, '.cache/test');
  mkdirSync(cache, { recursive: true });
  const base = temporaryFolder('trainer-', cache);
  beforeAll(() => buildPrograms(base, 'onnx-trainer'));
  return async () => {
    const folder = temporaryFolder('work-', base);
    await writeTinyModel(path.join(folder, 'model'));
    writeFileSync(path.join(folder, 'pairs.jsonl'), pairs(40));
    return new TinyExperiment(folder, path.join(base, 'onnx-trainer.js'));
  };
}

/** Random weights; a tokenizer that knows a few words. */
export async function writeTinyModel(
  folder: string,
  config: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const json = { ...MODEL, ...config };
  const random = new Random(4);
  const tensors = [...parameterShapes(readLlamaConfig(json))].map(([name, shape]) => {
    const noise = Float32Array.from(random.normals(sizeOf(shape), 0.2));
    const values = name.endsWith('norm.weight') ? noise.map((x) => 1 + x) : noise;
    return { name, shape, values: async () => values };
  });
  await writeSafetensors(path.join(folder, 'model.safetensors'), tensors);
  const special = (id: number) => ({
    id,
    content: WORDS[id],
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const tokenizer = {
    version: '1.0',
    added_tokens: [0, 1, 2].map(special),
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(WORDS.map((word, id) => [word, id])),
      unk_token: '<unk>',
    },
  };
  writeFileSync(path.join(folder, 'config.json'), JSON.stringify(json));
  writeFileSync(path.join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  writeFileSync(
    path.join(folder, 'tokenizer_config.json'),
    JSON.stringify({ bos_token: '<s>', eos_token: '</s>', tokenizer_class: 'PreTrainedTokenizerFast' }),
  );
}

/** The chosen response names the letters in order, the rejected one does not. */
function pairs(count: number): string {
  const random = new Random(9);
  const letters = WORDS.slice(-12);
  const some = (n: number): string[] =>
    random.integers(n, 0, letters.length - 1).map((i) => letters[i] ?? '');
  return Array.from({ length: count }, (_, index) => {
    const response = some(2 + (index % 4));
    return `${JSON.stringify({
      prompt: `red ${['one', 'two', 'three', 'four'][index % 4]} `,
      chosen: response.toSorted().join(' '),
      rejected: `${some(2 + (index % 3)).join(' ')} ${index % 2 ? 'a' : 'b'}`,
    })}\n`;
  }).join('');
}
