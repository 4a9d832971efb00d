/** A body that has more bytes than it may. */
export class TooLarge extends Error {}

/**
 * The text of a body. Bytes are counted after unpacking, so that a small packed body cannot become a large one.
 *
 * @param limit bytes
 * @throws TooLarge, and what ended the request
 */
export async function bodyWithin(response: Response, limit: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    // Leaving the loop cancels the body: nothing more is received or unpacked.
    if (size > limit) throw new TooLarge();
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
