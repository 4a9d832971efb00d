import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ACTIVE_CONFIG_KEY,
  ACTIVE_TRAINABLE_KEY,
  ANY_CONFIG_KEY,
  COMMANDS,
  type CommandId,
  ENVIRONMENT_VIEW,
  EXPERIMENTS_VIEW,
  INTERNAL_COMMANDS,
  lackKey,
  PYTHON_FILE,
  RUN_KINDS,
  RUNS_VIEW,
  SEARCHED_KEY,
  SETTINGS,
} from '../../src/host/contributions';
import { CAPABILITIES, contributes } from '../../src/host/manifest';

const ABILITIES = ['open', 'stop', 'resume', 'delete', 'sweep', 'arm'] as const;
const manifest = JSON.stringify(contributes());

describe('the manifest', () => {
  it('names only commands of the table, and no internal ones', () => {
    const commands = [
      ...manifest.matchAll(/"command":"([^"]+)"/g),
      ...manifest.matchAll(/\(command:(?:toSide:)?([^)?]+)/g),
      ...manifest.matchAll(/"onCommand:([^"]+)"/g),
    ];
    // VS Code's own.
    const known = [
      ...Object.keys(COMMANDS),
      'workbench.trust.manage',
      'workbench.action.openWalkthrough',
      `${EXPERIMENTS_VIEW}.focus`,
    ];
    for (const [, command = ''] of commands) expect(known).toContain(command);
    for (const command of Object.keys(INTERNAL_COMMANDS)) expect(manifest).not.toContain(command);
  });

  it('has conditions only on what exists', () => {
    const conditions = [...manifest.matchAll(/"when":("(?:[^"\\]|\\.)+")/g)].map(([, text = '']) =>
      String(JSON.parse(text)),
    );
    const terms = conditions.flatMap((condition) => condition.split(' && '));
    const known = [
      ACTIVE_CONFIG_KEY,
      ACTIVE_TRAINABLE_KEY,
      `!${ACTIVE_CONFIG_KEY}`,
      ACTIVE_TRAINABLE_KEY,
      PYTHON_FILE,
      ANY_CONFIG_KEY,
      'isWorkspaceTrusted',
      '!isWorkspaceTrusted',
      SEARCHED_KEY,
      'workspaceFolderCount != 0',
      'false',
      ...RUN_KINDS.map((kind) => `!${lackKey(kind)}`),
      ...[RUNS_VIEW, EXPERIMENTS_VIEW, ENVIRONMENT_VIEW].map((view) => `view == ${view}`),
      ...ABILITIES.map((ability) => String.raw`viewItem =~ /\b${ability}\b/`),
    ];
    expect(new Set(terms)).toEqual(new Set(known));
  });

  it('offers nothing that starts a process in a workspace that is not trusted', () => {
    const starts: CommandId[] = [
      'dpoLab.train',
      'dpoLab.sweepBeta',
      'dpoLab.computeReference',
      'dpoLab.compareReference',
      'dpoLab.checkEnvironment',
      'dpoLab.setUpEnvironment',
      'dpoLab.inspectPairs',
    ];
    for (const command of starts)
      expect(COMMANDS[command as 'dpoLab.train'].when).toMatch(/isWorkspaceTrusted/);
  });

  it('takes Node and Python from the user alone', () => {
    expect(SETTINGS['dpoLab.nodePath'].scope).toBe('machine');
    expect(SETTINGS['dpoLab.pythonPath'].scope).toBe('machine');
  });

  it('names only files that exist', () => {
    const files = [...manifest.matchAll(/"((?:\.\/)?(?:media|schema)\/[^"]+)"/g)].map(
      ([, file = '']) => file,
    );
    expect(files).not.toEqual([]);
    for (const file of files) expect(existsSync(file), file).toBe(true);
  });

  it('keeps names within the extension', () => {
    for (const name of [
      ...Object.keys(COMMANDS),
      ...Object.keys(SETTINGS),
      EXPERIMENTS_VIEW,
      ACTIVE_CONFIG_KEY,
      ACTIVE_TRAINABLE_KEY,
    ]) {
      expect(name).toMatch(/^dpoLab\.[a-z][A-Za-z]+$/);
    }
  });

  it('restricts the settings that lead to files', () => {
    expect(CAPABILITIES.untrustedWorkspaces.restrictedConfigurations).toEqual([
      'dpoLab.adopt',
      'dpoLab.dataFolder',
      'dpoLab.nodePath',
      'dpoLab.pythonPath',
    ]);
  });
});
