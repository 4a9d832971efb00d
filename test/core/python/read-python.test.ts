import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { type PythonTraining, readPython } from '../../../src/core/config/python/read-python';
import { preparePythonParser } from '../../support/python-parser';

beforeAll(preparePythonParser);

/** What each training says, as text: config and trainer arguments, policy, reference, adapter. */
function summary(text: string): string[] {
  return readPython(text).map((training) => {
    const { config, trainer, policy, reference, peft } = training;
    const calls = [config, trainer, peft].flatMap((call) =>
      call ? [`${call.name}(${listed(call.keywords)})`] : [],
    );
    const sources = Object.entries({ policy, reference }).flatMap(([name, source]) =>
      source
        ? [
            `${name}=${source.path?.value ?? '?'}${source.adapters.length > 0 ? '+adapter' : ''}${source.continuesAdapter ? '+continued' : ''}`,
          ]
        : [],
    );
    return [...calls, ...sources].join(' ');
  });
}

function listed(keywords: NonNullable<PythonTraining['config']>['keywords']): string {
  return keywords
    .map(({ name, value }) => `${name}=${value === undefined ? '?' : JSON.stringify(value)}`)
    .join(' ');
}

const READ: Record<string, [text: string, ...expected: string[]]> = {
  numbers: [
    'DPOConfig(beta=0.1, lr=5e-7, a=1_000, b=-2, c=.5, d=+1, e=0x10)',
    'DPOConfig(beta=0.1 lr=5e-7 a=1000 b=-2 c=0.5 d=1 e=16)',
  ],
  words: [
    `DPOConfig(a='x', b="y\\n", c=r"\\n", d='''z''', e="x" "y", f=f"plain")`,
    'DPOConfig(a="x" b="y\\n" c="\\\\n" d="z" e="xy" f="plain")',
  ],
  constants: ['DPOConfig(a=True, b=False, c=None)', 'DPOConfig(a=true b=false c=null)'],
  'lists and dictionaries': [
    'DPOConfig(a=["sigmoid", "sft"], b=(1, 2), c={"x": 1}, d=[], e=(1))',
    'DPOConfig(a=["sigmoid","sft"] b=[1,2] c={"x":1} d=[] e=1)',
  ],
  'types of torch': ['DPOConfig(dtype=torch.bfloat16)', 'DPOConfig(dtype="bfloat16")'],
  'what has to run': [
    'DPOConfig(a=x, b=f"{x}", c=1 + 1, d=f(), e=[x], f=x.y, g=b"x", h=-x, i=1j)',
    'DPOConfig(a=? b=? c=? d=? e=? f=? g=? h=? i=?)',
  ],
  'comments between arguments': ['DPOConfig(\n  # the scale\n  beta=0.1,  # low\n)', 'DPOConfig(beta=0.1)'],
  'a dotted name': ['import trl\nargs = trl.DPOConfig(beta=0.1)', 'DPOConfig(beta=0.1)'],
  'a trainer with its config': [
    'args = DPOConfig(beta=0.1)\nDPOTrainer(args=args, beta=0.2)',
    'DPOConfig(beta=0.1) DPOTrainer(args=? beta=0.2)',
  ],
  'a config within a trainer': [
    'DPOTrainer(args=DPOConfig(beta=0.1))',
    'DPOConfig(beta=0.1) DPOTrainer(args=?)',
  ],
  'a config by its place': [
    'a = DPOConfig(beta=0.1)\nb = DPOConfig(beta=0.2)\nDPOTrainer(m, None, b)',
    'DPOConfig(beta=0.1)',
    'DPOConfig(beta=0.2) DPOTrainer() policy=?',
  ],
  'several trainings': [
    'a = DPOConfig(beta=0.1)\nDPOTrainer(args=a)\na = DPOConfig(beta=0.2)\nDPOTrainer(args=a)',
    'DPOConfig(beta=0.1) DPOTrainer(args=?)',
    'DPOConfig(beta=0.2) DPOTrainer(args=?)',
  ],
  'the arguments of old versions': [
    'from transformers import TrainingArguments\nDPOTrainer(args=TrainingArguments(learning_rate=1e-6), beta=0.1)',
    'TrainingArguments(learning_rate=0.000001) DPOTrainer(args=? beta=0.1)',
  ],
  'one config that a function gets': [
    'def run(args):\n  DPOTrainer(args=args)\nrun(DPOConfig(beta=0.1))',
    'DPOConfig(beta=0.1) DPOTrainer(args=?)',
  ],
  'a policy by its name': [
    'DPOTrainer("org/model", ref_model="org/ref", args=a)',
    'DPOTrainer(ref_model="org/ref" args=?) policy=org/model reference=org/ref',
  ],
  'a policy that is loaded': [
    'model = AutoModelForCausalLM.from_pretrained("org/m", dtype=x)\nDPOTrainer(model=model, ref_model=None)',
    'DPOTrainer(model=? ref_model=null) policy=org/m',
  ],
  'a policy under a name': [
    'name = "org/m"\nmodel = A.from_pretrained(name)\nDPOTrainer(model=model)',
    'DPOTrainer(model=?) policy=?',
  ],
  'the policy of unsloth': [
    'model, tok = FastLanguageModel.from_pretrained(model_name="unsloth/m", load_in_4bit=True)\nmodel = FastLanguageModel.get_peft_model(model, r=16)\nDPOTrainer(model=model, args=DPOConfig())',
    'DPOConfig() DPOTrainer(model=? args=?) policy=unsloth/m+adapter',
  ],
  'an adapter that is continued': [
    'm = PeftModel.from_pretrained(A.from_pretrained("org/m"), "sft")\nDPOTrainer(m)',
    'DPOTrainer() policy=org/m+continued',
  ],
  'an adapter that is loaded': [
    'DPOTrainer(AutoPeftModelForCausalLM.from_pretrained("sft"))',
    'DPOTrainer() policy=sft+continued',
  ],
  'an adapter config': [
    'peft = LoraConfig(r=8)\nDPOTrainer(m, peft_config=peft)',
    'DPOTrainer(peft_config=?) LoraConfig(r=8) policy=?',
  ],
  'no adapter config': ['DPOTrainer(m, peft_config=None)', 'DPOTrainer(peft_config=null) policy=?'],
  'notebook lines': ['%pip install trl\n!ls\nDPOConfig(beta=0.1)', 'DPOConfig(beta=0.1)'],
  'broken code around': ['def f(:\nx = DPOConfig(beta=0.1)\nclass', 'DPOConfig(beta=0.1)'],
  'a text': ['x = """\nDPOConfig(beta=0.1)\n"""'],
  'a comment': ['# DPOConfig(beta=0.1)'],
  'a class': ['class DPOConfig(Base):\n  beta = 0.1\nDPOConfig(beta=0.1)'],
  'a class of another package': ['from nemo_rl.algorithms.dpo import DPOConfig\nDPOConfig(beta=0.1)'],
  'a class of the package itself': ['from .dpo_config import DPOConfig\nDPOConfig(beta=0.1)'],
  'an import over several lines': [
    'from trl import (\n  DPOConfig,\n  DPOTrainer,\n)\nDPOConfig(beta=0.1)',
    'DPOConfig(beta=0.1)',
  ],
  'another class': ['MyDPOConfig(beta=0.1)\nSFTConfig(beta=0.1)'],
  'no call': ['x = DPOConfig\ny: DPOConfig = x'],
};

test.each(Object.entries(READ))('Reads %s', (_, [text, ...expected]) => {
  expect(summary(text)).toEqual(expected);
});

test('More arguments than are written', () => {
  const [training] = readPython('DPOConfig(beta=0.1, **settings)');
  expect(training?.config?.hasMore).toBe(true);
});

test('Names, values and items have their places', () => {
  const text = 'é = "ü😀"\nargs = DPOConfig(loss_type=["a", "b"])';
  const [keyword] = readPython(text)[0]?.config?.keywords ?? [];
  const slices = [keyword?.nameRange, keyword?.range, ...(keyword?.itemRanges ?? [])].map(
    (range) => range && text.slice(range.start, range.end),
  );
  expect(slices).toEqual(['loss_type', '["a", "b"]', '"a"', '"b"']);
});

test('Whatever the text, reading it does not throw and every range lies inside of it', () => {
  const part = fc.constantFrom(
    'DPOConfig(',
    'DPOTrainer(',
    'beta=',
    '0.1',
    ')',
    ',',
    '"',
    "'",
    '"""',
    'x',
    '=',
    '[',
    ']',
    '{',
    '}',
    '\n',
    '  ',
    '#',
    '**',
    'model = ',
    'A.from_pretrained(',
    '\\',
    'é',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 3 })), { maxLength: 25 }), (parts) => {
      const text = parts.join('');
      for (const { config, trainer } of readPython(text)) {
        for (const call of [config, trainer]) {
          for (const range of call
            ? [call.range, ...call.keywords.map((keyword) => keyword.wholeRange)]
            : []) {
            expect(range.start).toBeGreaterThanOrEqual(0);
            expect(range.end).toBeLessThanOrEqual(text.length);
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});
