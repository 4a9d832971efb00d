import { expect, test } from 'vitest';
import { type Argument, readArguments } from '../../../src/core/config/shell/arguments';
import { addArgument, changeValue, removeArgument } from '../../../src/core/config/shell/edit-shell';
import { readShell, type ShellScript } from '../../../src/core/config/shell/read-shell';
import type { ShellCommand, ShellWord } from '../../../src/core/config/shell/word';
import { applyEdits, type TextEdit } from '../../../src/core/words/text';

interface Target {
  readonly script: ShellScript;
  readonly words: readonly ShellWord[];
  readonly argument: Argument;
}

/** The argument `b` of the last command. */
function target(text: string): Target {
  const script = readShell(text);
  const words = script.commands.at(-1)?.words ?? [];
  return {
    script,
    words,
    argument: readArguments(words, 1).list.findLast(({ name }) => name === 'b') as Argument,
  };
}

function edited(text: string, edits: TextEdit[] | undefined): string | undefined {
  return edits && applyEdits(text, edits);
}

const CHANGED: [before: string, after: string | undefined, value?: string][] = [
  ['run --b 0.1 --c', 'run --b 0.5 --c'],
  ['run --b=0.1', 'run --b=0.5'],
  ['run ++b=0.1', 'run ++b=0.5'],
  ['run --b "0.1"', 'run --b 0.5'],
  ['run --b', 'run --b 0.5'],
  ['run --b= --c', 'run --b=0.5 --c'],
  ['run --b $1', 'run --b 0.5'],
  ['B=0.1\nrun --b $B', 'B=0.5\nrun --b $B'],
  ['B="0.1" # comment\nrun --b "$B"', 'B="0.5" # comment\nrun --b "$B"'],
  [`B='0.1'\nrun --b=\${B}`, `B='0.5'\nrun --b=\${B}`],
  ['B=0.1\nA=$B\nrun --b $A', 'B=0.5\nA=$B\nrun --b $A'],
  ['B=0.1\nrun --b $B --out dpo-$B', 'B=0.1\nrun --b 0.5 --out dpo-$B'],
  [`B=\${B:-0.1}\nrun --b $B`, `B=\${B:-0.5}\nrun --b $B`],
  [`run --b \${1:-0.1}`, `run --b \${1:-0.5}`],
  ['A="--a \\\n  --b 0.1"\nrun $A', 'A="--a \\\n  --b 0.5"\nrun $A'],
  ['A="--b 0.1"\nrun $A\nrun $A', undefined],
  [`A=(--a 1 --b 0.1)\nrun "\${A[@]}"`, `A=(--a 1 --b 0.5)\nrun "\${A[@]}"`],
  ['for b in 0.1 0.2; do run --b $b; done', 'for b in 0.1 0.2; do run --b 0.5; done'],
  ['srun bash -c "run --b \\$B"', 'srun bash -c "run --b 0.5"'],
  [
    "read -r -d '' C <<EOF\nrun \\\n --b 0.1 \\\n --c\nEOF\nx $C",
    "read -r -d '' C <<EOF\nrun \\\n --b 0.5 \\\n --c\nEOF\nx $C",
  ],
  ['run --b x', "run --b 'a b'", 'a b'],
  ['run --b "x"', `run --b 'a "b"'`, 'a "b"'],
  ["run b='[1]'", "run b='[1, 2]'", '[1, 2]'],
  ['A="--b x"\nrun $A', undefined, 'a b'],
  ['B="x"\nrun --b "$B"', 'B="a b"\nrun --b "$B"', 'a b'],
  ['run --b x', undefined, `it's`],
];

test.each(CHANGED)('A changed value in %j', (before, after, value = '0.5') => {
  const { script, argument } = target(before);
  expect(edited(before, changeValue(script, argument, value))).toBe(after);
});

const REMOVED: [before: string, after: string | undefined][] = [
  ['run --a 1 --b 2 --c 3', 'run --a 1 --c 3'],
  ['run --a 1 --b', 'run --a 1'],
  ['run \\\n  --a 1 \\\n  --b 2 \\\n  --c 3', 'run \\\n  --a 1 \\\n  --c 3'],
  ['run \\\n  --a 1 \\\n  --b 2\n', 'run \\\n  --a 1\n'],
  ['run a=1 b=2 c=3', 'run a=1 c=3'],
  ['run --b x y --c', 'run --c'],
  ['A="--b 1 --c 2"\nrun $A', 'A="--c 2"\nrun $A'],
  ['A="--b 1"\nrun $A $A', undefined],
  ['run --b 1 $MORE', 'run $MORE'],
];

test.each(REMOVED)('A removed argument in %j', (before, after) => {
  const { script, words, argument } = target(before);
  expect(edited(before, removeArgument(script, words, argument))).toBe(after);
});

const ADDED: [before: string, after: string | undefined][] = [
  ['run', 'run --x 1'],
  ['run --a 1', 'run --a 1 --x 1'],
  ['run --a 1 > log', 'run --a 1 --x 1 > log'],
  ['run --a 1 "$@"', 'run --a 1 --x 1 "$@"'],
  ['run --a 1 | tee log', 'run --a 1 --x 1 | tee log'],
  ['run \\\n    --a 1 \\\n    --b 2 &&\nnext', 'run \\\n    --a 1 \\\n    --b 2 \\\n    --x 1 &&\nnext'],
  [`A=(\n  --a 1\n  --b 2\n)\nrun "\${A[@]}"`, `A=(\n  --a 1\n  --b 2\n  --x 1\n)\nrun "\${A[@]}"`],
  ['A="--a 1"\nrun $A\nrun $A', 'A="--a 1"\nrun $A\nrun $A --x 1'],
];

test.each(ADDED)('An added argument in %j', (before, after) => {
  const script = readShell(before);
  const command = script.commands.findLast(({ words }) => words[0]?.value === 'run') as ShellCommand;
  expect(edited(before, addArgument(script, command, readArguments(command.words, 1), '--x 1'))).toBe(after);
});
