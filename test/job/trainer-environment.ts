import { execFileSync } from 'node:child_process';
import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * A virtual environment that says to have a trainer, whose command is a Python script of the test: starting a real one takes
 * ten seconds. Any Python 3 will do.
 */
export function trainerEnvironment(
  folder: string,
  {
    packages,
    commands,
  }: {
    readonly packages: Readonly<Record<string, string>>;
    readonly commands: Readonly<Record<string, string>>;
  },
): void {
  const python = realpathSync(
    execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim(),
  );
  const version = execFileSync(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  }).trim();
  const library = path.join(folder, 'lib', `python${version}`, 'site-packages');
  mkdirSync(library, { recursive: true });
  mkdirSync(path.join(folder, 'bin'));
  writeFileSync(path.join(folder, 'pyvenv.cfg'), `home = ${path.dirname(python)}\n`);
  symlinkSync(python, path.join(folder, 'bin/python'));
  for (const [name, number] of Object.entries(packages)) {
    const about = path.join(library, `${name}-${number}.dist-info`);
    mkdirSync(about);
    writeFileSync(path.join(about, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${number}\n`);
  }
  for (const [name, script] of Object.entries(commands))
    writeFileSync(path.join(folder, 'bin', name), script);
}
