import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkClause, seededRandom, storeClauses } from "../../contract/index.ts";
import { memoryStore } from "./index.ts";

describe("the memory store keeps the contract:", () => {
  for (const clause of storeClauses) {
    test(clause.title, async (t) => {
      const store = memoryStore();
      const open = async () => ({ store, outbox: store, browser: store });
      const verdict = await checkClause(clause, { open, reopen: null, remove: async () => {} }, seededRandom(1));
      if (verdict.kind === "notOffered") t.diagnostic(verdict.why);
      else assert.deepEqual(verdict, { kind: "kept" });
    });
  }
});

test("what the memory store does not offer is survival, and nothing else", async () => {
  const lacking: string[] = [];
  for (const clause of storeClauses) {
    const store = memoryStore();
    const open = async () => ({ store, outbox: store, browser: store });
    const verdict = await checkClause(clause, { open, reopen: null, remove: async () => {} }, seededRandom(2));
    if (verdict.kind === "notOffered") lacking.push(clause.id);
  }
  assert.deepEqual(lacking, ["survives-reopening", "outbox-survives-reopening"]);
});

test("a cursor of another store is refused", async () => {
  const filter = { dueFrom: null, dueTo: null, limit: 1 };
  await assert.rejects(memoryStore().page(filter, "page-2"), /"page-2" is not a cursor of this store/);
});
