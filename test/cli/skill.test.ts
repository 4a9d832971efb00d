import { readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { useCli } from './dpo-lab';

const workplace = useCli();

describe('dpo-lab skill', () => {
  it('prints what an assistant should know, and writes it where assistants look', async () => {
    const place = workplace();
    const { stdout } = await place.run(['skill']);
    expect(stdout).toMatch(/^---\nname: dpo-lab\n/);
    expect((await place.run(['skill', '--install'])).stdout).toBe(
      '.agents/skills/dpo-lab/SKILL.md written.\n.claude/skills/dpo-lab/SKILL.md written.\n',
    );
    expect(readFileSync(place.path('.claude/skills/dpo-lab/SKILL.md'), 'utf8')).toBe(stdout);
    expect((await place.run(['skill', '--install'])).stdout).toContain('updated');
  });

  it('leaves the file of somebody else alone, and follows no link', async () => {
    const place = workplace();
    place.write('.agents/skills/dpo-lab/SKILL.md', 'mine');
    const { code, stderr } = await place.run(['skill', '--install']);
    expect(code).toBe(2);
    expect(stderr).toContain('is not ours');
    const other = workplace();
    symlinkSync('/tmp', other.path('.agents'));
    expect((await other.run(['skill', '--install'])).stderr).toContain('symbolic link');
  });
});
