import { COUNTS, KINDS } from './task';

/** Points that an answer loses. */
const LOST = { thing: -1, number: -0.3, form: -1, runningOn: -2 };

/** The judge's file of rules: what an answer gets wrong. It knows nothing of preference labels or of length as such. */
export function judgeFile(): string {
  const kinds = Object.entries(KINDS).map(
    ([kind, things]) => `  - name: something else than ${kind}
    prompt: '\\b${kind}\\b'
    count: '\\b(?!(?:${things.join('|')})\\b)\\w+'
    points: ${LOST.thing}
`,
  );
  const counts = Object.entries(COUNTS).map(
    ([word, count]) => `  - name: more or fewer than ${word}
    prompt: '\\b${word}\\b'
    count: '\\w+'
    target: ${count}
    points: ${LOST.number}
`,
  );
  return `# How good is an answer? It loses points for what it gets wrong; an answer without mistakes has 0.
# Written by scripts/goldilocks; the format is described in docs/JUDGE.md.
rules:
${kinds.join('')}  - name: the same again
    count: '\\w+'
    counting: repeats
    points: ${LOST.thing}
${counts.join('')}  - name: not one word after each comma
    count: '^\\s*,|,\\s*(?=,|$)|\\w\\s+(?=\\w)'
    points: ${LOST.form}
  - name: does not end
    ended: false
    points: ${LOST.runningOn}
`;
}
