import { slice } from "./slab.ts";

const LENGTH_BYTES = 4;
const ASCII_MAX = 0x7f;
const LONE_SURROGATE = /\p{Surrogate}/u;
const utf8 = new TextEncoder();

/**
 * The parts one after the other, each behind its length as a big-endian 32-bit number: no two different lists of parts
 * have the same bytes. A text counts as its UTF-8, so a place in a list always holds texts, or always bytes.
 */
export function tuple(parts: readonly (string | Uint8Array)[]): Uint8Array {
  const encoded = parts.map((part) => (typeof part === "string" && !isAscii(part) ? encode(part) : part));
  let total = 0;
  for (const part of encoded) total += LENGTH_BYTES + part.length;
  const bytes = slice(total);
  let at = 0;
  for (const part of encoded) {
    const { length } = part;
    bytes[at] = length >>> 24;
    bytes[at + 1] = length >>> 16;
    bytes[at + 2] = length >>> 8;
    bytes[at + 3] = length;
    at += LENGTH_BYTES;
    if (typeof part !== "string") bytes.set(part, at);
    else for (let index = 0; index < length; index += 1) bytes[at + index] = part.charCodeAt(index);
    at += length;
  }
  return bytes;
}

/** Most texts are short and ASCII; calling an encoder for each costs more than the keyed hash of them all. */
function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > ASCII_MAX) return false;
  return true;
}

/** Every lone surrogate has the same UTF-8, that of U+FFFD: two texts that hold one would be taken for equal. */
function encode(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new RangeError("A text with a lone surrogate has no bytes of its own");
  return utf8.encode(text);
}
