import type { Node } from 'web-tree-sitter';
import { assignedTo } from './assignments';
import { callOf, nodeAt, type PythonCall, type PythonKeyword, type PythonValue, pythonValue } from './call';

/** How a script makes the model that it hands to the trainer. */
export interface ModelSource {
  /** The model's name where a literal gives it: `from_pretrained("org/model")`, or the text itself. */
  readonly path: PythonValue | undefined;
  /** The calls of `from_pretrained`. */
  readonly loads: readonly PythonCall[];
  /** The calls that put a new adapter on it. */
  readonly adapters: readonly PythonCall[];
  /** Whether an adapter is loaded with it, so that training continues that one. */
  readonly continuesAdapter: boolean;
}

const UNKNOWN: ModelSource = { path: undefined, loads: [], adapters: [], continuesAdapter: false };
/** Return the model that they get. */
const PASSED_ON = new Set(['prepare_model_for_kbit_training', 'to', 'cuda', 'eval', 'train']);
const PATH_KEYWORDS = new Set([
  'model_name',
  'pretrained_model_name_or_path',
  'pretrained_model_name',
  'model_id',
]);

export function modelSource(node: Node, root: Node, depth = 0): ModelSource {
  if (depth > 10) return UNKNOWN;
  if (node.type === 'identifier') {
    const assigned = assignedTo(node.text, node.startIndex, root);
    return assigned ? modelSource(assigned, root, depth + 1) : UNKNOWN;
  }
  if (node.type === 'string' || node.type === 'concatenated_string')
    return { ...UNKNOWN, path: pythonValue(node) };
  const call = callOf(node);
  if (!call) return UNKNOWN;
  const object = node.childForFieldName('function')?.childForFieldName('object')?.text ?? '';
  const [first] = call.positional;
  const inner = (from: PythonValue | undefined): ModelSource => {
    const passed = from && nodeAt(root, from);
    return passed ? modelSource(passed, root, depth + 1) : UNKNOWN;
  };
  if (call.name === 'get_peft_model') {
    const model = inner(first);
    return { ...model, adapters: [...model.adapters, call] };
  }
  if (call.name === 'from_pretrained') {
    if (object === 'PeftModel') return { ...inner(first), continuesAdapter: true };
    const written: PythonKeyword | PythonValue | undefined =
      first ?? call.keywords.find(({ name }) => PATH_KEYWORDS.has(name));
    const path = typeof written?.value === 'string' ? written : undefined;
    return { path, loads: [call], adapters: [], continuesAdapter: object.startsWith('AutoPeft') };
  }
  if (!PASSED_ON.has(call.name)) return UNKNOWN;
  const receiver = node.childForFieldName('function')?.childForFieldName('object');
  if (first) return inner(first);
  return receiver ? modelSource(receiver, root, depth + 1) : UNKNOWN;
}
