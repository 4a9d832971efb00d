import type { Config } from '../core/config/config';
import type { Tuning } from '../engine/model/layout';
import { LINEARS, type LinearKind, linearsOf } from '../engine/model/parameters';
import { OBJECTIVES, type Objective } from '../engine/objective-formulas';
import { openTokenizer, type TrainingTokenizer } from './data/training-tokenizer';
import { openModel } from './models/open-model';
import type { OpenModel } from './models/opened-model';
import type { Place, Progress } from './models/place';
import type { RunObjective } from './pair-metrics';
import { TrainingError } from './training-error';

/** A model that texts are generated with, and its tokenizer. */
export interface TextModel {
  readonly model: OpenModel;
  readonly tokenizer: TrainingTokenizer;
}

/** The starting policy of a config. */
export function openPolicy(config: Config, place: Place, progress: Progress): Promise<TextModel> {
  const { path, revision, adapter } = {
    path: config['model.path'],
    revision: config['model.revision'],
    adapter: config['model.adapter'],
  };
  if (path === undefined)
    throw new TrainingError('The config names no model. Write model: with a hub id or a folder.');
  return openSpeaker(
    { path, ...(revision && { revision }), ...(adapter && { adapter }) },
    config['data.chat_template'],
    place,
    progress,
  );
}

/** The reference model of a config, where it names another model than the starting policy. */
export async function openForeignReference(
  config: Config,
  place: Place,
  progress: Progress,
): Promise<TextModel | undefined> {
  const path = config['reference.policy'];
  const revision = config['reference.revision'];
  const adapter = config['reference.adapter'];
  if (path === 'same' || path === 'none') return undefined;
  // The policy's template file, if one was written, need not suit another model: that one brings its own.
  const template = config['data.chat_template'] === 'none' ? 'none' : 'auto';
  return openSpeaker(
    { path, ...(revision && { revision }), ...(adapter && { adapter }) },
    template,
    place,
    progress,
  );
}

export async function openSpeaker(
  query: { path: string; revision?: string; adapter?: string },
  chatTemplate: string,
  place: Place,
  progress: Progress,
): Promise<TextModel> {
  const model = await openModel(query, place, progress);
  return { model, tokenizer: await openTokenizer(model, chatTemplate, place) };
}

/**
 * What is trained of the policy.
 *
 * @throws TrainingError where the onnx trainer does not offer it, or the model has no such layers
 */
export function tuningOf(config: Config, { config: shape, name }: OpenModel): Tuning {
  if (config['training.method'] === 'full') return { kind: 'full' };
  if (config['training.lora.quantize'] !== 'none') {
    throw new TrainingError(
      `training.lora.quantize ${config['training.lora.quantize']} is not offered by the onnx trainer. Remove it, or write backend: { kind: torch }.`,
    );
  }
  return {
    kind: 'lora',
    rank: config['training.lora.rank'],
    alpha: config['training.lora.alpha'],
    targets: targetsOf(config['training.lora.targets'], linearsOf(shape), name),
  };
}

/** The seven linear layers of Llama, the default, stand for all: a model may have joined some of them. */
function targetsOf(
  wanted: readonly string[],
  linears: readonly LinearKind[],
  model: string,
): readonly LinearKind[] {
  if (LINEARS.every((linear) => wanted.includes(linear)) && wanted.length === LINEARS.length) return linears;
  const unknown = wanted.filter((target) => !linears.some((linear) => linear === target));
  if (unknown.length === 0) return linears.filter((linear) => wanted.includes(linear));
  throw new TrainingError(
    `training.lora.targets names ${unknown.join(', ')}, which ${model} does not have. Take some of ${linears.join(', ')}.`,
  );
}

export function objectiveOf(config: Config): RunObjective {
  return {
    loss: supportedLoss(config['objective.loss']),
    beta: config['objective.beta'],
    labelSmoothing: config['objective.label_smoothing'],
    lengthNormalized: config['objective.length_normalized'],
    sftWeight: config['objective.sft_weight'],
  };
}

function supportedLoss(loss: string): Objective {
  const found = OBJECTIVES.find((objective) => objective === loss);
  if (found) return found;
  throw new TrainingError(
    `objective.loss ${loss} is not offered by the onnx trainer, which has ${OBJECTIVES.join(', ')}. Take one of these, or write backend: { kind: torch }.`,
  );
}
