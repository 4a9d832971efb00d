import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll } from 'vitest';
import { buildPrograms } from '../support/build-programs';
import { temporaryFolder } from '../support/temporary-folder';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Start {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  /** A CommonJS module that runs before the program. */
  readonly preload?: string;
  /** Run as a user who may not do everything. */
  readonly unprivileged?: boolean;
}

/** A folder with files, and the command line that was built from the sources as they are, started in it. */
export class Workplace {
  constructor(
    readonly folder: string,
    readonly cli: string,
  ) {}

  path(name: string): string {
    return path.join(this.folder, name);
  }

  /** Ids of its runs, oldest first. */
  get runs(): string[] {
    const folder = this.path('.dpo/runs');
    return existsSync(folder) ? readdirSync(folder).sort() : [];
  }

  write(name: string, content: string | Uint8Array): string {
    mkdirSync(path.dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  run(args: readonly string[], start: Start = {}): Promise<Ended> {
    return this.ended(this.start(args, start));
  }

  /** Closes the program's output at the first piece of it, as `head` does. */
  runAndCloseOutput(args: readonly string[]): Promise<Ended> {
    const child = this.start(args, {});
    child.stdout.once('data', () => child.stdout.destroy());
    return this.ended(child);
  }

  start(args: readonly string[], { input, env = {}, preload, unprivileged = false }: Start) {
    const asOther = unprivileged && process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
    const child = spawn(process.execPath, [...(preload ? ['--require', preload] : []), this.cli, ...args], {
      cwd: this.folder,
      env: { ...inherited, HF_HOME: this.path('no-hub-cache'), ...env },
      ...asOther,
    });
    child.stdin.on('error', () => {}); // It may end before it has read everything.
    child.stdin.end(input ?? '');
    return child;
  }

  ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
    return new Promise((resolve, reject) => {
      const stdout: Buffer[] = [];
      const stderr: Buffer[] = [];
      child.stdout.on('data', (chunk) => stdout.push(chunk));
      child.stderr.on('data', (chunk) => stderr.push(chunk));
      child.on('error', reject);
      child.on('close', (code) =>
        resolve({
          code,
          stdout: Buffer.concat(stdout).toString('utf8'),
          stderr: Buffer.concat(stderr).toString('utf8'),
        }),
      );
    });
  }
}

const NOBODY = 65534;

/**
 * Builds the command line for the tests of a file; each call of the result gives a new folder.
 *
 * @param more programs that it starts
 */
export function useCli(...more: readonly string[]): () => Workplace {
  const base = temporaryFolder();
  chmodSync(base, 0o755);
  const cli = path.join(base, 'cli.js');
  beforeAll(() => buildPrograms(base, 'cli', ...more));
  return () => {
    const folder = temporaryFolder('work-', base);
    chmodSync(folder, 0o755);
    return new Workplace(folder, cli);
  };
}

/** Nothing is wrong with it. */
export const VALID = `model: ./model
objective:
  beta: 0.02
data:
  train: pairs.jsonl
  eval_fraction: 0.1
evaluation:
  probes: [Why is the sky blue?]
`;

/** Three errors that can be mended, at 3:9, 6:3 and 11:3. */
export const BROKEN = `model: ./model
objective:
  beta: 0
data:
  train: pairs.jsonl
  max_lenght: 100
  eval_fraction: 0.1
evaluation:
  probes: [Why is the sky blue?]
training:
  num_train_epochs: 3
`;
