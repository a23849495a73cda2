import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Harness } from "../gateway/harness.ts";
import { asking, exchange, fieldOf } from "../gateway/wire.ts";
import { StrictUpstream } from "./strict-upstream.ts";

const VECTORS = join(import.meta.dirname, "../../../shared/vectors/structured-fields");
const FILES = ["string", "string-generated", "token", "item"];
const skip = existsSync(VECTORS) ? false : `the structured-field vectors are not at ${VECTORS}`;
if (skip !== false) console.error(`SKIPPED: ${skip}`);

/** `expected`: value and parameters; a String's value is a text, that of other types is an object or something else. */
type Vector = { name: string; raw: string[]; expected?: [unknown, unknown]; must_fail?: true; can_fail?: true };

/** How many requests are under way at once. */
const AT_ONCE = 32;

/** The key that a vector names where it is a String, null where it names none. Other types are not for us to judge. */
function keyOf({ raw, expected, must_fail }: Vector): string | null {
  const value = must_fail ? null : expected?.[0];
  return raw.length === 1 && typeof value === "string" && value !== "" && value.length <= 255 ? value : null;
}

test("every String of the HTTP working group is a key over the wire, its own, and every malformed one is refused", {
  skip,
}, async () => {
  const all = FILES.flatMap((file) => JSON.parse(readFileSync(join(VECTORS, `${file}.json`), "utf8")) as Vector[]);
  const vectors = all.filter(({ raw, can_fail }) => raw[0]?.trimStart().startsWith('"') && !can_fail);
  assert.ok(vectors.length > 250, `only ${vectors.length} vectors`);
  await using upstream = await StrictUpstream.start();
  await using it = await Harness.start({ upstream: { url: upstream.url }, route: { scopeHeaders: ["x-vector"] } });
  const ask = (at: number, lines: readonly string[]) => {
    const keys = lines.flatMap((line) => ["Idempotency-Key", line]);
    return exchange(it.url, asking({ headers: ["X-Vector", String(at), ...keys] }));
  };
  const send = async (vector: Vector, at: number): Promise<void> => {
    const key = keyOf(vector);
    const { status, body } = await ask(at, vector.raw);
    assert.equal(status, key === null ? 400 : 201, `${vector.name}: ${JSON.stringify(vector.raw)}`);
    if (key === null) return;
    // Written in another way it is the same key.
    const again = await ask(at, [`"${key.replaceAll(/["\\]/g, "\\$&")}";v=1`]);
    assert.equal(fieldOf(again, "idempotency-status"), "replayed", vector.name);
    assert.ok(again.body.equals(body));
  };
  for (let from = 0; from < vectors.length; from += AT_ONCE) {
    await Promise.all(vectors.slice(from, from + AT_ONCE).map((vector, at) => send(vector, from + at)));
  }
  assert.deepEqual(upstream.faults, []);
  assert.equal(upstream.received.length, vectors.filter((vector) => keyOf(vector) !== null).length);
});
