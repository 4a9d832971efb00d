import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DataReport } from '../../src/core/reference/data-report';
import { jsonLines } from '../node/support';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';

/** The trainer's bundle asks for ONNX Runtime there. */
const MODULES = path.resolve(import.meta.dirname, '../../node_modules');
const programs = temporaryFolder();
buildPrograms(programs, 'cli', 'onnx-trainer');
const folder = temporaryFolder();

function dpoLab(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(programs, 'cli.js'), ...args], {
    cwd,
    encoding: 'utf8',
    env: {
      ...process.env,
      HF_HOME: path.join(folder, 'no-cache'),
      NO_COLOR: '1',
      NODE_PATH: MODULES,
      ...env,
    },
  });
  return { code: status, stdout, stderr };
}

describe('dpo-lab data', () => {
  const rows = [
    { system: 'Be brief.', question: 'Name one', chosen: 'brass', rejected: 'zinc' },
    { system: 'Be brief.', question: 'Name one', chosen: 'brass', rejected: 'zinc' },
    { system: '', question: 'Name two', chosen: 'tin', rejected: '' },
    { system: '', question: 'Name two', chosen: 'tin' },
    { system: '', question: ' ', chosen: 'tin', rejected: 'lead' },
  ];

  it('says what was understood, and writes a clean file with a manifest', () => {
    writeFileSync(path.join(folder, 'd.jsonl'), jsonLines(rows));
    const { code, stdout } = dpoLab(folder, ['data', 'd.jsonl', '--json', '--write', 'clean.jsonl']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as DataReport).toMatchObject({
      version: 1,
      train: {
        layout: {
          name: 'Orca',
          columns: ['question', 'system', 'chosen', 'rejected'],
          promptColumn: 'question',
        },
        rows: 5,
        pairs: 2,
        repeatedPairs: 1,
        repeatedPrompts: 1,
        leftOut: [
          { reason: 'A response is empty.', rows: 1, first: 'Line 3 of d.jsonl' },
          { reason: 'The row has no rejected response.', rows: 1, first: 'Line 4 of d.jsonl' },
          { reason: 'The prompt is empty.', rows: 1, first: 'Line 5 of d.jsonl' },
        ],
      },
      written: { pairs: 1 },
    });
    expect(readFileSync(path.join(folder, 'clean.jsonl'), 'utf8')).toBe(
      jsonLines([
        {
          prompt: [
            { role: 'system', content: 'Be brief.' },
            { role: 'user', content: 'Name one' },
          ],
          chosen: [{ role: 'assistant', content: 'brass' }],
          rejected: [{ role: 'assistant', content: 'zinc' }],
        },
      ]),
    );
    const manifest: unknown = JSON.parse(
      readFileSync(path.join(folder, 'clean.jsonl.manifest.json'), 'utf8'),
    );
    expect(manifest).toMatchObject({ rows: 5, pairs: 1, repeatedPairs: 1, leftOut: { length: 3 } });
    const again = dpoLab(folder, ['data', 'd.jsonl', '--write', 'clean.jsonl']);
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/clean\.jsonl/)]);
  });
});

const GIVEN = path.resolve(import.meta.dirname, '../../../shared/inputs/data');
if (!existsSync(GIVEN)) console.warn(`${GIVEN} is absent: inputs after public reports are not tried.`);

/** What their README calls right, of what is understood of the data. */
const RIGHT: readonly [name: string, layout: string, pairs: number, says: RegExp][] = [
  ['01-no-prompt-column', 'Orca', 4, /the prompt is taken from question/],
  ['09-sharegpt', 'ShareGPT', 4, /^(?![\s\S]*DATA00[467])/],
  ['10-message-as-object', 'messages', 4, /^(?![\s\S]*DATA00[467])/],
  ['11-content-parts', 'messages', 4, /^(?![\s\S]*DATA00[467])/],
  ['14-wrapped-json', 'text', 4, /^(?![\s\S]*DATA006)/],
];

if (existsSync(GIVEN)) {
  describe('given inputs', () => {
    it.each(RIGHT)('%s is read as %s', (name, layout, pairs, says) => {
      const copy = path.join(folder, name);
      cpSync(path.join(GIVEN, name), copy, { recursive: true });
      expect(dpoLab(copy, ['check', 'e.dpo.yaml']).stdout).toMatch(says);
      const { stdout, stderr } = dpoLab(copy, ['data', 'e.dpo.yaml', '--json']);
      expect(stderr).toBe('');
      const { train } = JSON.parse(stdout) as DataReport;
      expect(train).toMatchObject({ layout: { name: layout }, pairs, leftOut: [] });
      expect(train.lengths?.prompt.median).toBeGreaterThan(1);
    });

    it('04-hub-default-split names the splits', () => {
      const copy = path.join(folder, '04');
      cpSync(path.join(GIVEN, '04-hub-default-split'), copy, { recursive: true });
      const env = { HF_HOME: path.join(copy, 'hf'), HF_HUB_OFFLINE: '1' };
      const splits = /acme\/uf has no split train; it has test_prefs, test_sft, train_prefs and train_sft/;
      const words = (text: string) => text.replace(/\s+/g, ' ');
      expect(words(dpoLab(copy, ['check', 'e.dpo.yaml'], env).stdout)).toMatch(splits);
      const { code, stderr } = dpoLab(copy, ['reference', 'e.dpo.yaml'], env);
      expect([code, words(stderr)]).toEqual([2, expect.stringMatching(splits)]);
    });
  });
}
