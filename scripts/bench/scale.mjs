/** Set by `npm run bench NAME -- --small`: everything a benchmark does, at its smallest, so that a test can run it. */
const SMALL = process.env.DPO_LAB_BENCH === 'small';

/**
 * @template T
 * @param {T} full what the published figures come from
 * @param {T} least enough to see that everything still works
 * @returns {T}
 */
export function scaled(full, least) {
  return SMALL ? least : full;
}
