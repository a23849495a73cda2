import assert from "node:assert/strict";
import { canonicalJson } from "@semel/core/record";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A second reader: what a body says to it, with the one zero that there is; null: it is not JSON. */
export function peer(bytes: Uint8Array): Readonly<{ value: unknown }> | null {
  try {
    return { value: JSON.parse(strict.decode(bytes), (_, value: unknown) => (value === 0 ? 0 : value)) };
  } catch {
    return null;
  }
}

/** Holds one body against the second reader, and gives its canonical form; null: it is refused. */
export function holdCanonical(bytes: Uint8Array): Uint8Array | null {
  const result = canonicalJson(bytes);
  if (result.kind === "refused") return null;
  const read = peer(bytes);
  assert.notEqual(read, null, `taken, and it is not JSON: ${Buffer.from(bytes).toString()}`);
  assert.deepEqual(peer(result.bytes), read, "the canonical form says something else");
  const again = canonicalJson(result.bytes);
  assert.ok(
    again.kind === "canonical" && Buffer.from(again.bytes).equals(result.bytes),
    "the canonical form has another",
  );
  return result.bytes;
}
