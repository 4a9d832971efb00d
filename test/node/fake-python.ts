import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TORCH_PACKAGES } from '../../src/core/environment/torch-packages';

const TRAINER = path.resolve(import.meta.dirname, '../job/scripted-torch.mjs');

/** Versions with which the torch trainer was tested. */
export const TESTED: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(TORCH_PACKAGES).map(([name, { tested }]) => [name, tested]),
);

export function program(file: string, script: string): string {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

/**
 * An interpreter that knows three things: its versions, what the torch trainer says of its environment, and how to train
 * runs, as `scripted-torch.mjs` does, also behind accelerate. What it was called with stands in a file beside it.
 */
export function fakePython(file: string, packages: Readonly<Record<string, string>> = TESTED): string {
  const versions = JSON.stringify({ version: '3.12.1', packages });
  const devices = [{ name: 'Scripted GPU', kind: 'cuda', memory: 80e9 }];
  const environment = JSON.stringify({ python: '3.12.1', packages, devices, problems: [] });
  return program(
    file,
    `
case "$*" in
  "-I -c "*) echo '${versions}'; exit ;;
  *" environment") echo '${environment}'; exit ;;
esac
echo "$@" >> '${file}.calls'
while case "$1" in *.whl|/package) false ;; esac; do shift; done
shift
exec '${process.execPath}' '${TRAINER}' "$@"`,
  );
}
