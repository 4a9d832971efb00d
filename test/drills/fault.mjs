// NODE_OPTIONS=--import=.../fault.mjs: has calls to the file system fail, or kill the process, as `drill.json` says. It stands
// beside the data folder of the run or sweep that the program's first argument names. What ships knows nothing of this.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import path from 'node:path';

const { appendFileSync, existsSync, readFileSync } = fs;
const [, program = '', first = ''] = process.argv;
const stage = path.dirname(path.dirname(path.dirname(first)));
const drill = plan();
if (drill) install();

/** @returns {import('./drill').Drill | undefined} */
function plan() {
  const file = path.join(stage, 'drill.json');
  if (!path.isAbsolute(first) || !existsSync(file)) return undefined;
  const all = JSON.parse(readFileSync(file, 'utf8'));
  return all.program === path.basename(program) ? all : undefined;
}

function install() {
  if (drill.clock) {
    shiftClock();
    return;
  }
  const paths = new Map();
  let seen = 0;
  let broken = false;

  /** Whether the call is to be made; throws or kills where it is the one of the drill. */
  const before = (call, at, isNew = true) => {
    if (typeof at !== 'string' || !at.startsWith(path.join(stage, '.dpo'))) return () => {};
    const number = seen++;
    appendFileSync(path.join(stage, 'calls.txt'), `${number} ${call} ${path.relative(stage, at)}\n`);
    if (number === drill.at && drill.how === 'kill before') process.kill(process.pid, 'SIGKILL');
    if (number === drill.at) broken = true;
    // On a full disk, what takes no new room can still be written.
    const fails = /^E/.test(drill.how) && broken && (isNew || drill.how !== 'ENOSPC');
    if (fails && existsSync(path.join(stage, 'broken')))
      throw Object.assign(new Error(`${drill.how}: drill, ${call} '${at}'`), { code: drill.how, errno: -1 });
    return () => {
      if (number === drill.at && drill.how === 'kill after') process.kill(process.pid, 'SIGKILL');
    };
  };
  const writes = (flags) =>
    typeof flags === 'number' ? (flags & 3) !== 0 : /[wa+]/.test(String(flags ?? 'r'));
  const makes = (flags) =>
    typeof flags === 'number' ? (flags & fs.constants.O_CREAT) !== 0 : /[wa]/.test(String(flags));
  const wrap = (holder, name, place) => {
    const original = holder[name];
    holder[name] = function (...args) {
      const [at, isNew] = place(...args) ?? [];
      const after = before(name, at, isNew);
      const result = original.apply(this, args);
      if (!(result instanceof Promise)) {
        after();
        return result;
      }
      return result.then((value) => {
        after();
        return value;
      });
    };
  };
  const named = (at) => [
    typeof at === 'number' ? paths.get(at)?.at : String(at),
    paths.get(at)?.isNew ?? true,
  ];

  for (const [name, place] of [
    ['renameSync', (_, to) => [to, false]],
    ['mkdirSync', (at) => [at]],
    ['writeSync', named],
    ['fsyncSync', named],
    ['writeFileSync', named],
  ])
    if (drill.calls.includes(name)) wrap(fs, name, place);
  for (const [name, place] of [
    ['rename', (_, to) => [to, false]],
    ['mkdir', (at) => [at]],
    ['writeFile', (at) => [String(at)]],
    ['open', (at, flags) => (writes(flags) ? [at, makes(flags)] : undefined)],
  ])
    if (drill.calls.includes(name)) wrap(fs.promises, name, place);
  const { openSync } = fs;
  fs.openSync = (at, flags, ...rest) => {
    const after =
      drill.calls.includes('openSync') && writes(flags) ? before('openSync', at, makes(flags)) : () => {};
    const file = openSync(at, flags, ...rest);
    paths.set(file, { at: String(at), isNew: makes(flags) });
    after();
    return file;
  };
  syncBuiltinESMExports();
}

/** The clock of the machine is set while the program runs: as soon as a file says so. */
function shiftClock() {
  const RealDate = Date;
  const file = path.join(stage, 'broken');
  const now = () => RealDate.now() + (existsSync(file) ? drill.clock : 0);
  globalThis.Date = class extends RealDate {
    constructor(...args) {
      if (args.length === 0) super(now());
      else super(...args);
    }
    static now() {
      return now();
    }
  };
}
