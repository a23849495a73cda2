import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { KeyedHash } from "./keyed-hash.ts";

const COPIED_BYTES_MAX = 16 * 1024;

function expected(secret: Uint8Array, message: Uint8Array): Buffer {
  return createHmac("sha256", secret).update(message).digest();
}

test("a keyed hash is HMAC-SHA-256, whatever the secret and the message", () => {
  const bytes = (maxLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ maxLength });
  fc.assert(
    fc.property(bytes(200), bytes(2_000), (secret, message) => {
      assert.deepEqual(new KeyedHash(secret).digest(message, "buffer"), expected(secret, message));
    }),
  );
});

test("a keyed hash is the same on both sides of the length that is copied", () => {
  const secret = Buffer.alloc(32, 7);
  const keyed = new KeyedHash(secret);
  for (const length of [0, 1, 63, 64, 65, COPIED_BYTES_MAX - 1, COPIED_BYTES_MAX, COPIED_BYTES_MAX + 1, 1 << 20]) {
    const message = Buffer.alloc(length, length % 251);
    assert.equal(keyed.digest(message, "base64url"), expected(secret, message).toString("base64url"), `${length}`);
  }
});

test("a digest that was handed out does not change with the next one", () => {
  const keyed = new KeyedHash(Buffer.alloc(32, 7));
  const first = keyed.digest(Buffer.from("a"), "buffer");
  const copy = Buffer.from(first);
  keyed.digest(Buffer.from("b"), "buffer");
  assert.deepEqual(first, copy);
});
