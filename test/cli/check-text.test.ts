import { describe, expect, it } from 'vitest';
import { BROKEN, useCli, VALID, type Workplace } from './dpo-lab';

const workplace = useCli();
const ESCAPE = '\u001B';

/** Makes the program believe that it writes to a terminal. */
function terminal(place: Workplace, columns: number): string {
  return place.write(
    'terminal.cjs',
    `Object.assign(process.stdout, { isTTY: true, columns: ${columns}, hasColors: () => true });`,
  );
}

const ODD = `# A tab, wide letters, and a line that is far too long for a terminal.
model: ./model
objective:
  beta:\t-1
data: { train: "データ/ペア.jsonl", "max_lenght": 500, eval_fraction: 0.1, truncation: "keep_start" }
evaluation: { probes: [Why?] }
x-note: ${'long '.repeat(30)}
training: { learning_rate: 5.0e-6, seed: 1, weight_decay: 0, max_grad_norm: 1, log_every: 1, eval_every: 50, save_every: 100, wrong_key_here: 1, epochs: 1 }
`;

describe('problems as text', () => {
  it('reads well', async () => {
    const place = workplace();
    place.write('a/broken.dpo.yaml', BROKEN);
    place.write('b/odd.dpo.yaml', ODD);
    place.write('c/fine.dpo.yaml', VALID);
    const { stdout } = await place.run(['check', '--no-facts', '.']);
    await expect(stdout).toMatchFileSnapshot('golden/check.txt');
  });

  it('fits the terminal', async () => {
    const place = workplace();
    place.write('odd.dpo.yaml', ODD);
    const { stdout } = await place.run(['check', '--no-facts', 'odd.dpo.yaml'], {
      preload: terminal(place, 60),
      env: { NO_COLOR: '1' },
    });
    await expect(stdout).toMatchFileSnapshot('golden/check-narrow.txt');
  });

  it('is coloured on a terminal only, and not where NO_COLOR is set', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', BROKEN);
    const check = ['check', '--no-facts', 'a.dpo.yaml'];
    const preload = terminal(place, 100);
    const escapes = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');
    const plain = await place.run(check);
    const coloured = await place.run(check, { preload });
    const silenced = await place.run(check, { preload, env: { NO_COLOR: '1' } });
    expect(plain.stdout).not.toMatch(escapes);
    expect(coloured.stdout).toContain(`${ESCAPE}[31merror${ESCAPE}[39m`);
    expect(coloured.stdout.replaceAll(escapes, '')).toBe(plain.stdout);
    expect(silenced.stdout).toBe(plain.stdout);
  });

  it('shows control characters and reordering marks instead of obeying them', async () => {
    const place = workplace();
    const name = `a${ESCAPE}[2J\n.dpo.yaml`;
    place.write(name, `model: "x"\n"ke${ESCAPE}[31my\u202E": 1\ndata: { train: y }\n`);
    const found = await place.run(['check', '--no-facts', '.']);
    const missing = await place.run(['check', `b${ESCAPE}[2J.dpo.yaml`]);
    for (const text of [found.stdout, missing.stderr]) {
      expect(text).toContain('␛[');
      expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }
  });

  it('says so when there is nothing to say', async () => {
    const place = workplace();
    place.write('a.dpo.yaml', VALID);
    const { stdout } = await place.run(['check', '--no-facts', '.']);
    expect(stdout).toMatch(/^No problems in 1 file\n$/);
  });
});
