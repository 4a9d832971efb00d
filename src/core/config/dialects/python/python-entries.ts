import type { Range, TextEdit } from '../../../words/text';
import type { Value } from '../../edit';
import { jsonStringEdits, type PlacedText } from '../../placed-text';
import type { PythonCall, PythonKeyword, PythonValue } from '../../python/call';
import { addKeyword, pythonLiteral, removeKeyword } from '../../python/edit-python';
import type { PythonTraining } from '../../python/read-python';
import type { Entries, Entry } from '../entries';
import { TRAINER } from './python-table';

/** One place where a setting is written. */
interface Written {
  readonly entry: Entry;
  readonly call?: PythonCall;
  readonly keyword?: PythonKeyword;
}

/** The calls of one training as entries, in the words of TRL's command line. */
export class PythonEntries implements Entries {
  readonly all: readonly Entry[];
  readonly mayHaveMore: boolean;
  readonly lacksTrainer: boolean;
  private readonly written = new Map<string, Written>();

  constructor(
    private readonly code: PlacedText,
    private readonly training: PythonTraining,
  ) {
    const { config, trainer, peft, policy } = training;
    for (const keyword of config?.keywords ?? []) this.add(keyword.name, keyword, config);
    for (const keyword of trainer?.keywords ?? []) {
      if (!OF_SCRIPTS.has(keyword.name)) this.add(TRAINER + keyword.name, keyword, trainer);
    }
    for (const call of [...(policy?.adapters ?? []), ...(peft ? [peft] : [])]) {
      for (const keyword of call.keywords) this.add(ADAPTER_KEYS[keyword.name], keyword, call);
    }
    for (const call of policy?.loads ?? []) {
      for (const keyword of call.keywords) this.add(LOADING_KEYS[keyword.name], keyword, call);
    }
    this.addModels();
    this.all = [...this.written.values()].map(({ entry }) => entry);
    this.lacksTrainer = trainer === undefined;
    this.mayHaveMore = config === undefined || config.hasMore || (trainer?.hasMore ?? false);
  }

  find(key: string): Entry | undefined {
    return this.written.get(key)?.entry;
  }

  set(key: string, value: Value): TextEdit[] | undefined {
    const written = this.written.get(key);
    if (written) {
      if (NO_VALUES.has(key)) return undefined;
      return [{ range: written.entry.range, newText: this.escaped(pythonLiteral(value)) }];
    }
    const { config } = this.training;
    if (!config || NOT_IN_CONFIG.has(key) || key.includes('.')) return undefined;
    return this.placed(addKeyword(this.code.text, config, key, value));
  }

  remove(key: string): TextEdit[] | undefined {
    const { call, keyword } = this.written.get(key) ?? {};
    return call && keyword && this.placed(removeKeyword(this.code.text, call, keyword));
  }

  rename(key: string, to: string): TextEdit[] | undefined {
    const { call, keyword } = this.written.get(key) ?? {};
    if (!call || !keyword || this.written.has(to)) return undefined;
    if (key.startsWith(TRAINER) !== to.startsWith(TRAINER)) return this.move(call, keyword, to);
    return this.placed([{ range: keyword.nameRange, newText: to.replace(TRAINER, '') }]);
  }

  placeOf(): Range {
    const { start, end } = (this.training.config ?? this.training.trainer)?.nameRange ?? { start: 0, end: 0 };
    return this.code.range(start, end);
  }

  /** From the trainer's call to the config's. */
  private move(call: PythonCall, keyword: PythonKeyword, to: string): TextEdit[] | undefined {
    const { config } = this.training;
    const { text } = this.code;
    const isInside = config && config.range.start >= call.range.start && config.range.end <= call.range.end;
    if (!config || keyword.value === undefined || keyword.value === null || isObject(keyword.value))
      return undefined;
    const removal = removeKeyword(text, call, keyword);
    const addition = addKeyword(text, config, to, keyword.value as Value);
    const overlaps = removal.some(({ range }) =>
      addition.some((other) => other.range.start >= range.start && other.range.start <= range.end),
    );
    return overlaps && isInside ? undefined : this.placed([...removal, ...addition]);
  }

  private addModels(): void {
    const { policy, reference, referenceArgument, peftArgument } = this.training;
    if (policy?.path) this.addValue('model_name_or_path', policy.path, policy.path.value);
    if (reference && referenceArgument) {
      const place = reference.path ?? referenceArgument;
      this.addValue('ref_model', place, reference.path?.value);
    }
    const adapter = peftArgument ?? firstName(policy?.adapters[0]);
    if (adapter) this.addValue('use_peft', adapter, true);
    if (policy?.continuesAdapter && policy.path) this.addValue('continued_adapter', policy.path, true);
  }

  private add(key: string | undefined, keyword: PythonKeyword, call: PythonCall | undefined): void {
    if (key === undefined || !call) return;
    this.written.set(key, {
      entry: this.entryOf(key, keyword.nameRange, keyword, keyword.value),
      call,
      keyword,
    });
  }

  private addValue(
    key: string,
    place: { readonly range: Range; readonly itemRanges: readonly Range[] },
    value: PythonValue['value'],
  ): void {
    this.written.set(key, { entry: this.entryOf(key, place.range, place, value) });
  }

  private entryOf(
    key: string,
    keyRange: Range,
    { range, itemRanges }: Pick<PythonValue, 'range' | 'itemRanges'>,
    value: PythonValue['value'],
  ): Entry {
    const placed = ({ start, end }: Range): Range => this.code.range(start, end);
    return {
      key,
      keyRange: placed(keyRange),
      range: placed(range),
      value,
      text: this.code.text.slice(range.start, range.end),
      itemRanges: itemRanges.map(placed),
    };
  }

  private placed(edits: readonly TextEdit[]): TextEdit[] {
    return jsonStringEdits(this.code, edits);
  }

  private escaped(text: string): string {
    return this.code.isNested ? JSON.stringify(text).slice(1, -1) : text;
  }
}

/** Arguments of the trainer that hold objects, or that are read on their own. */
const OF_SCRIPTS = new Set([
  'model',
  'ref_model',
  'args',
  'peft_config',
  'train_dataset',
  'eval_dataset',
  'processing_class',
  'data_collator',
  'callbacks',
  'compute_metrics',
  'optimizers',
  'preprocess_logits_for_metrics',
  'model_init',
  'optimizer_cls_and_kwargs',
  'quantization_config',
]);

const ADAPTER_KEYS: Readonly<Record<string, string>> = {
  r: 'lora_r',
  lora_alpha: 'lora_alpha',
  lora_dropout: 'lora_dropout',
  target_modules: 'lora_target_modules',
};

const LOADING_KEYS: Readonly<Record<string, string>> = {
  load_in_4bit: 'load_in_4bit',
  load_in_8bit: 'load_in_8bit',
  dtype: 'dtype',
  torch_dtype: 'dtype',
  attn_implementation: 'attn_implementation',
};

/** Said by objects, so that no literal can be written in their place. */
const NO_VALUES = new Set(['use_peft', 'continued_adapter', 'ref_model']);

/** Settings of the command line that the config class does not have. */
const NOT_IN_CONFIG = new Set([
  ...NO_VALUES,
  ...Object.values(ADAPTER_KEYS),
  ...Object.values(LOADING_KEYS),
  'model_name_or_path',
  'model_revision',
  'dataset_name',
  'dataset_config',
  'dataset_train_split',
  'dataset_test_split',
  'datasets',
  'accelerate_config',
]);

function firstName(call: PythonCall | undefined): { range: Range; itemRanges: Range[] } | undefined {
  return call && { range: call.nameRange, itemRanges: [] };
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && !Array.isArray(value);
}
