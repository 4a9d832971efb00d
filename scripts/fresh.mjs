// node scripts/fresh.mjs [command ...]: runs the README's commands on a new, minimal Debian, and says what was missing.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './test-step.mjs';

const RELEASE = 'bookworm';
/** A person's machine has these before the README's first line. */
const GIVEN = ['ca-certificates', 'git'];
const home = path.join(root, '.cache/fresh');
const base = path.join(home, `${RELEASE}-${GIVEN.join('-')}`);
const machine = path.join(home, `machine-${process.pid}`);
const commands = process.argv.length > 2 ? [process.argv.slice(2).join(' ')] : readmeCommands();

requireRoot();
makeBase();
let failed = 0;
try {
  run('cp', ['-a', base, machine]);
  addNode();
  addRegistries();
  run('git', ['clone', '--quiet', root, path.join(machine, 'root/dpo-lab')]);
  for (const command of commands) failed += inMachine(command) ? 0 : 1;
} finally {
  rmSync(machine, { recursive: true, force: true });
}
console.log(`${commands.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** Those of the section "Try it" that need no desktop. */
function readmeCommands() {
  const [, block = ''] =
    /## Try it[\s\S]*?```sh\n([\s\S]*?)```/.exec(readFileSync(path.join(root, 'README.md'), 'utf8')) ?? [];
  return block
    .split('\n')
    .map((line) => line.replace(/\s+#.*/, ''))
    .filter((line) => line !== '' && !line.includes('--vscode'));
}

function requireRoot() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.error('A new Debian is made by debootstrap and chroot, which only root may do, on Linux.');
    process.exit(1);
  }
  if (spawnSync('debootstrap', ['--version']).error) {
    run('apt-get', ['update', '-qq']);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'debootstrap']);
  }
}

/** Made beside its place and renamed, so that what is in place is complete. */
function makeBase() {
  if (existsSync(base)) return;
  const unfinished = `${base}.${process.pid}`;
  mkdirSync(home, { recursive: true });
  console.log(`Making a minimal ${RELEASE} ...`);
  run('debootstrap', ['--variant=minbase', `--include=${GIVEN.join(',')}`, RELEASE, unfinished]);
  renameSync(unfinished, base);
}

/** The Node that runs this, with its npm, and the headers that native modules are compiled against. */
function addNode() {
  const prefix = path.dirname(path.dirname(realpathSync(process.execPath)));
  const to = path.join(machine, 'usr/local');
  cpSync(realpathSync(process.execPath), path.join(to, 'bin/node'));
  cpSync(path.join(prefix, 'lib/node_modules/npm'), path.join(to, 'lib/node_modules/npm'), {
    recursive: true,
  });
  cpSync(path.join(prefix, 'include/node'), path.join(to, 'include/node'), { recursive: true });
  for (const name of ['npm', 'npx']) {
    run('ln', ['-s', `../lib/node_modules/npm/bin/${name}-cli.js`, path.join(to, 'bin', name)]);
  }
}

/** How this machine reaches registries: names of hosts, certificates, sources of packages. No package itself. */
function addRegistries() {
  for (const name of ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs/ca-certificates.crt']) {
    if (existsSync(name)) cpSync(realpathSync(name), path.join(machine, name));
  }
  rmSync(path.join(machine, 'etc/apt/sources.list'), { force: true });
  for (const name of ['/etc/apt/sources.list', '/etc/apt/sources.list.d']) {
    if (existsSync(name)) cpSync(name, path.join(machine, name), { recursive: true });
  }
}

/** @param {string} command @returns {boolean} whether it passed */
function inMachine(command) {
  console.log(`\n$ ${command}`);
  const start = performance.now();
  const kept = Object.entries(process.env).filter(([name]) =>
    /proxy|_CA_|^SSL_CERT|^NODE_EXTRA_CA|^PIP_CERT$|^PIP_INDEX_URL$|^npm_config_registry$/i.test(name),
  );
  const inside = [
    'mount -t proc proc /proc',
    'mount -t tmpfs dev /dev',
    'for name in null zero full random urandom tty; do',
    '  touch /dev/$name && mount --bind /host-dev/$name /dev/$name',
    'done',
    'mkdir -p /dev/shm /dev/pts && mount -t tmpfs shm /dev/shm && mount -t devpts -o newinstance,ptmxmode=0666 pts /dev/pts',
    'ln -sf pts/ptmx /dev/ptmx; ln -sf /proc/self/fd /dev/fd',
    'ip link set lo up 2>/dev/null; cd /root/dpo-lab',
    command,
  ].join('\n');
  const enter = `mkdir -p "$0/host-dev" && mount --bind /dev "$0/host-dev" && exec chroot "$0" /bin/bash -c "$1"`;
  const { status } = spawnSync('unshare', ['-m', '-p', '-f', 'bash', '-c', enter, machine, inside], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...Object.fromEntries(kept),
      HOME: '/root',
      LANG: 'C.UTF-8',
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    },
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`$ ${command}: ${status === 0 ? 'passed' : `FAILED (${status})`} after ${seconds} s`);
  return status === 0;
}

/** @param {string} program @param {string[]} args */
function run(program, args) {
  const { status, stderr, stdout, error } = spawnSync(program, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (status === 0) return;
  console.error(
    `${program} ${args.slice(0, 3).join(' ')}: ${error?.message ?? `${stdout}\n${stderr}`.trim()}`,
  );
  process.exit(1);
}
