import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BROKEN, useCli, VALID } from './dpo-lab';

const workplace = useCli();
const FIX = ['check', '--no-facts', '--fix'];
const FIXED = `model: ./model
objective:
  beta: 0.05
data:
  train: pairs.jsonl
  max_length: 100
  eval_fraction: 0.1
evaluation:
  probes: [Why is the sky blue?]
training:
  epochs: 3
`;

describe('--fix', () => {
  it('mends what can be mended and says what it did', async () => {
    const place = workplace();
    const file = place.write('a.dpo.yaml', BROKEN);
    const { code, stdout } = await place.run([...FIX, 'a.dpo.yaml']);
    expect(readFileSync(file, 'utf8')).toBe(FIXED);
    expect(code).toBe(0);
    expect(stdout).toContain('a.dpo.yaml:3 fixed BETA002 Change to 0.05');
    expect(stdout).toContain('a.dpo.yaml:6 fixed KEY001 Rename to max_length');
    expect(stdout).toContain('a.dpo.yaml:11 fixed KEY001 Rename to epochs');
    expect(stdout).toContain('3 fixes were applied.');
  });

  it('leaves hints to the author, and a file without faults untouched', async () => {
    const place = workplace();
    const text = VALID.replace('0.02', '0.1');
    const file = place.write('a.dpo.yaml', text);
    const before = statSync(file);
    const { code, stdout } = await place.run([...FIX, 'a.dpo.yaml']);
    expect(stdout).toContain('hint BETA001');
    expect(stdout).toContain('fix: Sweep beta');
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(statSync(file)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  });

  it('keeps line breaks, a byte-order mark, comments, the mode and a symbolic link', async () => {
    const place = workplace();
    const text = `\uFEFF# mine\r\n${BROKEN.replaceAll('\n', '\r\n')}# end\r\n`;
    const file = place.write('real/a.dpo.yaml', text);
    chmodSync(file, 0o640);
    symlinkSync('real/a.dpo.yaml', place.path('link.dpo.yaml'));
    await place.run([...FIX, 'link.dpo.yaml']);
    expect(readFileSync(file, 'utf8')).toBe(`\uFEFF# mine\r\n${FIXED.replaceAll('\n', '\r\n')}# end\r\n`);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(
      readdirSync(place.folder, { withFileTypes: true }).filter((entry) => entry.isSymbolicLink()),
    ).toHaveLength(1);
  });

  it('replaces the file in one step and leaves nothing beside it', async () => {
    const place = workplace();
    const file = place.write('a.dpo.yaml', BROKEN);
    const seen = new Set<string>();
    const ended = place.run([...FIX, 'a.dpo.yaml']);
    let running = true;
    void ended.finally(() => {
      running = false;
    });
    while (running) {
      seen.add(readFileSync(file, 'utf8'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([...seen].filter((text) => text !== BROKEN && text !== FIXED)).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(FIXED);
    expect(readdirSync(place.folder)).toEqual(['a.dpo.yaml']);
  });

  it('leaves a file alone that may not be written, and says so', async () => {
    const place = workplace();
    const readOnly = place.write('open/a.dpo.yaml', BROKEN);
    chmodSync(readOnly, 0o444);
    chmodSync(place.path('open'), 0o777);
    const inClosedFolder = place.write('closed/b.dpo.yaml', BROKEN);
    chmodSync(inClosedFolder, 0o666);
    mkdirSync(place.path('fine'));
    chmodSync(place.path('closed'), 0o555);
    const { code, stderr } = await place.run([...FIX, '.'], { unprivileged: true });
    expect(code).toBe(2);
    expect(stderr).toMatch(/a\.dpo\.yaml could not be written, so it is as it was: .*Check the permissions/);
    expect(stderr).toMatch(/b\.dpo\.yaml could not be written, so it is as it was: /);
    for (const file of [readOnly, inClosedFolder]) expect(readFileSync(file, 'utf8')).toBe(BROKEN);
    expect(readdirSync(place.path('closed'))).toEqual(['b.dpo.yaml']);
    expect(readdirSync(place.path('open'))).toEqual(['a.dpo.yaml']);
  });

  it('never writes bytes that it could not read', async () => {
    const place = workplace();
    const bytes = Buffer.concat([Buffer.from(BROKEN), Buffer.from([0x23, 0xe9, 0x0a])]);
    const file = place.write('a.dpo.yaml', bytes);
    const { code } = await place.run([...FIX, 'a.dpo.yaml']);
    expect(code).toBe(1);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it('a second run finds nothing left to mend', async () => {
    const place = workplace();
    const file = place.write(
      'a.dpo.json',
      '{\n  "model": "x",\n  "data": { "train": "y.jsonl", "max_lenght": 100, "eval_fraction": "0.1" }\n}\n',
    );
    await place.run([...FIX, 'a.dpo.json']);
    const once = readFileSync(file, 'utf8');
    expect(JSON.parse(once)).toEqual({
      model: 'x',
      data: { train: 'y.jsonl', max_length: 100, eval_fraction: 0.1 },
    });
    const { stdout } = await place.run([...FIX, 'a.dpo.json']);
    expect(stdout).not.toContain('fixed');
    expect(readFileSync(file, 'utf8')).toBe(once);
  });
});
