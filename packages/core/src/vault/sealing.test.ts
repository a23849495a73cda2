import assert from "node:assert/strict";
import { createCipheriv, createHmac } from "node:crypto";
import { describe, test } from "node:test";
import { CorruptError, type RecordKey } from "../record/index.ts";
import { nodeVault } from "./index.ts";
import { Sealing } from "./sealing.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const KEY = "k".repeat(43) as RecordKey;
const OTHER_KEY = "l".repeat(43) as RecordKey;
const ID = "s1";
const SALT_AT = 2 + ID.length;
const AT_AT = SALT_AT + 16;
const CIPHERTEXT_AT = AT_AT + 4;
const TAG_BYTES = 32;

const sealing = (): Sealing => new Sealing({ current: ID, keys: { [ID]: OLD } });

/** Bytes that differ at every place that matters. */
function bytes(length: number): Buffer {
  return Buffer.from(Array.from({ length }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
}

function hmac(secret: Uint8Array, ...parts: (string | Uint8Array)[]): Buffer {
  const mac = createHmac("sha256", secret);
  for (const part of parts) mac.update(part);
  return mac.digest();
}

describe("What is sealed", () => {
  test("opens again, whatever its length", () => {
    const vault = sealing();
    for (const length of [0, 1, 15, 16, 17, 700, 8_191, 8_192, 8_193, 65_535, 65_536, 65_537, 1 << 20]) {
      const sealed = vault.seal("answer", KEY, bytes(length));
      assert.deepEqual(vault.open("answer", KEY, sealed), bytes(length), `${length} bytes`);
    }
  });

  test("opens in another process, and long after its page of keystream is spent", () => {
    const vault = sealing();
    const sealed = Array.from({ length: 500 }, (_, count) => vault.seal("secrets", KEY, bytes(count)));
    const other = sealing();
    for (const [count, blob] of sealed.entries()) assert.deepEqual(other.open("secrets", KEY, blob), bytes(count));
  });

  test("is AES-256-CTR and then HMAC-SHA-256, under keys that are derived as the format says", () => {
    const vault = sealing();
    vault.seal("secrets", KEY, bytes(21));
    const sealed = Buffer.from(vault.seal("answer", KEY, bytes(100)));
    const salt = sealed.subarray(SALT_AT, AT_AT);
    assert.equal(sealed.readUInt32BE(AT_AT), 24);
    const secret = hmac(hmac(OLD, "semel seal 2 streams"), salt);
    const page = createCipheriv("aes-256-ctr", secret, Buffer.alloc(16));
    page.update(bytes(24));
    const [ciphertext, tag] = [sealed.subarray(CIPHERTEXT_AT, -TAG_BYTES), sealed.subarray(-TAG_BYTES)];
    assert.deepEqual(ciphertext, page.update(bytes(100)));
    const untagged = sealed.subarray(0, -TAG_BYTES);
    assert.deepEqual(tag, hmac(hmac(OLD, "semel seal 2 tags"), `answer\n${KEY}\n`, untagged));
  });

  test("never uses a byte of keystream twice", () => {
    const spent = new Map<string, number>();
    for (const vault of [sealing(), sealing()]) {
      for (let count = 0; count < 2_000; count += 1) {
        const length = (count * 37) % 9_000;
        const sealed = Buffer.from(vault.seal("answer", KEY, bytes(length)));
        const salt = sealed.toString("hex", SALT_AT, AT_AT);
        const at = sealed.readUInt32BE(AT_AT);
        assert.ok(at >= (spent.get(salt) ?? 0), `${length} bytes begin at ${at}`);
        spent.set(salt, at + length);
      }
    }
    assert.ok(spent.size > 100, `${spent.size} pages`);
  });

  test("looks different every time", () => {
    const vault = sealing();
    const seen = Array.from({ length: 100 }, () => Buffer.from(vault.seal("answer", KEY, bytes(32))).toString("hex"));
    assert.equal(new Set(seen.map((blob) => blob.slice(2 * CIPHERTEXT_AT))).size, 100);
  });
});

describe("Sealed bytes are refused", () => {
  const vault = sealing();
  const sealed = vault.seal("answer", KEY, bytes(40));

  test("for another key, and for another purpose", () => {
    assert.throws(() => vault.open("answer", OTHER_KEY, sealed), CorruptError);
    assert.throws(() => vault.open("secrets", KEY, sealed), CorruptError);
  });

  test("where any bit of them was changed", () => {
    for (let bit = 0; bit < sealed.length * 8; bit += 1) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      // A bit of the secret's id makes it the id of another one, which is unknown here.
      if (bit >> 3 >= 1 && bit >> 3 < SALT_AT) assert.equal(vault.open("answer", KEY, changed), null, `bit ${bit}`);
      else assert.throws(() => vault.open("answer", KEY, changed), CorruptError, `bit ${bit}`);
    }
  });

  test("where they are cut short, or go on", () => {
    for (let length = SALT_AT; length < sealed.length; length += 1) {
      assert.throws(() => vault.open("answer", KEY, sealed.subarray(0, length)), CorruptError, `${length} bytes`);
    }
    assert.throws(() => vault.open("answer", KEY, sealed.subarray(0, 0)), CorruptError);
    assert.throws(() => vault.open("answer", KEY, Buffer.concat([sealed, Buffer.alloc(1)])), CorruptError);
  });
});

describe("A sealing secret rotates", () => {
  const rotated = new Sealing({ current: "s2", keys: { s1: OLD, s2: NEW } });

  test("and what the old one sealed is still read", () => {
    assert.deepEqual(rotated.open("answer", KEY, sealing().seal("answer", KEY, bytes(9))), bytes(9));
  });

  test("and who does not know the new one says so", () => {
    assert.equal(sealing().open("answer", KEY, rotated.seal("answer", KEY, bytes(9))), null);
  });

  test("and the same id with other bytes opens nothing", () => {
    const impostor = new Sealing({ current: ID, keys: { [ID]: NEW } });
    assert.throws(() => impostor.open("answer", KEY, sealing().seal("answer", KEY, bytes(9))), CorruptError);
  });
});

test("a key or an id that has no bytes of its own is refused, and nothing is sealed under it", () => {
  for (const key of ["\u0141bc", "a\nb", "\ud800"]) {
    assert.throws(() => sealing().seal("answer", key as RecordKey, bytes(9)), RangeError, key);
  }
  const naming = Buffer.alloc(32, 1);
  for (const id of ["a".repeat(256), "\u00e9", "", "\ud800"]) {
    const secrets = { current: id, keys: { [id]: OLD } };
    assert.throws(() => nodeVault({ naming, fingerprint: secrets, sealing: secrets }), /1 to 255 visible ASCII/, id);
  }
  const long = { current: "a".repeat(255), keys: { ["a".repeat(255)]: OLD } };
  const vault = nodeVault({ naming, fingerprint: long, sealing: long });
  assert.deepEqual(vault.open("answer", KEY, vault.seal("answer", KEY, bytes(9))), bytes(9));
});
