import * as vscode from 'vscode';
import { type NewExperimentAnswers, newExperiment } from '../../core/new-experiment';
import { pickBeta } from '../questions/beta-pick';
import { pickData } from '../questions/data-pick';
import { pickModel, type Suggestion } from '../questions/model-pick';
import { type Answer, BACK, type Choice, pick, type Question } from '../questions/quick-pick';
import { pickReference } from '../questions/reference-pick';
import { askFileName, openUnsaved, writeNewFile } from './new-file';

const MODELS: readonly Suggestion[] = [
  { model: 'HuggingFaceTB/SmolLM2-135M-Instruct', why: 'Small enough to align on a laptop.' },
  {
    model: 'HuggingFaceH4/mistral-7b-sft-beta',
    why: 'The Mistral-7B SFT model of the paper.',
  },
  { model: 'allenai/tulu-2-7b', why: 'The Tulu-2 model of the paper.' },
];

interface Draft extends Partial<NewExperimentAnswers> {
  readonly fileName?: string;
}

type Step = (draft: Draft, question: Omit<Question, 'placeholder'>) => Promise<Answer<Draft>>;

/** Asks what a first experiment needs and writes it. Nothing is created before the last answer. */
export async function createExperiment(): Promise<void> {
  const folder = await chooseFolder();
  if (folder === 'cancelled') return;
  const draft = await askAll(stepsFor(folder));
  if (!draft) return;
  const text = newExperiment(complete(draft));
  if (folder) await writeNewFile(vscode.Uri.joinPath(folder, draft.fileName ?? ''), text);
  else await openUnsaved(draft.model ?? '', text);
}

/** The folder of the new file; undefined where no folder is open. */
async function chooseFolder(): Promise<vscode.Uri | undefined | 'cancelled'> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length <= 1) return folders[0]?.uri;
  const chosen = await vscode.window.showWorkspaceFolderPick({
    placeHolder: 'Folder for the new experiment',
  });
  return chosen?.uri ?? 'cancelled';
}

async function askAll(steps: readonly Step[]): Promise<Draft | undefined> {
  const drafts: Draft[] = [{}];
  while (drafts.length <= steps.length) {
    const number = drafts.length;
    const draft = drafts[number - 1];
    const step = steps[number - 1];
    if (!draft || !step) return undefined;
    const question = { title: 'New Experiment', step: number, steps: steps.length, canGoBack: number > 1 };
    const answer = await step(draft, question);
    if (answer === undefined) return undefined;
    if (answer === BACK) drafts.pop();
    else drafts.push({ ...draft, ...answer });
  }
  return drafts.at(-1);
}

function stepsFor(folder: vscode.Uri | undefined): Step[] {
  const steps: Step[] = [
    async (_, question) => {
      const placeholder = 'Starting policy: choose the model to align, or type a hub id or folder';
      return as('model', await pickModel({ ...question, placeholder }, MODELS, folder));
    },
    (_, question) => {
      const placeholder = 'Preference pairs: choose a file, or type a path or hub id';
      return pickData({ ...question, placeholder }, folder);
    },
    async (_, question) => {
      const placeholder = 'Reference: the policy that training is held close to';
      return as('reference', await pickReference({ ...question, placeholder }, undefined, folder));
    },
    async ({ reference }, question) => {
      const placeholder = 'Beta: strength of the pull to the reference; choose, or type a number';
      return as('betas', await pickBeta({ ...question, placeholder }, reference));
    },
    (_, question) => pick({ ...question, placeholder: 'How to train' }, TRAINERS),
  ];
  if (!folder) return steps;
  return [
    ...steps,
    async ({ model = '' }, question) => {
      const placeholder = 'File name; .dpo.yaml is added where it is missing';
      return as('fileName', await askFileName({ ...question, placeholder }, folder, model));
    },
  ];
}

function as<K extends keyof Draft>(key: K, answer: Answer<Draft[K]>): Answer<Draft> {
  return answer === BACK || answer === undefined ? answer : { [key]: answer };
}

const TRAINERS: Choice<Draft>[] = [
  {
    label: 'LoRA, embedded trainer',
    description: 'no Python',
    detail: 'Trains a small adapter with ONNX Runtime, on any computer.',
    icon: 'device-desktop',
    value: { method: 'lora', backend: 'onnx' },
  },
  {
    label: 'LoRA, PyTorch',
    detail: 'Trains a small adapter with TRL, on one GPU to many nodes.',
    icon: 'server',
    value: { method: 'lora', backend: 'torch' },
  },
  {
    label: 'Full fine-tuning, PyTorch',
    detail: 'Trains every weight, as in the paper: needs several times the memory.',
    icon: 'server-environment',
    value: { method: 'full', backend: 'torch' },
  },
];

function complete(draft: Draft): NewExperimentAnswers {
  const { model, train, split, reference, betas, method, backend } = draft;
  if (!model || !train || !reference || !betas || !method || !backend)
    throw new Error('An answer is missing.');
  return { model, train, reference, betas, method, backend, ...(split !== undefined && { split }) };
}
