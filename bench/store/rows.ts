import { randomBytes } from "node:crypto";
import { type Fence, instant, type RecordKey, type Row } from "@semel/core/record";

const CLAIM_BYTES = 300;
const COMPLETION_BYTES = 900;

const filler = randomBytes(COMPLETION_BYTES);
let [pool, used] = [randomBytes(1024 * 1024), 0];

/** The claim and the completion of one new key. */
export function nextPair(): { claim: Row; completion: Row } {
  const key = randomName();
  return { claim: rowOf(key, CLAIM_BYTES), completion: rowOf(key, COMPLETION_BYTES) };
}

export function nextClaim(): Row {
  return rowOf(randomName(), CLAIM_BYTES);
}

export function randomName(): RecordKey {
  return random(32).toString("base64url") as RecordKey;
}

/** From a pool: a call of randomBytes for each key would cost as much as its SQL. */
function random(bytes: number): Buffer {
  if (used + bytes > pool.length) [pool, used] = [randomBytes(pool.length), 0];
  used += bytes;
  return pool.subarray(used - bytes, used);
}

function rowOf(key: RecordKey, bytes: number): Row {
  const now = Date.now();
  const fence = (now.toString(16).padStart(12, "0") + random(10).toString("hex")) as Fence;
  return { key, fence, dueAt: instant(now + 40_000), doc: new Uint8Array(filler.subarray(0, bytes)) };
}
