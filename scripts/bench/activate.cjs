// node activate.cjs EXTENSION: how long loading and activating takes in this process, and which files it loaded.
const Module = require('node:module');

/** Stands for anything of VS Code's API: can be called, constructed, subclassed, read and looped over. */
function standIn() {
  const members = new Map();
  const proxy = new Proxy(function standIn() {}, {
    // A function's own `name` and `length` cannot be written; those of VS Code's objects can.
    set(_, key, value) {
      members.set(key, value);
      return true;
    },
    get(target, key) {
      if (key === 'prototype') return target.prototype;
      if (key === Symbol.iterator) return function* nothing() {};
      if (key === Symbol.toPrimitive) return () => '';
      if (key === 'then') return undefined; // Awaiting it gives it back.
      if (!members.has(key)) members.set(key, standIn());
      return members.get(key);
    },
    apply: () => standIn(),
    construct: (target, args, newTarget) =>
      newTarget === proxy ? standIn() : Reflect.construct(target, args, newTarget),
  });
  return proxy;
}

// A bundle copies a module's own members and keeps its prototype, so the members have to come from there.
const vscode = Object.create(standIn());
const load = Module._load;
Module._load = (request, ...rest) => (request === 'vscode' ? vscode : load(request, ...rest));

const extension = process.argv[2];
const context = new Proxy(
  { subscriptions: [], asAbsolutePath: (path) => path },
  { get: (target, key) => target[key] ?? vscode },
);

async function main() {
  const start = performance.now();
  await require(extension).activate(context);
  const ms = performance.now() - start;
  const files = Object.keys(require.cache).filter((file) => file !== __filename);
  process.stdout.write(JSON.stringify({ ms, files }), () => process.exit());
}

main();
