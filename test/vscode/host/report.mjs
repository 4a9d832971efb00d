/** Prints one line a test as it ends, and counts. */
export class Report {
  #counts = { passed: 0, failed: 0, skipped: 0 };

  /** @param {string} name @param {number} ms */
  ok(name, ms) {
    this.#counts.passed++;
    console.log(`ok   ${name} (${(ms / 1000).toFixed(1)} s)`);
  }

  /** @param {string} name @param {unknown} error */
  fail(name, error) {
    this.#counts.failed++;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    console.log(`FAIL ${name}\n${text.replace(/^/gm, '     ')}`);
  }

  /** @param {string} name @param {string} reason */
  skip(name, reason) {
    this.#counts.skipped++;
    console.log(`skip ${name}: ${reason}`);
  }

  /** Prints the closing line. @returns {number} the exit code: a run without a single test is a mistake, too */
  close() {
    const { passed, failed, skipped } = this.#counts;
    console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
    return failed > 0 || passed + skipped === 0 ? 1 : 0;
  }
}
