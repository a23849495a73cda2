import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { checkClause, type OpenedStore, type StoreFixture, seededRandom, storeClauses } from "../../contract/index.ts";

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
