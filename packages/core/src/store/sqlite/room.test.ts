import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { withTree } from "../../../../../test/tidy/tree.ts";
import { type Fence, type Instant, NEVER, type RecordKey, type Row } from "../../record/index.ts";
import { type SqliteStore, sqliteStore } from "./index.ts";
import { Room } from "./room.ts";

const CLAIM_BYTES = 700;
const ANSWERED_BYTES = 1_700;
const ROWS = 3_000;

function row(name: string, fence: string, bytes: number): Row {
  return { key: name as RecordKey, fence: fence as Fence, dueAt: 1 as Instant, doc: new Uint8Array(bytes).fill(7) };
}

async function claim(store: SqliteStore, name: string): Promise<void> {
  const next = row(name, `${name}-1`, CLAIM_BYTES);
  await store.swap({ key: next.key, expect: null, next, publish: null });
}

async function complete(store: SqliteStore, name: string, bytes: number): Promise<void> {
  const next = row(name, `${name}-2`, bytes);
  await store.swap({ key: next.key, expect: `${name}-1` as Fence, next, publish: null });
}

test("a claim's row has the room that its completion needs, and gives it back", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    const store = await sqliteStore({ path });
    for (let count = 0; count < 100; count += 1) {
      await claim(store, `first ${count}`);
      await complete(store, `first ${count}`, ANSWERED_BYTES);
    }
    await claim(store, "claimed");
    assert.deepEqual((await store.read("claimed" as RecordKey))?.doc, row("", "", CLAIM_BYTES).doc);
    assert.deepEqual((await store.read("first 7" as RecordKey))?.doc, row("", "", ANSWERED_BYTES).doc);
    assert.equal((await store.page({ dueFrom: null, dueTo: NEVER, limit: 1 }, null)).rows[0]?.doc.length, CLAIM_BYTES);
    await store.close();

    const db = new DatabaseSync(path);
    const rooms = db.prepare("SELECT length(room) AS room FROM record ORDER BY id").all();
    db.close();
    assert.deepEqual(new Set(rooms.slice(1, -1).map((found) => found["room"])), new Set([null]));
    const room = Number(rooms.at(-1)?.["room"]);
    assert.ok(room >= ANSWERED_BYTES - CLAIM_BYTES - 10 && room <= ANSWERED_BYTES - CLAIM_BYTES, `${room} bytes`);
  });
});

test("room is for the usual answer: a few long ones do not move it, and long ones alone have none", () => {
  const room = new Room();
  assert.equal(room.behind(500), 0);
  for (let count = 0; count < 1_000; count += 1) room.saw(count % 20 === 7 ? 3_800 : 900);
  assert.ok(room.behind(500) >= 400 && room.behind(500) <= 416, `${room.behind(500)}`);
  assert.equal(room.behind(1_000), 0);
  for (let count = 0; count < 200; count += 1) room.saw(1_500);
  assert.equal(room.behind(500), 1_000);
  for (let count = 0; count < 1_000; count += 1) room.saw(1 << 20);
  assert.equal(room.behind(500), 0);
});

test("room costs no disk where answers differ", async () => {
  await withTree({}, async (folder) => {
    const bytesARow = async (name: string, sized: (count: number) => number): Promise<number> => {
      const path = join(folder, name);
      const store = await sqliteStore({ path });
      for (let from = 0; from < ROWS; from += 100) {
        const rows = Array.from({ length: 100 }, (_, at) => ({ name: `${from + at}`, bytes: sized(from + at) }));
        await Promise.all(rows.map((it) => claim(store, it.name)));
        await Promise.all(rows.map((it) => complete(store, it.name, it.bytes)));
      }
      await store.close();
      return statSync(path).size / ROWS;
    };
    const mixed = await bytesARow("mixed", (count) => (count % 20 === 7 ? 3_800 : 900));
    assert.ok(mixed < 1_700, `${mixed} bytes a row of 1,045 on average`);
    const even = await bytesARow("even", () => ANSWERED_BYTES);
    assert.ok(even < 2_300, `${even} bytes a row of ${ANSWERED_BYTES}`);
  });
});
