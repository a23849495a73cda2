import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { withTree } from "../../../../../test/tidy/tree.ts";
import { type Fence, type Instant, NEVER, type RecordKey, type Row } from "../../record/index.ts";
import { sqliteStore } from "./index.ts";
import { Room } from "./room.ts";

const CLAIM_BYTES = 700;
const ANSWERED_BYTES = 1_700;

function row(name: string, fence: string, bytes: number): Row {
  return { key: name as RecordKey, fence: fence as Fence, dueAt: 1 as Instant, doc: new Uint8Array(bytes).fill(7) };
}

test("a claim's row has the room that its completion needs, and gives it back", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    const store = await sqliteStore({ path });
    const claim = async (name: string): Promise<void> => {
      const next = row(name, `${name}-1`, CLAIM_BYTES);
      await store.swap({ key: next.key, expect: null, next, publish: null });
    };
    const complete = async (name: string): Promise<void> => {
      const next = row(name, `${name}-2`, ANSWERED_BYTES);
      await store.swap({ key: next.key, expect: `${name}-1` as Fence, next, publish: null });
    };
    for (let count = 0; count < 100; count += 1) {
      await claim(`first ${count}`);
      await complete(`first ${count}`);
    }
    await claim("claimed");
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

test("room follows the longer answers at once, the shorter ones slowly, and none that need pages of their own", () => {
  const room = new Room();
  assert.equal(room.behind(500), 0);
  for (let count = 0; count < 20; count += 1) room.saw(1_500);
  assert.ok(room.behind(500) > 980, `${room.behind(500)}`);
  for (let count = 0; count < 20; count += 1) room.saw(800);
  assert.ok(room.behind(500) > 900, `${room.behind(500)}`);
  for (let count = 0; count < 2_000; count += 1) room.saw(800);
  assert.ok(room.behind(500) < 310, `${room.behind(500)}`);
  assert.equal(room.behind(900), 0);
  for (let count = 0; count < 50; count += 1) room.saw(1 << 20);
  assert.equal(room.behind(500), 0);
});
