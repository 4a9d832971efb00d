import { modelFamily } from '../config/model-names';

/** What models of a family and size have in common, as their config.json say. */
interface FamilyShape {
  readonly vocabulary: number;
  /** Attention heads that share a key head. */
  readonly grouped: number;
}

/** Families by rising size: the first row whose size is not below the model's counts. Parameters in billions. */
const SHAPES: Readonly<Record<string, readonly (readonly [upTo: number, FamilyShape])[]>> = {
  'llama-2': [
    [20, { vocabulary: 32_000, grouped: 1 }],
    [Infinity, { vocabulary: 32_000, grouped: 8 }],
  ],
  'llama-3': [
    [2, { vocabulary: 128_256, grouped: 4 }],
    [4, { vocabulary: 128_256, grouped: 3 }],
    [10, { vocabulary: 128_256, grouped: 4 }],
    [Infinity, { vocabulary: 128_256, grouped: 8 }],
  ],
  mistral: [[Infinity, { vocabulary: 32_000, grouped: 4 }]],
  qwen: [
    [1, { vocabulary: 151_936, grouped: 7 }],
    [2, { vocabulary: 151_936, grouped: 6 }],
    [10, { vocabulary: 152_064, grouped: 7 }],
    [40, { vocabulary: 152_064, grouped: 5 }],
    [Infinity, { vocabulary: 152_064, grouped: 8 }],
  ],
  gemma: [[Infinity, { vocabulary: 256_000, grouped: 2 }]],
  smollm: [
    [1, { vocabulary: 49_152, grouped: 3 }],
    [Infinity, { vocabulary: 49_152, grouped: 1 }],
  ],
  phi: [[Infinity, { vocabulary: 51_200, grouped: 1 }]],
  olmo: [[Infinity, { vocabulary: 100_352, grouped: 1 }]],
  pythia: [[Infinity, { vocabulary: 50_304, grouped: 1 }]],
  gpt2: [[Infinity, { vocabulary: 50_257, grouped: 1 }]],
};

/** Of a name that tells no family: not grouped, which counts rather too much. */
const UNKNOWN: FamilyShape = { vocabulary: 64_000, grouped: 1 };

/** A guess from the name of a model. */
export function familyShape(name: string, parameters: number): FamilyShape {
  const rows = SHAPES[modelFamily(name) ?? ''] ?? [];
  return rows.find(([upTo]) => parameters <= upTo * 1e9)?.[1] ?? UNKNOWN;
}
