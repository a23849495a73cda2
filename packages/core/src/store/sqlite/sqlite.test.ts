import assert from "node:assert/strict";
import { mkdtempSync, statSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { withTree } from "../../../../../test/tidy/tree.ts";
import { checkClause, type OpenedStore, type StoreFixture, seededRandom, storeClauses } from "../../contract/index.ts";
import { type Fence, instant, type RecordKey, type Row, type Swap } from "../../record/index.ts";
import { sqliteStore } from "./index.ts";

function fixture(): StoreFixture {
  const folder = mkdtempSync(join(tmpdir(), "semel-sqlite-"));
  const open = async (): Promise<OpenedStore> => {
    const store = await sqliteStore({ path: join(folder, "store.db") });
    return { store, outbox: store, browser: store };
  };
  return { open, reopen: open, remove: () => rm(folder, { recursive: true }) };
}

describe("the SQLite store keeps the contract:", () => {
  for (const clause of storeClauses) {
    test(clause.title, async () => {
      assert.deepEqual(await checkClause(clause, fixture(), seededRandom(1)), { kind: "kept" });
    });
  }
});

function claimOf(name: string, dueAt: number, docBytes: number): Swap {
  const key = name as RecordKey;
  const next: Row = { key, fence: name as Fence, dueAt: instant(dueAt), doc: new Uint8Array(docBytes) };
  return { key, expect: null, next, publish: null };
}

test("a filter that fits only old rows gives short pages, and gets there", async () => {
  await withTree({}, async (folder) => {
    const store = await sqliteStore({ path: join(folder, "store.db") });
    await Promise.all(Array.from({ length: 5_000 }, (_, i) => store.swap(claimOf(`key-${i}`, i, 8))));
    const found: number[] = [];
    let pages = 0;
    for (let cursor: string | null = null; pages === 0 || cursor !== null; pages++) {
      const page = await store.page({ dueFrom: null, dueTo: instant(2), limit: 10 }, cursor);
      found.push(...page.rows.map(({ dueAt }) => dueAt));
      cursor = page.next;
    }
    assert.deepEqual(found, [2, 1, 0]);
    assert.equal(pages, 3);
    await store.close();
  });
});

test("the log is folded into the file before it grows", async () => {
  await withTree({}, async (folder) => {
    const path = join(folder, "store.db");
    const store = await sqliteStore({ path });
    for (let i = 0; i < 40; i++) await store.swap(claimOf(`key-${i}`, i, 1024 * 1024));
    const logBytes = statSync(`${path}-wal`).size;
    assert.ok(logBytes < 20 * 1024 * 1024, `the log has ${logBytes} bytes after 40 MiB`);
    await store.close();
  });
});
