import { completeConfig } from '../../core/config/resolved';
import type { GeneratedText } from '../../core/runs/format';
import type { Tuning } from '../../engine/model/layout';
import { dayOf } from '../../node/models/tokenizer';
import { Checkpoints, newestCheckpoint } from '../checkpoint';
import { promptTokens } from '../data/prompt-tokens';
import { generatedText } from '../generated-text';
import {
  openForeignReference,
  openPolicy,
  openSpeaker,
  type TextModel,
  tuningOf,
} from '../model-and-tokenizer';
import type { Place } from '../models/place';
import { readRun } from '../read-run';
import { chooseDevice } from '../runtime/choose-device';
import { DecodingRuntime } from '../runtime/decoding-runtime';
import type { Device } from '../runtime/device';
import { TrainingError } from '../training-error';

/** What `dpo-lab generate` asks of the trainer's process, as JSON in its argument. */
export interface GenerateRequest {
  /** A run folder, or a model. */
  readonly from:
    | { readonly run: string }
    | { readonly model: string; readonly baseFolder: string; readonly dataFolder: string };
  readonly prompts: readonly string[];
  readonly maxNewTokens: number;
  readonly temperature: number;
  readonly seed: number;
}

/** A line of its standard output. */
export interface GenerateAnswer {
  readonly prompt: string;
  readonly policy: GeneratedText;
  /** The reference policy's answer; of a run only. */
  readonly reference?: GeneratedText;
  /** Of the checkpoint that answered; of a run only. */
  readonly step?: number;
}

const FROZEN: Tuning = { kind: 'frozen' };

export async function runGenerateCommand([json = '']: readonly string[]): Promise<void> {
  const request = JSON.parse(json) as GenerateRequest;
  const answers =
    'run' in request.from ? await fromRun(request, request.from.run) : await fromModel(request, request.from);
  for (const answer of answers) process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function fromModel(
  request: GenerateRequest,
  { model, baseFolder, dataFolder }: { model: string; baseFolder: string; dataFolder: string },
): Promise<GenerateAnswer[]> {
  const place = { baseFolder, dataFolder, env: process.env };
  const speaker = await openSpeaker({ path: model }, 'auto', place, () => {});
  const { device } = await chooseDevice('auto', 0);
  const texts = await answer(request, speaker, FROZEN, device);
  return texts.map((policy, index) => ({ prompt: request.prompts[index] ?? '', policy }));
}

async function fromRun(request: GenerateRequest, folder: string): Promise<GenerateAnswer[]> {
  const run = readRun(folder);
  const config = completeConfig(run.config);
  const place: Place = {
    baseFolder: run.baseFolder,
    dataFolder: run.dataFolder,
    env: process.env,
    date: config['data.date'] ?? dayOf(run.created),
  };
  const step = await newestCheckpoint(folder);
  if (step === undefined) {
    throw new TrainingError(
      `Run ${run.id} has no checkpoint to generate from yet. Wait for step ${config['training.save_every']}, or lower training.save_every.`,
    );
  }
  const policy = await openPolicy(config, place, () => {});
  const reference = (await openForeignReference(config, place, () => {})) ?? policy;
  const { device } = await chooseDevice(config['backend.device'], 0);
  const { parameters } = (await new Checkpoints(folder, undefined, 1).read(step)).state;
  const texts = await answer(request, policy, tuningOf(config, policy.model), device, parameters);
  const before = await answer(request, reference, FROZEN, device);
  return texts.map((text, index) => ({
    prompt: request.prompts[index] ?? '',
    policy: text,
    ...(before[index] && { reference: before[index] }),
    step,
  }));
}

async function answer(
  { prompts, maxNewTokens, temperature, seed }: GenerateRequest,
  { model, tokenizer }: TextModel,
  tuning: Tuning,
  device: Device,
  parameters?: Float32Array,
): Promise<GeneratedText[]> {
  const decoding = new DecodingRuntime(model, tuning, device);
  try {
    const generated = await decoding.generate(
      await Promise.all(prompts.map((prompt) => promptTokens(prompt, tokenizer))),
      { maxNewTokens, temperature, seed, endTokens: tokenizer.endTokens },
      parameters,
    );
    return generated.map((tokens) => generatedText(tokens, tokenizer));
  } finally {
    await decoding.close();
  }
}
