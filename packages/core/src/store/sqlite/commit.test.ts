import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { withTree } from "../../../../../test/tidy/tree.ts";
import type { Fence, Instant, RecordKey, Swap, Swapped } from "../../record/index.ts";
import { commit, FatalError, transact, UndoneError } from "./commit.ts";
import { sqliteStore } from "./index.ts";

const WON: Swapped = { won: true };

function swapOf(name: string, dueAt = 1): Swap {
  const key = name as RecordKey;
  const next = { key, fence: `${name}-fence` as Fence, dueAt: dueAt as Instant, doc: new Uint8Array(3) };
  return {
    key,
    expect: null,
    next,
    publish: { key, epoch: 1, fence: next.fence, kind: "completed", doc: new Uint8Array(2) },
  };
}

function open(): { db: DatabaseSync; keys: () => unknown[] } {
  const db = new DatabaseSync(":memory:");
  db.exec("CREATE TABLE kept (key TEXT PRIMARY KEY)");
  return {
    db,
    keys: () =>
      db
        .prepare("SELECT key FROM kept ORDER BY rowid")
        .all()
        .map((row) => row["key"]),
  };
}

function failure(errcode: number): Error {
  return Object.assign(new Error("injected"), { errcode });
}

test("one swap that cannot be written fails alone, and the others keep their order", () => {
  const { db, keys } = open();
  const insert = db.prepare("INSERT INTO kept VALUES (?)");
  const swaps = ["a", "b", "bad", "c", "d", "e", "worse", "f"].map((name) => swapOf(name));
  const outcomes = commit(db, swaps, ({ key }) => {
    insert.run(key);
    if (key === "bad" || key === "worse") throw failure(19);
    return WON;
  });
  const failed = { failed: "injected (SQLite code 19)" };
  assert.deepEqual(outcomes, [WON, WON, failed, WON, WON, WON, failed, WON]);
  assert.deepEqual(keys(), ["a", "b", "c", "d", "e", "f"]);
});

test("without room the whole batch fails, and nothing of it is written", () => {
  const { db, keys } = open();
  const outcomes = commit(
    db,
    ["a", "b", "c"].map((name) => swapOf(name)),
    ({ key }) => {
      db.exec(`INSERT INTO kept VALUES ('${key}')`);
      if (key === "b") throw failure(13);
      return WON;
    },
  );
  assert.equal(outcomes.length, 3);
  for (const outcome of outcomes) assert.match("failed" in outcome ? outcome.failed : "", /^The disk is full/);
  assert.deepEqual(keys(), []);
});

test("an I/O error or a damaged file is not tried again", () => {
  for (const errcode of [10, 10 | (4 << 8), 11, 26]) {
    const { db } = open();
    let decided = 0;
    const decide = (): Swapped => {
      decided++;
      throw failure(errcode);
    };
    assert.throws(
      () =>
        commit(
          db,
          ["a", "b"].map((name) => swapOf(name)),
          decide,
        ),
      FatalError,
    );
    assert.equal(decided, 1);
  }
});

test("a commit that fails is fatal unless there was no room", () => {
  for (const [errcode, expected] of [
    [13, UndoneError],
    [7, FatalError],
    [10, FatalError],
  ] as const) {
    const { db } = open();
    const exec = db.exec.bind(db);
    db.exec = (sql) => {
      if (sql === "COMMIT") throw failure(errcode);
      exec(sql);
    };
    assert.throws(() => transact(db, () => 1), expected);
  }
});

test("in the store, a row that SQLite refuses fails alone and takes its entry back", async () => {
  await withTree({}, async (folder) => {
    const store = await sqliteStore({ path: join(folder, "store.db") });
    const good = Array.from({ length: 20 }, (_, i) => swapOf(`key-${i}`));
    const bad = swapOf("bad", 1.5);
    const settled = await Promise.allSettled(
      [...good.slice(0, 10), bad, ...good.slice(10)].map((it) => store.swap(it)),
    );
    const [refused] = settled.splice(10, 1);
    assert.ok(refused?.status === "rejected");
    assert.equal(refused.reason.code, "unavailable");
    assert.match(refused.reason.message, /cannot store REAL value in INTEGER column record\.due_at/);
    for (const it of settled) assert.deepEqual(it, { status: "fulfilled", value: WON });
    assert.equal(await store.read(bad.key), null);
    assert.equal((await store.take(100)).entries.length, 20);
    await store.close();
  });
});
