import { deflateRawSync, inflateRawSync } from "node:zlib";
import { ANSWER_DICTIONARY } from "./answer-dictionary.ts";

/**
 * A window that holds the dictionary and a usual answer. zlib's own window and tables are 256 KB, to be cleared for every answer:
 * these are 40 KB.
 */
const TUNING = { windowBits: 13, memLevel: 5, level: 6, dictionary: ANSWER_DICTIONARY } as const;

/** Longer ones would hold the event loop for more than a millisecond, and are rare: they are kept as they are. */
const DEFLATE_BYTES_MAX = 32 * 1024;

/** Fewer bytes for the same ones; null: there are none. */
export function deflateAnswer(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length > DEFLATE_BYTES_MAX) return null;
  const deflated = deflateRawSync(bytes, TUNING);
  return deflated.length < bytes.length ? deflated : null;
}

/** Throws where the bytes are not what `deflateAnswer` made. */
export function inflateAnswer(deflated: Uint8Array): Uint8Array {
  return inflateRawSync(deflated, { ...TUNING, maxOutputLength: DEFLATE_BYTES_MAX });
}
