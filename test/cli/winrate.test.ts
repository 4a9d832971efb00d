import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useCli } from './dpo-lab';

const workplace = useCli();
const DATA = path.resolve(import.meta.dirname, '../core/win-rates');

describe('winrate', () => {
  it("prints the names of AlpacaEval's table, as JSON or as text", async () => {
    const [annotations, gamed] = ['annotations.json', 'gamed.csv'].map((name) => path.join(DATA, name));
    const { code, stdout } = await workplace().run([
      'winrate',
      annotations ?? '',
      '--gamed',
      gamed ?? '',
      '--json',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      model: 'synthetic',
      n_total: 119,
      win_rate: expect.any(Number),
      standard_error: expect.any(Number),
      discrete_win_rate: expect.any(Number),
      length_controlled_winrate: expect.any(Number),
      lc_standard_error: expect.any(Number),
      length_control: 'full',
    });
    const text = await workplace().run(['winrate', annotations ?? '']);
    expect(text.stdout).toMatch(/^synthetic: 119 judged prompts\nwin_rate +\d+\.\d\d %\n/);
    expect(text.stdout).toContain('(minimal form)');
  });

  it('reads gzip whatever it is called, and says what is wrong with a file', async () => {
    const place = workplace();
    const row = { output_1: 'a', output_2: 'bb', preference: 2, generator_2: 'm' };
    const packed = place.write('packed.json', gzipSync(JSON.stringify([row])));
    const few = await place.run(['winrate', packed]);
    expect(few.stdout).toContain('Note: too few prompts to control for length.');
    const fails = async (name: string, content: string | Uint8Array, words: RegExp, ...more: string[]) => {
      const { code, stderr } = await place.run(['winrate', place.write(name, content), ...more]);
      expect(stderr, name).toMatch(words);
      expect(code, name).toBe(2);
    };
    await fails('text.json', 'no json', /is not JSON/);
    await fails('empty.json', '[]', /is not a list of annotations/);
    await fails('row.json', '[3]', /row 1: this is not an object/);
    await fails('texts.json', '[{"output_1": "a", "preference": 1}]', /row 1: output_2 is not a text/);
    await fails('words.json', JSON.stringify([{ ...row, preference: 'm' }]), /preference is not a number/);
    await fails('two.json', JSON.stringify([row, { ...row, generator_2: 'n' }]), /texts of 2 models: m, n/);
    await fails('cut.json.gz', gzipSync('[]'.repeat(99)).subarray(0, 20), /not a whole gzip file/);
    const gamed = place.write('gamed.csv', 'preference,index,std_delta_len\n0.5,0,1\n');
    await fails(
      'ok.json',
      JSON.stringify([row]),
      /row 1: instruction_difficulty is not a number/,
      '--gamed',
      gamed,
    );
    expect((await place.run(['winrate', 'absent.json'])).stderr).toMatch(/absent\.json does not exist/);
  });
});
