/** @param {any} _browser @param {any} _open @returns {Promise<string[]>} */
export async function measureTensorBoard(_browser, _open) {
  return [];
}
