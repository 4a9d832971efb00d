import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readShell } from '../../../src/core/config/shell/read-shell';

/** The commands of a script as one line each; `?` stands for what only running the script decides. */
function commands(text: string): string[] {
  return readShell(text).commands.map(({ words }) => words.map(({ value }) => value ?? '?').join(' '));
}

const READ: Record<string, [script: string, ...commands: string[]]> = {
  'a command': ['python train.py --beta 0.1', 'python train.py --beta 0.1'],
  'several commands': ['a 1; b 2 && c 3\nd 4 | e 5', 'a 1', 'b 2', 'c 3', 'd 4', 'e 5'],
  'line continuations': [
    'python train.py \\\n  --beta 0.1 \\\n  --lr 1e-6\n',
    'python train.py --beta 0.1 --lr 1e-6',
  ],
  'Windows line breaks': ['for x in a; do\r\n  run \\\r\n  $x\r\ndone\r\n', 'run a'],
  'variables in front of a program': ['CUDA_VISIBLE_DEVICES=0 A=1 python x.py', 'python x.py'],
  comments: ['# python a.py --beta 1\npython b.py # --beta 2', 'python b.py'],
  quotes: [`run 'a b' "c d" e\\ f "g"'h'`, 'run a b c d e f gh'],
  'an empty string': ['run "" x', 'run  x'],
  'a variable above': [
    `BETA=0.1\nrun --beta $BETA --b2 \${BETA} --b3 "$BETA"`,
    'run --beta 0.1 --b2 0.1 --b3 0.1',
  ],
  'a variable within a word': ['N=7b\nrun --out=models/$N-dpo', 'run --out=models/7b-dpo'],
  'variables of variables': ['A=x\nB=$A/y\nrun $B', 'run x/y'],
  'a variable below': ['run $A\nA=1', 'run ?'],
  'a variable that is set again': ['A=1\nrun $A\nA=2\nrun $A', 'run 1', 'run 2'],
  'exported and declared variables': [
    'export A=1 B=2\ndeclare -r C=3\nreadonly D=4\nrun $A $B $C $D',
    'run 1 2 3 4',
  ],
  parameters: [`run $1 "$2" \${3}`, 'run ? ? ?'],
  'the environment': ['run $HOME', 'run ?'],
  'a default': [`run \${BETA:-0.1}`, 'run ?'],
  'a default of a variable above': [`BETA=0.5\nrun \${BETA:-0.1}`, 'run 0.5'],
  'a default of an empty variable': [`BETA=\nrun "\${BETA-0.1}x"`, 'run ?'],
  'an assigned default': [`: \${LR:=1e-6}\nrun $LR`, ': ?', 'run ?'],
  'an alternative': [`A=1\nrun \${A:+x} \${A#1} \${#A} \${!A}`, 'run ? ? ? ?'],
  'the output of commands': ['A=$(date)\nrun $A `date`', 'date', 'run ? ?', 'date'],
  'a calculation': ['N=8\nG=$((128 / $N / 2))\nrun $G $((N*2)) $((X+1))', 'run 8 16 ?'],
  'a calculation that stops at 0': ['run $((1/0))', 'run ?'],
  'a text of several words': ['ARGS="--a 1 \\\n  --b 2"\nrun $ARGS --c', 'run --a 1 --b 2 --c'],
  'a text of several words in quotes': ['A="x y"\nrun "$A"', 'run x y'],
  'no words': ['A=""\nrun $A --x', 'run --x'],
  'words that grow': ['A="--a"\nA="$A --b $1"\nA+=" --c"\nrun $A', 'run --a --b ? --c'],
  'an array': [`A=(--a "b c")\nA+=(--d $1)\nrun "\${A[@]}" \${A[1]} $A`, 'run --a b c --d ? b c --a'],
  'an array of split words': [`T="m 8"\nA=($T)\nrun \${A[0]} \${A[1]} \${A[2]}`, 'run m 8 ?'],
  'an array behind something unknown': [`A=($1 x)\nrun \${A[1]}`, 'run ?'],
  'an element that is set': [`A=(1 2)\nA[0]=3\nrun \${A[0]}`, 'run ?'],
  'a branch': ['A=1\nif x; then A=2; fi\nrun $A', 'x', 'run ?'],
  'branches that agree': ['A=1\nif x; then B=2; else C=3; fi\nrun $A', 'x', 'run 1'],
  'a branch that ends the script': ['A=1\nif x; then A=2; exit 1; fi\nrun $A', 'x', 'exit 1', 'run 1'],
  'a case': ['A=1\ncase $1 in a) A=2;; *) B=1;; esac\nrun $A', 'run ?'],
  'a condition in short': ['A=1\n[ -n "$B" ] && A=2\nrun $A', '[ -n ? ]', 'run ?'],
  'a loop over values': ['for b in 0.1 0.2; do run $b; done\nrun $b', 'run ?', 'run ?'],
  'a loop over one value': ['for b in 0.1; do run $b; done', 'run 0.1'],
  'a loop that counts': ['i=0\nwhile x; do run $i; i=$((i+1)); done', 'x', 'run ?'],
  'a loop that leaves a variable alone': ['A=1\nfor x in 1 2; do run $A; done', 'run 1'],
  'a subshell': ['A=1\n(A=2; run $A)\nrun $A', 'run 2', 'run 1'],
  'what is read': ['read -r A\nrun $A', 'read -r A', 'run ?'],
  'what is unset': ['A=1\nunset A\nrun $A', 'unset A', 'run ?'],
  'a calculation that changes': ['i=1\n((i++))\nrun $i', 'run ?'],
  'a function': ['A=1\ntrain() { run $A $1 "$@"; }\ntrain x', 'run 1 ? ?', 'train x'],
  'a function and a variable that changes': ['A=1\ntrain() { run $A; }\nA=2\ntrain', 'run ?', 'train'],
  'a function that changes a variable': ['A=1\nset_a() { A=2; }\nset_a\nrun $A', 'set_a', 'run ?'],
  'a heredoc that is read': [
    `read -r -d '' CMD <<EOF\ntrain.py \\\n --a $1 \\\n --b 2\nEOF\ndeepspeed $CMD`,
    'read -r -d  CMD',
    'deepspeed train.py --a ? --b 2',
  ],
  'a heredoc of cat': ['CMD=$(cat <<EOF\ntrain.py --b 2\nEOF\n)\nrun $CMD', 'run train.py --b 2'],
  'a heredoc for a shell': ['B=1\nbash <<EOF\nrun $B\nEOF', 'bash', 'run 1'],
  'a heredoc for a queue': ['sbatch <<"EOF"\n#!/bin/bash\nrun --a 1\nEOF', 'sbatch', 'run --a 1'],
  'a heredoc that is a script': ['cat > job.sh <<EOF\n#!/bin/bash\nrun 1\nEOF', 'cat', 'run 1'],
  'a heredoc that is text': ['cat <<EOF\nrun 1\nEOF', 'cat'],
  'code in a string': [`B=1\nsrun bash -c "A=2\nrun $B \\$A"`, 'srun bash -c', 'run 1 2'],
  'code in single quotes': [`bash -lc 'run "x y"'`, 'bash -lc', 'run x y'],
  'code for a queue': ['sbatch --wrap="run --a 1"', 'sbatch', 'run --a 1'],
  'a text that is run': [
    'CMD="run --a 1"\neval $CMD\neval "$CMD"\n$CMD',
    'eval run --a 1',
    'eval run --a 1',
    'run --a 1',
  ],
  'lists with brackets': ['run sets=[a,b] "x={a: [b]}" *.yaml {1..2}', 'run sets=[a,b] x={a: [b]} ? ?'],
  redirections: ['run --a 1 > log 2>&1 &', 'run --a 1'],
  'a program that is unknown': ['$1 --a', '? --a'],
  'a quote that does not end': ['run "a\nb', 'run a\nb'],
};

test.each(Object.entries(READ))('Reads %s', (_, [script, ...expected]) => {
  expect(commands(script)).toEqual(expected);
});

test('A word stands where it is written, one of several words of a variable in the variable', () => {
  const text = 'B=0.1\nARGS="--x 1 \\\n  --y $B"\nrun --beta "$B" $ARGS';
  const { words } = readShell(text).commands[0] ?? { words: [] };
  const places = words.map(({ range }) => text.slice(range.start, range.end));
  expect(places).toEqual(['run', '--beta', '"$B"', '--x', '1', '--y', '$B']);
  expect(words[3]?.range.start).toBe(text.indexOf('--x'));
  expect(words.map(({ within }) => within)).toEqual([
    undefined,
    undefined,
    undefined,
    'ARGS',
    'ARGS',
    'ARGS',
    'ARGS',
  ]);
});

test('A word of code in a string stands in the string', () => {
  const text = 'srun bash -c "run \\"a b\\" \\$X --beta 0.1"';
  const words = readShell(text).commands[1]?.words ?? [];
  expect(words.map(({ range }) => text.slice(range.start, range.end))).toEqual([
    'run',
    '\\"a b\\"',
    '\\$X',
    '--beta',
    '0.1',
  ]);
});

test('How often a variable is used counts no comment and no default of its own', () => {
  const { useCounts } = readShell(`A=\${A:-1} # $A\nB=$A\nrun $B "\${B}" \${C[@]}`);
  expect(Object.fromEntries(useCounts)).toEqual({ A: 1, B: 2, C: 1 });
});

test('Whatever the text, reading it does not throw and every word lies inside of it', () => {
  const part = fc.constantFrom(
    '$A',
    '"',
    "'",
    '`',
    '$(',
    ')',
    '((',
    '<<E\n',
    'E\n',
    'A=',
    '(',
    '\\',
    '\r\n',
    '\n',
    ' ',
    'if',
    'fi;',
    'for x in',
    'do',
    'done',
    '{',
    '}',
    `\${`,
    ':-',
    '--a',
    '#',
    '|',
    'bash -c "',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ maxLength: 4 })), { maxLength: 30 }), (parts) => {
      const text = parts.join('');
      for (const { words, range } of readShell(text).commands) {
        for (const place of [range, ...words.map((word) => word.range)]) {
          expect(place.start).toBeGreaterThanOrEqual(0);
          expect(place.end).toBeGreaterThanOrEqual(place.start);
          expect(place.end).toBeLessThanOrEqual(text.length);
        }
      }
    }),
    { numRuns: 2000 },
  );
});

test('Deep nesting is read without a throw', () => {
  expect(readShell(`${'$('.repeat(5000)}x`).commands).toBeDefined();
  expect(readShell(`${'( '.repeat(5000)}x`).commands).toBeDefined();
});
