import assert from "node:assert/strict";
import { checkFormat, KEY_FORMATS, mintedAt, parseKey, parseKeyValue } from "@semel/core/record";
import { parseItem } from "structured-headers";
import { parser, type Target } from "./fuzzer.ts";

const quoted = (key: string): string => `"${key.replaceAll(/["\\]/g, "\\$&")}"`;

/** What a peer takes it for; null: it refuses it. */
function peer(text: string): string | null {
  try {
    const [value] = parseItem(text);
    return typeof value === "string" && value !== "" ? value : null;
  } catch {
    return null;
  }
}

/** Dates that anything follows, and display strings, are misread by the peer; spaces at the end belong to the field. */
const PEER_ERRS = /[@%]|[^\x20-\x7e]/;

export const KEYS: Target = {
  name: "idempotency keys",
  seeds: [
    "k1",
    '"k1"',
    '"a\\"b\\\\c"',
    '"k";a=1;b="x";c=:aGk=:;d=?1',
    "8e03978e-40d5-43dd-bc93-6894a57f9324",
    "01ARZ3NDEKTSV4RRFFQ69G5FAV",
    "0190b2c8-7c1e-7d3a-8b2a-3c5a1f0e9d4b",
  ].map((text) => Buffer.from(text)),
  words: ['"', '\\"', "\\", ";a", "=1", ";b=*", "=1.5", "=?0", "=:aA==:", '="x"', "  ", "\t", ",", "\n", "é"],
  open: parser((bytes) => {
    const text = Buffer.from(bytes).toString("latin1");
    const parsed = parseKey([text]);
    const trimmed = text.replace(/^ +/, "").replace(/ +$/, "");
    if (trimmed.startsWith('"') && !PEER_ERRS.test(trimmed)) {
      const key = peer(trimmed);
      assert.equal(
        parsed.kind === "key" ? parsed.key : null,
        key !== null && key.length <= 255 ? key : null,
        "a peer reads it differently",
      );
    }
    assert.notEqual(parsed.kind, "missing");
    if (parsed.kind !== "key") return assert.ok(parsed.kind === "malformed" && parsed.why.length > 20);
    assert.match(parsed.key, /^[ -~]{1,255}$/);
    assert.deepEqual(parseKey([quoted(parsed.key)]), parsed, "in quotes it is another key");
    assert.deepEqual(parseKeyValue(parsed.key), parsed, "in a body it is another key");
    for (const format of KEY_FORMATS) {
      const wrong = checkFormat(parsed.key, format);
      const at = mintedAt(parsed.key, format);
      assert.ok(at === null || (Number.isSafeInteger(at) && wrong === null), `minted at ${at}, and not of the format`);
    }
  }),
};
