import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import skill from '../../../media/skill/SKILL.md';
import { isLink } from '../../node/files/own-files';
import { isMissing, readTextFile } from '../../node/files/text-files';
import { writeError } from '../../node/files/write-error';
import { print } from '../terminal/output';
import { visible } from '../terminal/text-layout';
import { UsageError } from '../usage-error';

/** Where the common assistants look for skills of a project. */
const PLACES = ['.agents/skills/dpo-lab/SKILL.md', '.claude/skills/dpo-lab/SKILL.md'];
/** How a file of ours begins. */
const OURS = '---\nname: dpo-lab\n';

const HELP_AFTER = `
--install writes it to ${PLACES.join(' and ')},
where assistants look. A file there that is not ours is left alone.`;

export function addSkillCommand(program: Command): void {
  program
    .command('skill')
    .summary('print what an assistant should know')
    .description(
      'Prints how an assistant helps with experiments: choosing beta, reading a verdict, what never to do.',
    )
    .option('--install', 'write it where assistants look, in this folder', false)
    .addHelpText('after', HELP_AFTER)
    .action(async ({ install }: { readonly install: boolean }) => {
      if (!install) print(skill.trimEnd());
      else for (const place of PLACES) print(await installed(place));
    });
}

async function installed(place: string): Promise<string> {
  const path = join(process.cwd(), place);
  for (let at = place; at !== '.'; at = dirname(at))
    if (isLink(join(process.cwd(), at)))
      throw new UsageError(
        `${visible(at)} is a symbolic link, and nothing is written through it. Remove it, or copy the output of dpo-lab skill yourself.`,
      );
  const before = await readTextFile(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (before !== undefined && !before.startsWith(OURS))
    throw new UsageError(
      `${visible(place)} exists and is not ours, so it is left alone. Copy the output of dpo-lab skill yourself.`,
    );
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, skill);
  } catch (error) {
    throw writeError(error, path);
  }
  return `${place} ${before === undefined ? 'written' : 'updated'}.`;
}
