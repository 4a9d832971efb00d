import { describe, expect, it } from 'vitest';
import { explainRule } from '../../src/cli/commands/explain';
import { CODE_ENTRIES } from '../../src/core/rules/all';
import { useCli } from './dpo-lab';

const workplace = useCli();

describe('explain', () => {
  it('prints what is known about a code', async () => {
    const { code, stdout } = await workplace().run(['explain', 'beta002']);
    expect(code).toBe(0);
    await expect(stdout).toMatchFileSnapshot('golden/explain.txt');
  });

  it('has something to say about every code, in lines that can be read', () => {
    const layout = { width: 80, paint: (_: string, text: string) => text };
    for (const { code } of CODE_ENTRIES) {
      const page = explainRule(code, layout);
      expect(page).toMatch(/\nWhen\n {2}\S[\s\S]*\nWhy\n {2}\S[\s\S]*\nWhat to do\n {2}\S/);
      for (const line of page.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
    }
  });

  it('lists all codes with their titles', async () => {
    const { code, stdout } = await workplace().run(['explain']);
    expect(code).toBe(0);
    const listed = stdout.split('\n').flatMap((line) => /^[A-Z]+\d{3}b?/.exec(line)?.[0] ?? []);
    expect(listed).toEqual(CODE_ENTRIES.map((entry) => entry.code));
  });

  it('offers the nearest codes for one that does not exist', async () => {
    const place = workplace();
    expect(await place.run(['explain', 'BETA01'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^There is no code BETA01\. Did you mean BETA001.*\?\n$/),
    });
    expect((await place.run(['explain', 'nonsense'])).stderr).toBe(
      'There is no code nonsense. dpo-lab explain lists all codes.\n',
    );
  });
});
