import { readdirSync, readFileSync } from 'node:fs';

/** Process groups to end when this process ends, however it ends. */
const groups = new Set();

process.once('exit', () => {
  for (const pid of groups) endGroup(pid);
});
for (const [signal, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
  process.once(signal, () => process.exit(code));
}

/** @param {number} pid leader of a process group that this process started */
export function track(pid) {
  groups.add(pid);
}

/** @param {number} pid */
export function untrack(pid) {
  groups.delete(pid);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
export function endGroup(pid, signal = 'SIGKILL') {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone already.
  }
}

/**
 * Ends what an extension under test started in process groups of its own. Such a process inherited the profile's
 * HOME, a folder made for this one test run, so it cannot be anybody else's.
 *
 * @param {string} home
 * @returns {string[]} command lines of the processes ended
 */
export function endProcessesOfHome(home) {
  const marker = `\0HOME=${home}\0`;
  const ended = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!`\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(marker)) continue;
      const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      process.kill(Number(pid), 'SIGKILL');
      ended.push(`${pid} ${commandLine}`);
    } catch {
      // It ended meanwhile, or belongs to another user.
    }
  }
  return ended;
}
