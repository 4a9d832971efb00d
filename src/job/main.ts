import { resolve } from 'node:path';
import { FileError } from '../node/files/text-files';
import { Job } from './job';

/** The job's process: `job.js SWEEP_FOLDER [RUN...]`. It is started detached, and outlives who started it. */

const SETTINGS = { interval: 500, grace: 120_000, silence: 600_000 };

async function main([folder = '', ...runs]: readonly string[]): Promise<void> {
  // It belongs to no terminal: that one closes is no reason to stop.
  process.on('SIGHUP', () => {});
  // Its log may lie on a disk that is full, which is no reason to die either.
  process.stderr.on('error', () => {});
  const job = await Job.open(resolve(folder), runs, SETTINGS);
  let asked = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) job.kill(`the job was asked to stop at once (${signal})`);
      else job.stop(`the job was asked to stop (${signal})`);
      asked = true;
    });
  }
  await job.run();
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const told = error instanceof FileError;
  process.stderr.write(`${told ? error.message : error instanceof Error ? error.stack : error}\n`);
  process.exit(told ? 1 : 70);
});
