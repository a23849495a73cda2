import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { checksum } from "./checksum.ts";

test("the checksum of any stretch of any bytes is that of zlib", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(20), (bytes, skip, leave) => {
      const from = Math.min(skip, bytes.length);
      const to = Math.max(from, bytes.length - leave);
      assert.equal(checksum(bytes, from, to), crc32(bytes.subarray(from, to)));
    }),
  );
});

test("every single flipped bit is seen", () => {
  const bytes = new TextEncoder().encode('{"format":1,"state":{"kind":"completed"},"open":[]}');
  const sound = checksum(bytes, 0, bytes.length);
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    assert.notEqual(checksum(bytes, 0, bytes.length), sound);
    bytes[bit >> 3]! ^= 1 << (bit & 7);
  }
});
