/**
 * What is known beyond the config's text: about the models it names, its data and this machine. Every part is
 * optional: in an untrusted or virtual workspace nothing is read, and rules that need a fact stay silent without it.
 */
export interface Facts {
  readonly policy?: ModelFacts;
  readonly reference?: ModelFacts;
  readonly adapter?: AdapterFacts;
  readonly train?: DataFacts;
  readonly eval?: DataFacts;
  /** Where `data.eval` names pairs of their own. */
  readonly sharedPrompts?: SharedPrompts;
  readonly machine?: MachineFacts;
  /** What the accelerate config says; absent where none is named, or it leaves open what is split. */
  readonly sharing?: Sharing;
  /** What helps to read a file of another trainer: installed versions, and files that it builds upon. */
  readonly reading?: ReadingFacts;
  /** Unfinished runs that were started from this config file. */
  readonly unfinishedRuns?: readonly UnfinishedRun[];
  /** Where the trainer of the config continues by itself from checkpoints in its output folder. */
  readonly output?: OutputFacts;
}

/** How an accelerate config spreads a training over devices. */
export interface Sharing {
  /** Devices; a process computes on each. */
  readonly processes: number;
  /** What is split among them; each later word includes those before it. */
  readonly split: 'nothing' | 'moments' | 'gradients' | 'weights';
  /** AdamW's moments lie in the memory of the machine. */
  readonly offloadsMoments: boolean;
}

/** What lies in the output folder of another trainer's config. */
export interface OutputFacts {
  /** As the config names it. */
  readonly folder: string;
  readonly checkpoints: number;
  /** Of the run that wrote them, where its logs record it. */
  readonly beta?: number;
}

/** What helps to read a config, beyond its text. */
export interface ReadingFacts {
  /** Installed versions of Python packages, such as `{ trl: '0.19.1' }`. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Texts of the files that this one builds upon, by the name that is written. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What must be looked up for a config; plain data, so that a worker can do it. */
export interface FactQuery {
  /** Folder that relative paths start from: the config file's. */
  readonly baseFolder: string;
  /** The config file, by which earlier runs are recognised. */
  readonly configFile: string;
  readonly policy?: ModelQuery;
  readonly reference?: ModelQuery;
  /** Adapter of the starting policy. */
  readonly adapter?: string;
  /** The output folder of a trainer that continues by itself from checkpoints in it. */
  readonly output?: string;
  readonly train?: DataQuery;
  readonly eval?: DataQuery;
  /** For counting tokens: tokens, as in `data.*`. */
  readonly maxLength: number;
  readonly maxPromptLength: number;
  /** `auto`, `none` or a Jinja file. */
  readonly chatTemplate: string;
  /** File of accelerate's config. */
  readonly accelerateConfig?: string;
  /** Where runs are kept, relative to the workspace or config folder. */
  readonly dataFolder: string;
  /** Folder that holds `dataFolder`. */
  readonly workspaceFolder: string;
}

export interface ModelQuery {
  readonly path: string;
  readonly revision?: string;
}

export interface DataQuery {
  readonly path: string;
  readonly split?: string;
  readonly config?: string;
  /** Names of the columns: `data.columns`. */
  readonly columns: { readonly prompt: string; readonly chosen: string; readonly rejected: string };
  /** What a ranked list of answers becomes: `data.ranked`; refused where absent. */
  readonly ranked?: 'refuse' | 'best_worst';
  /** Pairs without a prompt are wanted: `data.empty_prompts`. */
  readonly emptyPrompts?: boolean;
}

export type ModelFacts =
  | {
      readonly found: 'no' /** A sentence: what was looked for and where. */;
      readonly reason: string;
      readonly looksLike: 'hub id' | 'folder';
    }
  | ({ readonly found: 'folder' | 'hub cache'; readonly folder: string } & ModelShape);

export interface ModelShape {
  /** `model_type` of config.json, such as llama. */
  readonly family?: string;
  readonly layers?: number;
  readonly hiddenSize?: number;
  readonly intermediateSize?: number;
  readonly attentionHeads?: number;
  readonly keyValueHeads?: number;
  readonly vocabularySize?: number;
  readonly tiedEmbeddings?: boolean;
  /** From the safetensors headers, else computed from the shape. */
  readonly parameters?: number;
  readonly hasChatTemplate: boolean;
  readonly eosToken?: string;
  readonly bosToken?: string;
  /** Why the embedded trainer cannot train it, as the end of a sentence. */
  readonly embeddedFault?: string;
  /** Tokens, where the embedded trainer has to stay within them. */
  readonly longestSequence?: number;
  /** Neither the tokenizer nor config.json names an end-of-sequence token. */
  readonly lacksEnd?: true;
}

export type AdapterFacts =
  | { readonly found: 'no'; readonly reason: string }
  | {
      readonly found: 'folder' | 'hub cache' /** base_model_name_or_path of adapter_config.json */;
      readonly baseModel?: string;
      /** Why the embedded trainer cannot merge it, as the end of a sentence. */
      readonly embeddedFault?: string;
    };

export type DataFacts =
  | { readonly state: 'remote'; readonly reason: string }
  | {
      readonly state: 'missing' | 'unreadable' /** A sentence with the place, such as a line number. */;
      readonly reason: string;
    }
  | ReadData;

export interface ReadData {
  readonly state: 'read';
  readonly files: readonly string[];
  /** Columns of the sampled rows. */
  readonly columns: readonly string[];
  /** How chosen and rejected are written; `unknown` when the columns for pairs are missing. */
  readonly format: 'strings' | 'messages' | 'transcripts' | 'unknown';
  /** How the first pair was understood. */
  readonly layout?: DataLayout;
  /** Pairs that were looked at: a bounded sample from the start of the file. */
  readonly sampled: number;
  /** All pairs of the files, where the sample reached the end. */
  readonly total?: number;
  readonly identicalPairs: number;
  /** Pairs with a side that is empty. */
  readonly emptyResponses: number;
  /** Row of the first pair with an empty side, counted from 1. */
  readonly firstEmptyRow?: number;
  /** Pairs without a prompt, where the config does not want them. */
  readonly emptyPrompts?: number;
  /** Row of the first pair without a prompt, counted from 1. */
  readonly firstEmptyPromptRow?: number;
  /** Rows that are no pairs, and why the first is none. */
  readonly noPairs?: {
    readonly rows: number;
    readonly firstRow: number /** A sentence. */;
    readonly problem: string;
  };
  /** Characters. */
  readonly meanChosenLength: number;
  readonly meanRejectedLength: number;
  /** Present where the policy's tokenizer was at hand. */
  readonly tokens?: TokenFacts;
  /** A sentence: why there are no token counts although the policy was found. */
  readonly tokensReason?: string;
  /** Present where the data holds messages and there is a template. */
  readonly template?: TemplateFacts;
  /** A sentence: why the chat template cannot be used. */
  readonly templateReason?: string;
}

/** How rows are understood as pairs. */
export interface DataLayout {
  readonly name: string;
  readonly columns: readonly string[];
  /** The prompt's column where neither the config nor TRL's standard names it. */
  readonly promptColumn?: string;
}

/** Prompts of held-out pairs that are trained on, too. */
export interface SharedPrompts {
  /** Held-out pairs that were looked at, and those with a prompt that is trained on. */
  readonly evalPairs: number;
  readonly shared: number;
  /** Training pairs that were looked at. */
  readonly trainPairs: number;
}

/** What the chat template makes of the sampled pairs of messages. */
export interface TemplateFacts {
  /** Pairs that were rendered, or refused. */
  readonly pairs: number;
  /** Pairs that the template refuses, and its words for the first of them. */
  readonly refused: number;
  readonly refusal?: string;
  /** Pairs of which both responses become the same text. */
  readonly equal: number;
  /** Responses whose reasoning is not in what the template writes. */
  readonly withoutReasoning: number;
  /** Pairs before whose responses the template does not write what it ends a prompt with. */
  readonly apart: number;
  /** What that is, in the first of them. */
  readonly opening?: string;
  /** The template writes a date. */
  readonly writesDate: boolean;
}

/** Counts over the sampled pairs, with the policy's tokenizer and template. */
export interface TokenFacts {
  readonly pairs: number;
  /** Pairs whose longer side exceeds the length limit. */
  readonly overLength: number;
  /** Pairs whose prompt alone reaches the length limit. */
  readonly promptFills: number;
  /** Tokens, before any cut. */
  readonly longestPair: number;
  /** Responses that do not end in the end-of-sequence token after templating (messages only). */
  readonly withoutEos: number;
  /** Responses with a literal begin- or end-of-sequence token inside their text. */
  readonly withInnerSpecial: number;
  /** Pairs whose tokenized prompt is no prefix of the tokenized prompt plus response. */
  readonly prefixMismatch: number;
}

export interface MachineFacts {
  /** Bytes. */
  readonly memory: number;
  /** Threads that the processor runs at once. */
  readonly processors?: number;
  /** The largest NVIDIA GPU's memory in bytes, and its name. */
  readonly gpu?: { readonly name: string; readonly memory: number };
}

export interface UnfinishedRun {
  readonly id: string;
  /** As the job last wrote it: a killed one still says `running`. */
  readonly state: string;
  readonly step?: number;
  readonly checkpoints: number;
  readonly beta?: number;
  readonly reference?: string;
}
