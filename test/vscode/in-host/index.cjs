// Loaded by the extension host: runs the bundled suites and writes one line of JSON a test to a file.
const { appendFileSync, readdirSync } = require('node:fs');
const { createRequire } = require('node:module');
const path = require('node:path');

const { DPO_LAB_TEST_TOOLS, DPO_LAB_TEST_SUITES, DPO_LAB_TEST_RESULTS, DPO_LAB_TEST_GREP } = process.env;

/** @returns {Promise<void>} the host ends with code 1 when it is rejected */
exports.run = () =>
  new Promise((resolve, reject) => {
    const Mocha = createRequire(DPO_LAB_TEST_TOOLS)('mocha');
    const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, reporter: 'min', color: false });
    if (DPO_LAB_TEST_GREP) mocha.fgrep(DPO_LAB_TEST_GREP);
    for (const file of readdirSync(DPO_LAB_TEST_SUITES).sort())
      mocha.addFile(path.join(DPO_LAB_TEST_SUITES, file));
    // A line at once, so that a host that dies later does not take the results so far with it.
    const write = (result) => appendFileSync(DPO_LAB_TEST_RESULTS, `${JSON.stringify(result)}\n`);
    const runner = mocha.run((failures) => {
      write({ event: 'end' });
      if (failures > 0) reject(new Error(`${failures} tests failed`));
      else resolve();
    });
    runner.on('pass', (test) => write({ event: 'pass', title: test.fullTitle(), ms: test.duration }));
    runner.on('pending', (test) => write({ event: 'pending', title: test.fullTitle() }));
    runner.on('fail', (test, error) => write({ event: 'fail', title: test.fullTitle(), error: error.stack }));
  });
