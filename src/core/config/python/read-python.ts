import type { Node } from 'web-tree-sitter';
import { assignedTo, nameOfResult } from './assignments';
import { callOf, nodeAt, type PythonCall, type PythonKeyword, type PythonValue } from './call';
import { type ModelSource, modelSource } from './model-source';
import { withSyntaxTree } from './parser';

/** One training that a script configures: `DPOTrainer(...)` with its `DPOConfig(...)`, or one of them alone. */
export interface PythonTraining {
  readonly config: PythonCall | undefined;
  readonly trainer: PythonCall | undefined;
  readonly policy: ModelSource | undefined;
  /** Undefined: no `ref_model` is passed, or `None`. */
  readonly reference: ModelSource | undefined;
  /** `LoraConfig(...)`, as the argument or under a name. */
  readonly peft: PythonCall | undefined;
  readonly peftArgument: PythonKeyword | undefined;
  readonly referenceArgument: PythonValue | undefined;
}

const HITS = /\bDPO(?:Config|Trainer)\b(?=\s*\()/g;

/**
 * The DPO trainings of a Python text, by their place. Empty before `loadPython`, and for code that only defines such
 * classes or takes them from elsewhere than TRL and unsloth. Never throws.
 */
export function readPython(text: string): PythonTraining[] {
  if (text.search(HITS) === -1 || isOthers(text)) return [];
  // Lines for the notebook itself are no Python.
  const code = text.replace(/^([ \t]*)[%!]/gm, '$1#');
  return withSyntaxTree(code, ({ rootNode }) => trainingsIn(code, rootNode)) ?? [];
}

/** Classes of the same names that are no TRL's: defined here, or imported from another package. */
function isOthers(text: string): boolean {
  if (/^[ \t]*class[ \t]+DPO(Config|Trainer)\b/m.test(text)) return true;
  const imports = [...text.matchAll(/^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(\([^)]*\)|[^\n]*)/gm)];
  const origins = imports.filter(([, , names = '']) => /\bDPO(Config|Trainer)\b/.test(names));
  return origins.some(([, origin = '']) => !/^(trl|unsloth)(\.|$)/.test(origin));
}

interface Hit {
  readonly node: Node;
  readonly call: PythonCall;
}

function trainingsIn(text: string, root: Node): PythonTraining[] {
  const hits = [...text.matchAll(HITS)].flatMap(
    ({ index, 0: name }) => hitAt(root, index, name.length) ?? [],
  );
  const configs = hits.filter(({ call }) => call.name === 'DPOConfig');
  const trainers = hits.filter(({ call }) => call.name === 'DPOTrainer');
  const taken = new Set<Hit>();
  const trainings = trainers.map((trainer): PythonTraining => {
    const config = configOf(trainer, configs, trainers.length, root);
    const own = configs.find(({ call }) => call.range.start === config?.range.start);
    if (own) taken.add(own);
    return trainingOf(trainer.call, config, root);
  });
  const alone = configs.filter((hit) => !taken.has(hit)).map(({ call }) => trainingOf(undefined, call, root));
  return [...trainings, ...alone].sort((a, b) => placeOfTraining(a) - placeOfTraining(b));
}

/** Where a training starts: at its config, which comes first and holds most settings. */
function placeOfTraining({ config, trainer }: PythonTraining): number {
  return (config ?? trainer)?.range.start ?? 0;
}

function hitAt(root: Node, index: number, length: number): Hit | undefined {
  let node = root.descendantForIndex(index, index + length);
  if (node?.type !== 'identifier') return undefined;
  if (node.parent?.type === 'attribute') node = node.parent;
  const parent = node.parent;
  const call = parent && callOf(parent);
  return parent && call?.nameRange.start === index ? { node: parent, call } : undefined;
}

/** The config that a trainer takes: written as its argument, or under the name that stands there. */
function configOf(
  trainer: Hit,
  configs: readonly Hit[],
  trainers: number,
  root: Node,
): PythonCall | undefined {
  const argument = argumentOf(trainer.call, 'args', 2);
  const written = argument && nodeAt(root, argument);
  if (written) {
    const node = behind(written, root);
    const call = node && callOf(node);
    if (call && /^(DPOConfig|TrainingArguments)$/.test(call.name)) return call;
    const named = configs.find(({ node: config }) => nameOfResult(config) === written.text);
    if (named) return named.call;
  }
  return configs.length === 1 && trainers === 1 ? configs[0]?.call : undefined;
}

function trainingOf(
  trainer: PythonCall | undefined,
  config: PythonCall | undefined,
  root: Node,
): PythonTraining {
  const policy = trainer && argumentOf(trainer, 'model', 0);
  const reference = trainer && argumentOf(trainer, 'ref_model', 1);
  const isReference = reference !== undefined && reference.value !== null;
  const peftArgument = trainer?.keywords.find(({ name, value }) => name === 'peft_config' && value !== null);
  return {
    config,
    trainer,
    policy: policy && sourceOf(policy, root),
    reference: isReference ? sourceOf(reference, root) : undefined,
    referenceArgument: reference,
    peft: peftArgument && callBehind(peftArgument, root),
    peftArgument,
  };
}

function argumentOf(call: PythonCall, name: string, position: number): PythonValue | undefined {
  return call.keywords.find((keyword) => keyword.name === name) ?? call.positional[position];
}

function sourceOf(value: PythonValue, root: Node): ModelSource | undefined {
  const node = nodeAt(root, value);
  return node && modelSource(node, root);
}

function callBehind(value: PythonValue, root: Node): PythonCall | undefined {
  const node = nodeAt(root, value);
  const target = node && behind(node, root);
  return target && callOf(target);
}

/** What a name stands for; anything else stands for itself. */
function behind(node: Node, root: Node): Node | undefined {
  return node.type === 'identifier' ? assignedTo(node.text, node.startIndex, root) : node;
}
