import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ACTIVE_CONFIG_KEY,
  CAPABILITIES,
  COMMANDS,
  contributes,
  EXPERIMENTS_VIEW,
  INTERNAL_COMMANDS,
  SETTINGS,
} from '../../src/host/contributions';

const manifest = JSON.stringify(contributes());

describe('the manifest', () => {
  it('names only commands of the table, and no internal ones', () => {
    const commands = [
      ...manifest.matchAll(/"command":"([^"]+)"/g),
      ...manifest.matchAll(/\(command:([^)]+)\)/g),
    ];
    for (const [, command = ''] of commands) expect(Object.keys(COMMANDS)).toContain(command);
    for (const command of Object.keys(INTERNAL_COMMANDS)) expect(manifest).not.toContain(command);
  });

  it('has conditions only on what exists', () => {
    const conditions = [...manifest.matchAll(/"when":"([^"]+)"/g)].map(([, condition]) => condition);
    expect(new Set(conditions)).toEqual(new Set([ACTIVE_CONFIG_KEY, `view == ${EXPERIMENTS_VIEW}`]));
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
    ]) {
      expect(name).toMatch(/^dpoLab\.[a-z][A-Za-z]+$/);
    }
  });

  it('restricts the settings that lead to files', () => {
    expect(CAPABILITIES.untrustedWorkspaces.restrictedConfigurations).toEqual(['dpoLab.dataFolder']);
  });
});
