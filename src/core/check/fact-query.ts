import { asBoolean, asText } from '../config/dialects/values';
import type { Experiment } from '../config/experiment';
import { hasForeignReference } from '../config/questions';
import type { DataQuery, FactQuery, ModelQuery } from '../facts';

export interface Place {
  /** Absolute path of the config file. */
  readonly configFile: string;
  /** Folder that holds `dataFolder`. */
  readonly workspaceFolder: string;
  /** Where runs are kept, relative to the workspace folder. */
  readonly dataFolder: string;
}

/** What must be looked up to check an experiment with every rule. Parts that are not written are not asked for. */
export function factQuery(experiment: Experiment, place: Place): FactQuery {
  const policy = modelQuery(experiment.get('model.path').value, experiment.get('model.revision').value);
  const reference = hasForeignReference(experiment)
    ? modelQuery(experiment.get('reference.policy').value, experiment.get('reference.revision').value)
    : undefined;
  const adapter = experiment.get('model.adapter').value;
  const train = dataQuery(experiment, 'data.train');
  const held = dataQuery(experiment, 'data.eval');
  const output = resumedFolder(experiment);
  const maxLength = experiment.get('data.max_length').value;
  const accelerate = experiment.get('backend.torch.accelerate_config').value;
  return {
    ...place,
    baseFolder: folderOf(place.configFile),
    ...(policy ? { policy } : {}),
    ...(reference ? { reference } : {}),
    ...(adapter ? { adapter } : {}),
    ...(output ? { output } : {}),
    ...(train ? { train } : {}),
    ...(held ? { eval: held } : {}),
    maxLength,
    maxPromptLength: experiment.get('data.max_prompt_length').value ?? maxLength,
    chatTemplate: experiment.get('data.chat_template').value,
    ...(accelerate === undefined ? {} : { accelerateConfig: accelerate }),
  };
}

/** alignment-handbook and LLaMA-Factory continue from the last checkpoint in their output folder, unasked. */
function resumedFolder({ trainer, own }: Experiment): string | undefined {
  if (!own || !['alignment-handbook', 'llamafactory'].includes(trainer.dialect)) return undefined;
  const { file } = own;
  if (file.has('resume_from_checkpoint') || asBoolean(file.value('overwrite_output_dir')) === true)
    return undefined;
  return asText(file.value('output_dir'));
}

function modelQuery(path: string | undefined, revision: string | undefined): ModelQuery | undefined {
  return path === undefined ? undefined : { path, ...(revision ? { revision } : {}) };
}

function dataQuery(experiment: Experiment, section: 'data.train' | 'data.eval'): DataQuery | undefined {
  const path = experiment.get(`${section}.path`).value;
  if (path === undefined) return undefined;
  const config = experiment.get(`${section}.config`).value;
  return {
    path,
    split: experiment.get(`${section}.split`).value,
    ...(config ? { config } : {}),
    columns: {
      prompt: experiment.get('data.columns.prompt').value,
      chosen: experiment.get('data.columns.chosen').value,
      rejected: experiment.get('data.columns.rejected').value,
    },
    ranked: experiment.get('data.ranked').value,
    emptyPrompts: experiment.get('data.empty_prompts').value,
  };
}

/** The folder of an absolute path of either system; a backslash is a plain character in a POSIX path. */
function folderOf(file: string): string {
  const end = file.startsWith('/')
    ? file.lastIndexOf('/')
    : Math.max(...['/', '\\'].map((c) => file.lastIndexOf(c)));
  const folder = file.slice(0, Math.max(0, end));
  return folder === '' || /^[A-Za-z]:$/.test(folder) ? file.slice(0, end + 1) : folder;
}
