import type { ToPanel } from './protocol';
import type { ReportContent } from './report-content';

type Packed = ReportContent | readonly ToPanel[];

/**
 * Messages as text, for a report. Numbers of curves are packed as base64 of their bytes, little-endian: several times
 * smaller than JSON, and NaN and infinities stay what they are.
 */
export function pack(content: Packed): string {
  const text = JSON.stringify(content, (_, value: unknown) => {
    if (value instanceof Float32Array) return { f32: base64(value) };
    if (value instanceof Uint32Array) return { u32: base64(value) };
    if (typeof value === 'number' && !Number.isFinite(value)) return { number: String(value) };
    return value;
  });
  // The text stands in a script element: nothing in it may end that.
  return text.replaceAll('<', '\\u003c');
}

/** What was packed: nothing else is unpacked. */
export function unpack<T extends Packed>(text: string): T {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('f32' in value && typeof value.f32 === 'string') return new Float32Array(bytesOf(value.f32));
    if ('u32' in value && typeof value.u32 === 'string') return new Uint32Array(bytesOf(value.u32));
    if ('number' in value && typeof value.number === 'string') return Number(value.number);
    return value;
  }) as T;
}

/** Characters that are made at a time: more would not fit on the stack. */
const AT_ONCE = 8192;

function base64({ buffer, byteOffset, byteLength }: Uint32Array | Float32Array): string {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  let text = '';
  for (let start = 0; start < bytes.length; start += AT_ONCE)
    text += String.fromCharCode(...bytes.subarray(start, start + AT_ONCE));
  return btoa(text);
}

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer;
}
