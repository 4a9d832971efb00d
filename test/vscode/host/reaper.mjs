import { readdirSync, readFileSync } from 'node:fs';

/** Process groups to end when this process ends, however it ends, and the profile each runs in. */
const groups = new Map();

process.once('exit', () => {
  for (const [pid, home] of groups) {
    endGroup(pid);
    if (home !== undefined) endProcessesOfHome(home);
  }
});
for (const [signal, code] of /** @type {const} */ ([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])) {
  process.once(signal, () => process.exit(code));
}

/**
 * @param {number} pid leader of a process group that this process started
 * @param {string} [home] of the profile it runs in
 */
export function track(pid, home) {
  groups.set(pid, home);
}

/** @param {number} pid */
export function untrack(pid) {
  groups.delete(pid);
}

/** @param {number} pid its leader @param {NodeJS.Signals} signal */
export function endGroup(pid, signal = 'SIGKILL') {
  endProcess(-pid, signal);
}

/** @param {number} pid @param {NodeJS.Signals} signal */
export function endProcess(pid, signal = 'SIGKILL') {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/** @param {number} group of a server @returns its extension hosts */
export function extensionHosts(group) {
  return processes().filter(
    (process) => process.group === group && process.command.includes('--type=extensionHost'),
  );
}

/**
 * Ends what an extension under test started in process groups of its own. Such a process inherited the profile's
 * HOME, a folder made for this one test run, so it cannot be anybody else's.
 *
 * @param {string} home
 * @returns {string[]} command lines of the processes ended
 */
export function endProcessesOfHome(home) {
  const left = processes().filter(({ environment }) => environment.includes(`HOME=${home}`));
  for (const { pid } of left) endProcess(pid);
  return left.map(({ pid, command }) => `${pid} ${command}`);
}

/** @param {string[]} words @returns {number[]} ids of the processes whose command line holds all of them */
export function processesNaming(...words) {
  return processes()
    .filter(({ command }) => words.every((word) => command.includes(word)))
    .map(({ pid }) => pid);
}

/** @returns the processes of this user; those of others show no environment */
function processes() {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const read = (/** @type {string} */ file) => readFileSync(`/proc/${name}/${file}`, 'utf8');
      // After the program's name in parentheses, which may hold anything, come the state, the parent and the group.
      const group = Number(read('stat').split(') ').at(-1)?.split(' ')[2]);
      const command = read('cmdline').replaceAll('\0', ' ').trim();
      return [{ pid: Number(name), group, command, environment: read('environ').split('\0') }];
    } catch {
      return []; // It ended meanwhile, or belongs to another user.
    }
  });
}
